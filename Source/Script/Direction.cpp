// SPDX-License-Identifier: Apache-2.0
#include "Script/Direction.h"

#include <algorithm>

#include <unicode/uchar.h>

#include "Script/Characters.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
/** The position of the bracket that closes the first one; npos if none does. */
std::size_t closing (std::u32string_view text, std::u32string_view open, std::u32string_view close)
{
    int depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (open.find (text[at]) != open.npos)
            ++depth;
        else if (close.find (text[at]) != close.npos && --depth == 0)
            return at;
    return text.npos;
}

std::size_t closingParenthesis (std::u32string_view text)
{
    return closing (text, U"(（", U")）");
}

std::size_t closingBracket (std::u32string_view text)
{
    return closing (text, U"[［", U"]］");
}

/** The asterisk that ends "*coughs*"; npos for "**bold**", and for a sentence that is emphasised. */
std::size_t closingAsterisk (std::u32string_view text)
{
    constexpr std::u32string_view sentenceEnds = U".!?…,;";
    const auto end = text.find (U'*', 1);
    if (end == text.npos || end < 3 || isWhiteSpace (text[1]) || isWhiteSpace (text[end - 1]) ||
        text.substr (end + 1).starts_with (U'*') || sentenceEnds.find (text[end - 1]) != sentenceEnds.npos)
        return text.npos;
    return end;
}

/** Two letters, or one of a writing system where a word can be one: not "1", "a", "i". */
bool hasWord (std::u32string_view text)
{
    constexpr std::ptrdiff_t enough = 2;
    return std::count_if (text.begin(), text.end(), isLetter) >= enough ||
           std::any_of (text.begin(), text.end(), [] (char32_t c) { return isOfCategory (c, U_GC_LO_MASK); });
}

bool starts (std::u32string_view text, std::u32string_view any)
{
    return ! text.empty() && any.find (text.front()) != any.npos;
}
} // namespace

std::optional<Direction> leadingDirection (std::u32string_view text)
{
    const auto end = starts (text, U"(（")   ? closingParenthesis (text)
                     : starts (text, U"[［") ? closingBracket (text)
                     : starts (text, U"*")   ? closingAsterisk (text)
                                             : text.npos;
    if (end == text.npos || ! hasWord (text.substr (1, end - 1)))
        return {};
    return Direction { trimmed (text.substr (1, end - 1)), trimmed (text.substr (end + 1)) };
}

bool isInParentheses (std::u32string_view line)
{
    return starts (line, U"(（") && closingParenthesis (line) == line.size() - 1 && hasWord (line);
}

bool isInBrackets (std::u32string_view line)
{
    return starts (line, U"[［") && closingBracket (line) == line.size() - 1 && hasWord (line);
}
} // namespace tableread
