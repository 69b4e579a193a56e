// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tableread
{
/** Bytes as base64 text (RFC 4648, with padding). */
std::string toBase64 (std::string_view bytes);

/** The bytes of such a text; empty if it is not one: other characters, white space too, or a length that is no multiple of
    four. */
std::optional<std::string> fromBase64 (std::string_view text);
} // namespace tableread
