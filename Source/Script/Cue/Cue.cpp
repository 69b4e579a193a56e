// SPDX-License-Identifier: Apache-2.0
#include "Script/Cue/Cue.h"

#include <algorithm>

#include "Script/Cue/Name.h"
#include "Script/NameKey.h"
#include "Script/Text.h"

namespace tableread
{
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
    const auto colon = findColon (line, Outside::Parentheses);
    if (colon == line.npos)
        return {};

    auto namePart = trimmed (line.substr (0, colon));
    if (namePart.size() > mostNamePart)
        return {};
    Cue cue;
    cue.written = namePart;
    cue.direction = cutDirection (namePart);
    cue.text = trimmed (line.substr (colon + 1));

    const auto words = wordsOf (namePart);
    const auto shape = shapeOf (words);
    if (shape != NameShape::Capitals && shape != NameShape::Lowercase && shape != NameShape::Phrase)
        return {};
    cue.name = joined (words);
    const auto key = nameKey (cue.name);
    if (const auto number = speakerNumber (key))
    {
        const auto digits = std::to_string (*number);
        cue.name = U"Speaker " + std::u32string (digits.begin(), digits.end());
        return cue;
    }
    if (shape == NameShape::Phrase || isTransition (key))
        return {};
    cue.kind = ! isClearColon (line, colon)   ? Cue::Kind::Glued
               : shape == NameShape::Capitals ? Cue::Kind::Certain
                                              : Cue::Kind::Lowercase;
    return cue;
}
} // namespace tableread
