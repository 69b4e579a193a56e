// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Script/Completion.h"

#include "Editor/Text/Utf8.h"

namespace tableread::plugin
{
namespace
{
constexpr std::size_t mostBytes = 160, mostNames = 8;
constexpr std::string_view blanks = " \t";

/** True if `name` goes on behind `start`, in any case. */
bool continues (std::string_view name, std::string_view start)
{
    std::size_t inName = 0, inStart = 0;
    while (inStart < start.size())
        if (inName == name.size() ||
            withoutCase (nextCharacter (name, inName)) != withoutCase (nextCharacter (start, inStart)))
            return false;
    return inName < name.size();
}
} // namespace

std::optional<Completion> completionFor (std::string_view line, std::size_t caret,
                                         const std::vector<std::string>& speakers)
{
    const auto from = line.find_first_not_of (blanks);
    if (from >= caret || caret - from > mostBytes)
        return {};
    const auto typed = line.substr (from, caret - from);
    const auto behind = line.substr (caret);
    const auto rest = behind.find_first_not_of (blanks);
    const bool isAlone = rest == behind.npos;
    if (blanks.find (typed.back()) != blanks.npos || (! isAlone && behind[rest] != ':'))
        return {};

    Completion found { from, caret, isAlone, {} };
    for (const auto& name : speakers)
        if (found.names.size() < mostNames && continues (name, typed))
            found.names.push_back (name);
    return found.names.empty() ? std::nullopt : std::optional (std::move (found));
}
} // namespace tableread::plugin
