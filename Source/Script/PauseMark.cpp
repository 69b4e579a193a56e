// SPDX-License-Identifier: Apache-2.0
#include "Script/PauseMark.h"

#include <algorithm>
#include <array>
#include <string>

#include "Script/Cue/Name.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostMarkCharacters = 60; // of a mark: limits the search from each bracket

struct Word
{
    std::u32string_view name;
    double ms; // without a duration
};
constexpr std::array<Word, 3> words { { { U"pause", 1000 }, { U"silence", 1000 }, { U"beat", 500 } } };

struct Unit
{
    std::u32string_view name;
    double ms;
};
constexpr std::array<Unit, 13> units { { { U"ms", 1 },
                                         { U"msec", 1 },
                                         { U"msecs", 1 },
                                         { U"millisecond", 1 },
                                         { U"milliseconds", 1 },
                                         { U"s", 1000 },
                                         { U"sec", 1000 },
                                         { U"secs", 1000 },
                                         { U"second", 1000 },
                                         { U"seconds", 1000 },
                                         { U"min", 60'000 },
                                         { U"minute", 60'000 },
                                         { U"minutes", 60'000 } } };

/** "500ms", "1.5 s", or "500" for milliseconds; at most six digits on either side of the point. */
void readDuration (std::u32string_view text, PauseMark& mark)
{
    constexpr std::size_t mostDigits = 6;
    const auto takeDigits = [&] (double& value, double& unit) {
        std::size_t count = 0;
        for (; ! text.empty() && text.front() >= U'0' && text.front() <= U'9';
             text.remove_prefix (1), ++count)
        {
            value = value * 10 + (double) (text.front() - U'0');
            unit /= 10;
        }
        return count >= 1 && count <= mostDigits;
    };

    double whole = 0, fraction = 0, unit = 1, ignored = 1;
    if (! takeDigits (whole, ignored))
        return;
    const bool hasPoint = ! text.empty() && (text.front() == U'.' || text.front() == U',');
    if (hasPoint)
    {
        text.remove_prefix (1);
        if (! takeDigits (fraction, unit))
            return;
    }

    text = trimmed (text);
    if (text.ends_with (U'.')) // "1 sec."
        text.remove_suffix (1);
    mark.hasUnit = ! text.empty();
    if (! mark.hasUnit && ! hasPoint)
        mark.ms = whole;
    for (const auto& each : units)
        if (text == each.name)
            mark.ms = (whole + fraction * unit) * each.ms;
}

/** What is in square brackets, folded. @returns false if it is not about silence. */
bool readBracket (std::u32string_view inside, PauseMark& mark)
{
    for (const auto& word : words)
    {
        if (inside.ends_with (word.name) && wordsOf (inside).size() > 1 &&
            wordsOf (inside).back() == word.name)
            return true; // "long pause": for how long?
        if (! inside.starts_with (word.name))
            continue;
        auto rest = inside.substr (word.name.size());
        if (! rest.empty() && ! isWhiteSpace (rest.front()) && ! isColon (rest.front()) &&
            rest.front() != U'=')
            continue;
        rest = trimmed (rest);
        if (! rest.empty() && (isColon (rest.front()) || rest.front() == U'='))
            rest = trimmed (rest.substr (1));
        else if (rest.empty())
            mark.ms = word.ms;
        readDuration (rest, mark);
        return true;
    }
    return false;
}

/** What is in angle brackets, folded: break time="1s"/. */
bool readBreak (std::u32string_view inside, PauseMark& mark)
{
    constexpr std::u32string_view name = U"break", attribute = U"time", quotes = U"\"'”“’‘";
    if (! inside.starts_with (name))
        return false;
    auto rest = inside.substr (name.size());
    if (rest.ends_with (U'/'))
        rest.remove_suffix (1);
    else if (! rest.empty() && ! isWhiteSpace (rest.front()))
        return false;
    rest = trimmed (rest);
    if (! rest.starts_with (attribute))
        return true;
    rest = trimmed (rest.substr (attribute.size()));
    if (! rest.starts_with (U'='))
        return true;
    rest = trimmed (rest.substr (1));
    if (rest.size() > 2 && quotes.find (rest.front()) != quotes.npos &&
        quotes.find (rest.back()) != quotes.npos)
        readDuration (trimmed (rest.substr (1, rest.size() - 2)), mark);
    return true;
}
} // namespace

std::optional<PauseMark> findPause (std::u32string_view line, std::size_t from)
{
    for (auto open = line.find_first_of (U"[<", from); open != line.npos;
         open = line.find_first_of (U"[<", open + 1))
    {
        const bool square = line[open] == U'[';
        const auto length =
            line.substr (open + 1, mostMarkCharacters).find_first_of (square ? U"[]" : U"<>") + 1;
        if (length == 0 || line[open + length] == line[open])
            continue;
        const auto inside = foldCase (trimmed (line.substr (open + 1, length - 1)));
        PauseMark mark { open, open + length + 1, {} };
        if (square ? readBracket (inside, mark) : readBreak (inside, mark))
            return mark;
    }
    return {};
}

std::optional<PauseMark> leadingPause (std::u32string_view line)
{
    const auto pause = findPause (line.substr (0, mostMarkCharacters + 2), 0);
    return pause && pause->start == 0 ? pause : std::nullopt;
}
} // namespace tableread
