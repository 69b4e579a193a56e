// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tableread
{
/** Bytes as base64 text (RFC 4648, with padding). */
std::string toBase64 (std::string_view bytes);
} // namespace tableread
