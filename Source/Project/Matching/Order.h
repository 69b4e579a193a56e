// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tableread::project
{
inline constexpr auto unmatched = (std::size_t) -1;

/** The places of a longest increasing subsequence, ascending. No two of the values are equal. */
std::vector<std::size_t> longestIncreasing (std::span<const std::size_t> values);

/** For each element of `after` the place of an equal one in `before`, or `unmatched`; the places ascend. As many as there
    can be, or nearly so where both are long. Elements are small numbers. */
std::vector<std::size_t> matchInOrder (std::span<const std::uint32_t> before,
                                       std::span<const std::uint32_t> after);
} // namespace tableread::project
