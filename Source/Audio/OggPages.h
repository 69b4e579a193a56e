// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tableread
{
/** Gives the complete Ogg pages (RFC 3533) at the start of `bytes` the stream number `number`, and the checksums that
    belong to it. @returns how many bytes these pages have. */
std::size_t renumberOggPages (std::span<char> bytes, std::uint32_t number);
} // namespace tableread
