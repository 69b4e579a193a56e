// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace tableread
{
/** What Markdown puts around a name. */
inline constexpr std::u32string_view emphasis = U"*_`";

/** What people and programs put in front of a name: "- ", "1. ", "> ", "**", a time, an emoji.
    @returns the rest of the line; the line itself if it has none of these. */
std::u32string_view withoutDecoration (std::u32string_view line);

/** Likewise behind a name: "**", "[00:01]", an emoji. */
std::u32string_view withoutTrailingDecoration (std::u32string_view name);

/** Anna of "Anna", in any kind of quotes. */
std::u32string_view withoutQuotes (std::u32string_view name);

/** The text behind a name in front of which emphasis began: "Hello" of "** Hello" in "**Anna:** Hello", and of
    "Hello**" in "**Anna: Hello**". */
std::u32string_view withoutEmphasis (std::u32string_view text);

/** The inside of a bracket at the start of a line, "[Anna]", "<Ben>" or "【小明】", and what is behind it. */
struct Bracket
{
    std::u32string_view inside, rest;
};
std::optional<Bracket> leadingBracket (std::u32string_view line);
} // namespace tableread
