// SPDX-License-Identifier: Apache-2.0
#include "Script/Cue.h"

#include <algorithm>
#include <array>
#include <vector>

#include <unicode/uchar.h>

#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostWords = 5, mostCharacters = 40, mostDirection = 200;
constexpr std::size_t mostWithoutCase = 16;    // a sentence without capitals is known by its length alone
constexpr std::size_t longestAbbreviation = 4; // "Prof." may have its full stop, "Listen." ends a sentence

bool isOfCategory (char32_t character, std::uint32_t mask)
{
    return (U_GET_GC_MASK ((UChar32) character) & mask) != 0;
}

bool isLetter (char32_t c)
{
    return isOfCategory (c, U_GC_L_MASK);
}

bool isNameCharacter (char32_t c)
{
    constexpr std::u32string_view others = U"-'’._&/#";
    return isOfCategory (c, U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK) || others.find (c) != others.npos;
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

bool isSmallWord (std::u32string_view word)
{
    constexpr std::array<std::u32string_view, 22> small { U"of", U"the", U"and", U"a",   U"an",    U"in",
                                                          U"at", U"to",  U"von", U"van", U"der",   U"den",
                                                          U"zu", U"und", U"de",  U"del", U"della", U"di",
                                                          U"da", U"la",  U"le",  U"y" };
    return std::find (small.begin(), small.end(), word) != small.end();
}

/** Certain, Lowercase, or no name. */
std::optional<Cue::Kind> judgeName (const std::vector<std::u32string_view>& words)
{
    std::size_t characters = words.empty() ? 0 : words.size() - 1;
    bool anyWithoutCase = false, capitals = true;

    for (const auto word : words)
    {
        characters += word.size();
        if (! std::all_of (word.begin(), word.end(), isNameCharacter))
            return {};
        if (word.ends_with (U'.') && word.size() > longestAbbreviation + 1)
            return {};
        anyWithoutCase = anyWithoutCase || std::any_of (word.begin(), word.end(), [] (char32_t c) {
                             return isOfCategory (c, U_GC_LO_MASK);
                         });
        capitals = capitals && (! isOfCategory (word.front(), U_GC_LL_MASK) || isSmallWord (word));
    }

    const auto most = anyWithoutCase ? mostWithoutCase : mostCharacters;
    if (words.empty() || words.size() > mostWords || characters > most ||
        ! isLetter (words.front().front()) || isSmallWord (words.front()))
        return {};
    if (capitals)
        return Cue::Kind::Certain;
    return words.size() == 1 ? std::optional (Cue::Kind::Lowercase) : std::nullopt;
}

/** Where the first colon is that no parenthesis encloses. */
std::size_t findColon (std::u32string_view line)
{
    int depth = 0;
    for (std::size_t at = 0; at < line.size(); ++at)
        if (line[at] == U'(')
            ++depth;
        else if (line[at] == U')')
            --depth;
        else if (depth == 0 && (line[at] == U':' || line[at] == U'：'))
            return at;
    return line.npos;
}

/** Takes "(whispering)" off the end of `name`. */
std::u32string_view cutDirection (std::u32string_view& name)
{
    const auto open = name.find (U'(');
    if (! name.ends_with (U')') || open == name.npos || open == 0)
        return {};
    const auto direction = trimmed (name.substr (open + 1, name.size() - open - 2));
    name = trimmed (name.substr (0, open));
    return direction;
}

/** "Anna: hi" and "安娜：你好" for sure, "Anna:hi" too; "Rev 3:16", "C:\" and "a::b" only if Anna is known. */
bool isClearColon (std::u32string_view line, std::size_t colon)
{
    if (colon + 1 == line.size() || line[colon] == U'：')
        return true;
    const auto next = line[colon + 1];
    return isWhiteSpace (next) || isLetter (next) || next == U'"' || next == U'\'' ||
           isOfCategory (next, U_GC_PS_MASK | U_GC_PI_MASK);
}

std::u32string joined (const std::vector<std::u32string_view>& words)
{
    std::u32string name;
    for (const auto word : words)
        name.append (name.empty() ? U"" : U" ").append (word);
    return name;
}
} // namespace

std::optional<long> speakerNumber (std::u32string_view name)
{
    constexpr std::u32string_view prefix = U"speaker ";
    constexpr std::size_t mostDigits = 9;
    if (! foldCase (name.substr (0, prefix.size())).starts_with (prefix))
        return {};

    const auto digits = name.substr (prefix.size());
    const auto isAscii = [] (char32_t c) { return c >= U'0' && c <= U'9'; };
    if (digits.empty() || digits.size() > mostDigits || ! std::all_of (digits.begin(), digits.end(), isAscii))
        return {};
    long number = 0;
    for (const auto digit : digits)
        number = number * 10 + (long) (digit - U'0');
    return number;
}

std::optional<Cue> findCue (std::u32string_view line)
{
    const auto colon = findColon (line);
    if (colon == line.npos)
        return {};

    auto namePart = trimmed (line.substr (0, colon));
    if (namePart.size() > mostCharacters + mostDirection)
        return {};
    Cue cue;
    cue.direction = cutDirection (namePart);
    cue.text = trimmed (line.substr (colon + 1));

    const auto words = wordsOf (namePart);
    cue.name = joined (words);
    if (const auto number = speakerNumber (cue.name))
    {
        const auto digits = std::to_string (*number);
        cue.name = U"Speaker " + std::u32string (digits.begin(), digits.end());
        return cue;
    }

    const auto kind = judgeName (words);
    if (! kind)
        return {};
    cue.kind = isClearColon (line, colon) ? *kind : Cue::Kind::Glued;
    return cue;
}
} // namespace tableread
