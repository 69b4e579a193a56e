// SPDX-License-Identifier: Apache-2.0
#include "Script/Cue/Name.h"

#include <algorithm>
#include <array>

#include <unicode/uchar.h>

#include "Script/Characters.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostWords = 5, mostNameCharacters = 40;
constexpr std::size_t mostWithoutCase = 16; // without capitals, only the length tells a name from a sentence
constexpr std::size_t mostWithDots = 30;    // or a middle dot between a foreign name's parts
constexpr std::size_t longestAbbreviation = 4; // "Prof." may end with a full stop; "Listen." is a sentence
constexpr std::u32string_view middleDots =     // in 约翰·史密斯 and ジョン・スミス
    U"\u00b7\u0387\u2022\u2027\u2219\u22c5\u2e31\u30fb\uff65";

template <std::size_t count>
bool isOneOf (std::u32string_view word, const std::array<std::u32string_view, count>& words)
{
    return std::find (words.begin(), words.end(), word) != words.end();
}

bool isMiddleDot (char32_t c)
{
    return middleDots.find (c) != middleDots.npos;
}

bool isNameCharacter (char32_t c)
{
    constexpr std::u32string_view others = U"-'’._&/#\u200c\u200d";
    return isOfCategory (c, U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK) || others.find (c) != others.npos ||
           isMiddleDot (c);
}

bool isSmallWord (std::u32string_view word)
{
    constexpr std::array<std::u32string_view, 22> small { U"of", U"the", U"and", U"a",   U"an",    U"in",
                                                          U"at", U"to",  U"von", U"van", U"der",   U"den",
                                                          U"zu", U"und", U"de",  U"del", U"della", U"di",
                                                          U"da", U"la",  U"le",  U"y" };
    return isOneOf (word, small);
}

/** "J.R.R.", "Lt.-Col.": several short parts, each with a full stop. */
bool isAbbreviations (std::u32string_view word)
{
    std::size_t letters = 0, parts = 0;
    for (const auto c : word)
    {
        if (c != U'.' && c != U'-' && ! isLetter (c))
            return false;
        parts += c == U'.' ? 1 : 0;
        letters = c == U'.' || c == U'-' ? 0 : letters + 1;
        if (letters > longestAbbreviation)
            return false;
    }
    return parts > 1;
}

/** A word with a full stop, which may end a sentence: "Listen. Anna" is no name, "Lieut. Ben" is. */
bool endsSentence (std::u32string_view word, bool isLast)
{
    constexpr std::array<std::u32string_view, 16> titles { U"lieut", U"sergt",  U"messrs", U"commr",
                                                           U"comdr", U"comdt",  U"corpl",  U"const",
                                                           U"assoc", U"archbp", U"supdt",  U"profs",
                                                           U"mlles", U"monsr",  U"presdt", U"treas" };
    if (! word.ends_with (U'.') || word.size() <= longestAbbreviation + 1)
        return false;
    if (isLast) // "P.P.S.: …" is a letter's end
        return true;
    return ! isAbbreviations (word) && ! isOneOf (foldCase (word.substr (0, word.size() - 1)), titles);
}
} // namespace

NameShape shapeOf (const std::vector<std::u32string_view>& words)
{
    if (words.empty() || words.size() > mostWords)
        return NameShape::None;
    std::size_t characters = words.size() - 1;
    bool anyWithoutCase = false, anyDot = false, capitals = true;
    for (const auto& word : words)
    {
        characters += word.size();
        if (characters > mostNameCharacters || ! std::all_of (word.begin(), word.end(), isNameCharacter) ||
            isMiddleDot (word.front()) || isMiddleDot (word.back()) ||
            endsSentence (word, &word == &words.back()))
            return NameShape::None;
        anyWithoutCase = anyWithoutCase || std::any_of (word.begin(), word.end(), [] (char32_t c) {
                             return isOfCategory (c, U_GC_LO_MASK);
                         });
        anyDot = anyDot || std::any_of (word.begin(), word.end(), isMiddleDot);
        capitals = capitals && (! isOfCategory (word.front(), U_GC_LL_MASK) || isSmallWord (word));
    }

    const auto first = words.front().front();
    const bool numbered = isOfCategory (first, U_GC_ND_MASK);
    if ((anyWithoutCase && characters > (anyDot ? mostWithDots : mostWithoutCase)) ||
        (! isLetter (first) && ! numbered) || isSmallWord (words.front()))
        return NameShape::None;
    if (numbered)
        return capitals ? NameShape::Numbered : NameShape::None;
    return capitals ? NameShape::Capitals : words.size() == 1 ? NameShape::Lowercase : NameShape::Phrase;
}

std::vector<std::u32string_view> wordsOf (std::u32string_view text)
{
    std::vector<std::u32string_view> words;
    for (text = trimmed (text); ! text.empty(); text = trimmed (text))
    {
        const auto end = std::find_if (text.begin(), text.end(), isWhiteSpace);
        words.push_back (text.substr (0, (std::size_t) (end - text.begin())));
        text.remove_prefix (words.back().size());
    }
    return words;
}

std::u32string joined (const std::vector<std::u32string_view>& words)
{
    std::u32string name;
    for (const auto word : words)
        name.append (name.empty() ? U"" : U" ").append (word);
    return name;
}

std::u32string_view cutDirection (std::u32string_view& name)
{
    const auto open = name.find_first_of (U"(（");
    if ((! name.ends_with (U')') && ! name.ends_with (U'）')) || open == name.npos || open == 0)
        return {};
    const auto direction = trimmed (name.substr (open + 1, name.size() - open - 2));
    name = trimmed (name.substr (0, open));
    return direction;
}

bool isColon (char32_t character)
{
    constexpr std::u32string_view colons = U":：﹕︓∶";
    return colons.find (character) != colons.npos;
}

std::size_t findColon (std::u32string_view line, Outside outside)
{
    int depth = 0;
    for (std::size_t at = 0; at < line.size(); ++at)
    {
        const auto c = line[at];
        const bool brackets = outside == Outside::Brackets;
        if (c == U'(' || c == U'（' || (brackets && c == U'['))
            ++depth;
        else if (c == U')' || c == U'）' || (brackets && c == U']'))
            --depth;
        else if (depth == 0 && isColon (c))
            return at;
    }
    return line.npos;
}

bool isClearColon (std::u32string_view line, std::size_t colon)
{
    if (colon + 1 == line.size() || (line[colon] != U':' && line[colon] != U'∶'))
        return true;
    const auto next = line[colon + 1];
    return isWhiteSpace (next) || isLetter (next) || next == U'"' || next == U'\'' ||
           isOfCategory (next, U_GC_PS_MASK | U_GC_PI_MASK);
}

bool isTransition (std::u32string_view key)
{
    constexpr std::array<std::u32string_view, 8> beginnings { U"fade in",   U"fade out", U"fade up",
                                                              U"fade to",   U"cut to",   U"dissolve to",
                                                              U"smash cut", U"match cut" };
    return key.ends_with (U" to") || std::any_of (beginnings.begin(), beginnings.end(),
                                                  [&] (auto each) { return key.starts_with (each); });
}
} // namespace tableread
