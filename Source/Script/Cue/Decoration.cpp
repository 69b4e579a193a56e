// SPDX-License-Identifier: Apache-2.0
#include "Script/Cue/Decoration.h"

#include <algorithm>

#include <unicode/uchar.h>

#include "Script/Characters.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::u32string_view bullets = U"-–—―−‒⁃•‣◦▪▫●○■□◆◇►▶▸→⇒+·∙・※>»|～~*";
constexpr std::size_t mostStamp = 40;

bool isIn (char32_t character, std::u32string_view set)
{
    return set.find (character) != set.npos;
}

bool isDigit (char32_t character)
{
    return isOfCategory (character, U_GC_ND_MASK);
}

/** Only digits, what divides them in a date or time, and "am" or "pm". */
bool isStamp (std::u32string_view text)
{
    constexpr std::u32string_view others = U":.,;/-–> apmAPMTZh";
    return ! text.empty() && text.size() <= mostStamp && std::any_of (text.begin(), text.end(), isDigit) &&
           std::all_of (text.begin(), text.end(),
                        [&] (char32_t c) { return isDigit (c) || isIn (c, others) || isWhiteSpace (c); });
}

/** "[00:00:01]", "(1)", "<10:30>" at the start. @returns what is behind it. */
std::u32string_view afterStampInBrackets (std::u32string_view line)
{
    constexpr std::u32string_view open = U"[(<{［（【", close = U"])>}］）】";
    const auto kind = line.empty() ? open.npos : open.find (line.front());
    if (kind == open.npos)
        return line;
    const auto end = line.substr (0, mostStamp).find (close[kind]);
    return end != line.npos && isStamp (line.substr (1, end - 1)) ? trimmed (line.substr (end + 1)) : line;
}

/** "10:30 ", "12/03/2024, 10:30 PM - ": words of which the first has a digit, a divider and a digit. */
std::u32string_view afterTime (std::u32string_view line)
{
    const auto wordEnd = [] (std::u32string_view text) {
        return (std::size_t) (std::find_if (text.begin(), text.end(), isWhiteSpace) - text.begin());
    };
    bool found = false;
    while (true)
    {
        const auto word = line.substr (0, std::min (wordEnd (line), mostStamp));
        const bool time = word.size() >= 3 && isDigit (word[0]) && isStamp (word) &&
                          word.find_first_of (U":/.-") + 1 < word.size();
        const bool half = found && (word == U"AM" || word == U"PM" || word == U"am" || word == U"pm");
        if ((! time && ! half) || word.size() == line.size() || ! isWhiteSpace (line[word.size()]))
            return line;
        found = true;
        line = trimmed (line.substr (word.size()));
    }
}

/** "1. ", "12) ", "a) ". @returns what is behind it. */
std::u32string_view afterNumber (std::u32string_view line)
{
    constexpr std::size_t mostDigits = 4;
    std::size_t end = 0;
    while (end < line.size() && end < mostDigits && isDigit (line[end]))
        ++end;
    if (end == 0 && ! line.empty() && isLetter (line[0]))
        end = 1;
    const bool letter = end == 1 && isLetter (line[0]);
    if (end == 0 || end + 1 >= line.size() || ! (line[end] == U')' || (line[end] == U'.' && ! letter)))
        return line;
    return isWhiteSpace (line[end + 1]) ? trimmed (line.substr (end + 1)) : line;
}
} // namespace

std::u32string_view withoutDecoration (std::u32string_view line)
{
    constexpr int most = 8;
    for (int i = 0; i < most && ! line.empty(); ++i)
    {
        const auto before = line.size();
        if (isIn (line.front(), bullets) || isIn (line.front(), emphasis) || isEmoji (line.front()))
        {
            const auto first = line.front();
            const auto end = std::find_if (line.begin(), line.end(), [first] (char32_t c) {
                return c != first && ! (isEmoji (first) && isEmoji (c));
            });
            line = trimmed (line.substr ((std::size_t) (end - line.begin())));
        }
        line = afterNumber (afterTime (afterStampInBrackets (line)));
        if (line.size() == before)
            break;
    }
    return line;
}

std::u32string_view withoutTrailingDecoration (std::u32string_view name)
{
    while (! name.empty())
    {
        const auto last = name.back();
        if (isIn (last, emphasis) || isEmoji (last) || isWhiteSpace (last))
            name.remove_suffix (1);
        else if (const auto open = name.rfind (U'[');
                 last == U']' && open != name.npos &&
                 isStamp (name.substr (open + 1, name.size() - open - 2)))
            name = name.substr (0, open);
        else
            break;
    }
    return name;
}

std::u32string_view withoutQuotes (std::u32string_view name)
{
    constexpr std::u32string_view open = U"\"'“‘„«‹「『", close = U"\"'”’“»›」』";
    const auto kind = name.size() < 3 ? open.npos : open.find (name.front());
    return kind != open.npos && name.back() == close[kind] ? trimmed (name.substr (1, name.size() - 2))
                                                           : name;
}

std::u32string_view withoutEmphasis (std::u32string_view text)
{
    if (text.empty() || ! isIn (text.front(), emphasis))
    {
        while (! text.empty() && isIn (text.back(), emphasis))
            text.remove_suffix (1);
    }
    while (! text.empty() && isIn (text.front(), emphasis))
        text.remove_prefix (1);
    return trimmed (text);
}

std::optional<Bracket> leadingBracket (std::u32string_view line)
{
    constexpr std::u32string_view open = U"[<{［＜【〖〔〈", close = U"]>}］＞】〗〕〉";
    constexpr std::size_t mostInside = 60;
    const auto kind = line.empty() ? open.npos : open.find (line.front());
    if (kind == open.npos)
        return {};
    const auto end = line.substr (0, mostInside).find (close[kind]);
    if (end == line.npos)
        return {};
    return Bracket { trimmed (line.substr (1, end - 1)), trimmed (line.substr (end + 1)) };
}
} // namespace tableread
