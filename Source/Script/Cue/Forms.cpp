// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "Script/Cue/Cue.h"
#include "Script/Cue/Decoration.h"
#include "Script/Cue/Name.h"
#include "Script/NameKey.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostBefore = 60; // characters before a colon that are worth a note

bool isName (NameShape shape)
{
    return shape == NameShape::Capitals || shape == NameShape::Numbered;
}

/** Tony "The Tiger" Marsh: a nickname in quotes behind the first word. */
bool isNickname (std::vector<std::u32string_view> words)
{
    constexpr std::u32string_view quotes = U"\"“”„";
    int count = 0;
    for (std::size_t i = 1; i < words.size(); ++i)
    {
        auto& word = words[i];
        const auto size = word.size();
        while (! word.empty() && quotes.find (word.front()) != quotes.npos)
            word.remove_prefix (1);
        while (! word.empty() && quotes.find (word.back()) != quotes.npos)
            word.remove_suffix (1);
        if (word.empty())
            return false;
        count += (int) (size - word.size());
    }
    return count == 2 && isName (shapeOf (words));
}

/** "Marsh, Ben": both parts are names. */
bool isCommaName (std::u32string_view name)
{
    constexpr std::size_t most = 40;
    const auto comma = name.find_first_of (U",，");
    return comma != name.npos && name.size() <= most &&
           shapeOf (wordsOf (name.substr (0, comma))) == NameShape::Capitals &&
           shapeOf (wordsOf (name.substr (comma + 1))) == NameShape::Capitals;
}

std::optional<Cue::Kind> kindOf (std::u32string_view name)
{
    const auto words = wordsOf (name);
    const auto shape = shapeOf (words);
    if (isName (shape) || isNickname (words))
        return Cue::Kind::Decorated;
    if (isCommaName (name))
        return Cue::Kind::Comma;
    return shape == NameShape::None ? std::nullopt : std::optional (Cue::Kind::Named);
}

/** A name and a colon behind what decorates them. */
std::optional<Cue> findDecorated (std::u32string_view line)
{
    const auto rest = withoutDecoration (line);
    const auto colon = findColon (rest.substr (0, mostNamePart), Outside::Brackets);
    if (colon == rest.npos)
        return {};
    const auto prefix = line.substr (0, line.size() - rest.size());
    const bool endsEmphasis = prefix.find_first_of (emphasis) != prefix.npos && colon + 1 < rest.size() &&
                              emphasis.find (rest[colon + 1]) != emphasis.npos;
    if (! endsEmphasis && ! isClearColon (rest, colon))
        return {};
    auto name = trimmed (rest.substr (0, colon));
    const bool emphasised = prefix.find_first_of (emphasis) != prefix.npos &&
                            name.find_first_of (emphasis) == name.npos; // and on behind the colon
    name = withoutTrailingDecoration (name);
    Cue cue;
    cue.direction = cutDirection (name);
    name = withoutQuotes (withoutTrailingDecoration (name));
    name = withoutTrailingDecoration (withoutDecoration (name));
    const auto kind = kindOf (name);
    if (! kind || isTransition (nameKey (name)))
        return {};
    cue.kind = *kind;
    cue.name = joined (wordsOf (name));
    cue.written = trimmed (line.substr (0, prefix.size() + colon));
    cue.text = trimmed (rest.substr (colon + 1));
    if (emphasised)
        cue.text = withoutEmphasis (cue.text);
    return cue;
}

/** "[Anna] text", "[1]: text", "<Ben>: text". */
std::optional<Cue> findBracketed (std::u32string_view line)
{
    const auto rest = withoutDecoration (line);
    for (const auto& start : { line, rest })
        if (const auto bracket = leadingBracket (start))
        {
            Cue cue { .kind = Cue::Kind::Named };
            auto name = bracket->inside;
            cue.direction = cutDirection (name);
            const auto words = wordsOf (name);
            if (shapeOf (words) == NameShape::None)
                continue;
            cue.name = joined (words);
            cue.text = bracket->rest;
            cue.written = trimmed (line.substr (0, line.size() - bracket->rest.size()));
            if (! cue.text.empty() && isColon (cue.text.front()))
                cue.text = trimmed (cue.text.substr (1));
            return cue;
        }
    return {};
}

/** Anything short before a colon with white space behind it. */
std::optional<Cue> findText (std::u32string_view line)
{
    for (std::size_t at = 1; at < std::min (line.size(), mostBefore + 1); ++at)
        if (isColon (line[at]) && (at + 1 == line.size() || isWhiteSpace (line[at + 1])))
        {
            Cue cue { .kind = Cue::Kind::Text };
            cue.written = trimmed (line.substr (0, at));
            cue.name = joined (wordsOf (cue.written));
            cue.text = trimmed (line.substr (at + 1));
            return cue.name.empty() ? std::nullopt : std::optional (cue);
        }
    return {};
}
} // namespace

std::optional<Cue> findCueForm (std::u32string_view line)
{
    if (line.empty())
        return {};
    auto decorated = findDecorated (line);
    if (decorated && decorated->kind == Cue::Kind::Decorated)
        return decorated;
    if (auto bracketed = findBracketed (line))
        return bracketed;
    return decorated ? decorated : findText (line);
}
} // namespace tableread
