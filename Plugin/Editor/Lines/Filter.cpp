// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Lines/Filter.h"

#include <algorithm>

#include "Editor/Text/Search.h"
#include "Passage/Names.h"
#include "Project/Passages.h"

namespace tableread::plugin
{
namespace
{
bool hasState (const LineMark& mark, bool isLocked, LineFilter::State wanted)
{
    using State = LineMark::State;
    switch (wanted)
    {
        case LineFilter::State::NotRendered:
            return mark.state == State::None || mark.state == State::Queued || mark.state == State::Rendering;
        case LineFilter::State::Changed:
            return mark.state == State::Stale;
        case LineFilter::State::Failed:
            return mark.state == State::Failed;
        case LineFilter::State::Locked:
            return isLocked;
        case LineFilter::State::Any:
            break;
    }
    return true;
}
} // namespace

std::string ListedLine::name() const
{
    auto words = "Line " + std::to_string (row + 1) + ", " + speaker + ": " + text;
    if (const auto state = wordsFor (mark); ! state.empty())
        words += ". " + state;
    return words;
}

std::vector<ListedLine> filtered (const project::Document& document, const ScriptMarks& marks,
                                  const LineFilter& filter)
{
    TextSearch search;
    search.setWanted (filter.words);
    const auto speaker = foldedName (filter.speaker);
    const SpeakerColours colours (document);
    std::vector<ListedLine> lines;
    for (const auto& passage : project::passagesOf (document))
    {
        const bool isLocked = document.lines[passage.first]->isLocked;
        for (auto at = passage.first; at < passage.first + passage.count; ++at)
        {
            const auto& line = *document.lines[at];
            if ((! search.isEmpty() && search.in (line.text).empty()) ||
                (! filter.speaker.empty() && foldedName (line.speaker) != speaker))
                continue;
            const auto row = (std::size_t) std::max (line.sourceLine, 1) - 1;
            auto mark = marks.markOf (row);
            if (hasState (mark, isLocked, filter.state))
                lines.push_back (
                    { line.id, row, line.speaker, line.text, colours.of (line.speaker), std::move (mark) });
        }
    }
    return lines;
}
} // namespace tableread::plugin
