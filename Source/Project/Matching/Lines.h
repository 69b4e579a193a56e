// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "Project/Matching/Order.h"

namespace tableread::project
{
/** What makes two lines the same. */
struct LineText
{
    std::string_view speaker, direction, text;

    bool operator== (const LineText&) const = default;
};

/** For each line of `after` the place in `before` of the line that it was, or `unmatched` if it is new; no place twice.
    1. Lines that are the same, in the same order: as many as there can be, or nearly so.
    2. Of the rest, lines that are the same: they were moved.
    3. Of the rest between two neighbours of 1, in order: the same text, whoever says it now.
    4. Of the rest between two neighbours of 1 and 3, in order: texts that are alike; and where one line is left on both
       sides, also another text of the same speaker. */
std::vector<std::size_t> matchLines (std::span<const LineText> before, std::span<const LineText> after);
} // namespace tableread::project
