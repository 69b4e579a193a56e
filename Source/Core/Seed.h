// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tableread
{
/** A whole number of 0 to 2^64 - 1, in digits alone; empty for anything else, such as -1. */
std::optional<std::uint64_t> parseSeed (std::string_view text);
} // namespace tableread
