// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace tableread
{
/** How to speak, or what happens, in brackets: "(laughs)", "[sighs]", "*coughs*". */
struct Direction
{
    std::u32string_view text, rest; // inside the brackets; behind them
};

/** A direction at the start of what somebody says. Not "(1)", "**no**", or a whole sentence between asterisks. */
std::optional<Direction> leadingDirection (std::u32string_view text);

/** True for a line that is all in one pair of parentheses. */
bool isInParentheses (std::u32string_view line);

/** Likewise of square brackets. */
bool isInBrackets (std::u32string_view line);
} // namespace tableread
