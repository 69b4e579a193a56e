// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tableread
{
/** Of a name with its decoration and its direction, in characters. */
inline constexpr std::size_t mostNamePart = 240;

/** How much the words before a colon look like a name. */
enum class NameShape
{
    None,      // punctuation, too many words, too long
    Lowercase, // one word without a capital
    Phrase,    // several words, not all with a capital: "old man"
    Capitals,  // "Anna", "Ludwig van Beethoven", a name in a writing system without capitals
    Numbered   // like Capitals, but it begins with a digit: "1st Witch", "007"
};

NameShape shapeOf (const std::vector<std::u32string_view>& words);

std::vector<std::u32string_view> wordsOf (std::u32string_view text);
std::u32string joined (const std::vector<std::u32string_view>& words);

/** Removes "(whispering)" from the end of `name` and returns it. */
std::u32string_view cutDirection (std::u32string_view& name);

/** Any of the characters that look like a colon and are typed as one. */
bool isColon (char32_t character);

enum class Outside
{
    Parentheses,
    Brackets // parentheses and square brackets
};

/** The position of the first colon outside of these; npos if there is none. */
std::size_t findColon (std::u32string_view line, Outside outside);

/** True for "Anna: hi", "安娜：你好" and "Anna:hi"; false for "Rev 3:16", "C:\" and "a::b", which need a known name. */
bool isClearColon (std::u32string_view line, std::size_t colon);

/** "Cut to", "Fade in": a screenplay's transitions, which nobody is called. */
bool isTransition (std::u32string_view key);
} // namespace tableread
