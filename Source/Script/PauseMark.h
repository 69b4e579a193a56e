// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tableread
{
/** A mark for silence in a line: `[pause 500ms]`, `[pause:1500]`, `[silence 2 seconds]`, `[beat]`,
    `<break time="1s"/>`, in any case. A number without a unit is in milliseconds; a comma serves as decimal point. */
struct PauseMark
{
    std::size_t start = 0, end = 0; // from the opening bracket to one past the closing one
    std::optional<double> ms = {};  // empty: it says pause, but the duration is not valid
    bool hasUnit = true;            // false: a number alone
};

/** The first mark at or after `from`. */
std::optional<PauseMark> findPause (std::u32string_view line, std::size_t from);

/** The mark that the line begins with. */
std::optional<PauseMark> leadingPause (std::u32string_view line);
} // namespace tableread
