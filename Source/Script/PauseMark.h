// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tableread
{
/** `[pause 500ms]` or `[pause 1.5s]` in a line, in any case; a comma serves as decimal point. */
struct PauseMark
{
    std::size_t start = 0, end = 0; // from the bracket to behind the other
    std::optional<double> ms;       // none: it says pause, but how long is not understood
};

/** The first mark at or behind `from`. */
std::optional<PauseMark> findPause (std::u32string_view line, std::size_t from);
} // namespace tableread
