// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/ReadingMarks.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "Editor/Text/Utf8.h"
#include "Project/Passages.h"
#include "Project/Requests.h"
#include "Script/Cue/Cue.h"
#include "Script/Text.h"

namespace tableread::plugin
{
namespace
{
constexpr std::size_t mostCueBytes = 400; // of a line: no name is longer

std::string_view withoutBlanks (std::string_view line)
{
    const auto start = line.find_first_not_of (" \t");
    return start == line.npos ? std::string_view() : line.substr (start);
}

bool isSpoken (std::string_view line)
{
    const auto words = withoutBlanks (line);
    return ! words.empty() && ! words.starts_with ('[') && ! words.starts_with ('#') &&
           ! words.starts_with ("==");
}

/** The bytes of a line up to the colon behind a name. */
std::size_t nameBytes (std::string_view line)
{
    const auto words = withoutBlanks (line);
    const auto head = words.substr (0, startOfCharacter (words, mostCueBytes));
    const auto characters = decodeUtf8 (head);
    if (! characters)
        return 0;
    const auto cue = findCue (*characters);
    return cue ? line.size() - words.size() + encodeUtf8 (cue->written).size() : 0;
}

LineMark::State stateOf (playback::PartState state)
{
    using playback::PartState;
    switch (state)
    {
        case PartState::Loading:
        case PartState::Queued:
            return LineMark::State::Queued;
        case PartState::Rendering:
            return LineMark::State::Rendering;
        case PartState::Done:
            return LineMark::State::Done;
        case PartState::Stale:
            return LineMark::State::Stale;
        case PartState::Failed:
            return LineMark::State::Failed;
        case PartState::Missing:
            break;
    }
    return LineMark::State::None;
}
} // namespace

ReadingMarks::ReadingMarks (std::function<const std::string&(std::size_t)> lineText,
                            std::function<std::uint32_t (const SpeakerColour&)> colourOf)
    : text (std::move (lineText))
    , colours (std::move (colourOf))
{}

void ReadingMarks::show (const project::Document& document, std::size_t lineCount)
{
    const SpeakerColours known (document);
    spoken.clear();
    for (const auto& take : document.takes)
        if (project::isWhole (*take))
            spoken.insert (take->line.value);

    lines.assign (lineCount, {});
    std::size_t next = 0; // the first that the line before has not filled
    const auto fill = [&] (std::size_t until, const Spoken& with) {
        for (; next < std::min (until, lineCount); ++next)
            lines[next] = { with.passage, with.colour, false };
    };
    Spoken last;
    for (const auto& passage : project::passagesOf (document))
        for (auto place = passage.first; place < passage.first + passage.count; ++place)
        {
            const auto& line = *document.lines[place];
            const auto first = document.lines[passage.first]->id.value;
            const auto row = (std::size_t) std::max (line.sourceLine, 1) - 1;
            fill (row, last);
            last = { first, colours (known.of (line.speaker)), true };
            if (row < lineCount)
                lines[row] = last;
            next = row + 1;
        }
    fill (lineCount, last);
}

void ReadingMarks::edited (const TextEdit& edit)
{
    const auto added = edit.linesInserted(), removed = edit.linesRemoved();
    if (added == removed || edit.firstLine >= lines.size())
        return;
    const auto behind = lines.begin() + (std::ptrdiff_t) edit.firstLine + 1;
    if (added > removed)
        lines.insert (behind, added - removed, { lines[edit.firstLine].passage, 0, false });
    else
        lines.erase (behind, behind + std::min (lines.end() - behind, (std::ptrdiff_t) (removed - added)));
}

bool ReadingMarks::follow (const std::shared_ptr<const playback::View>& view)
{
    if (view == shown)
        return false;
    shown = view;
    parts.clear();
    for (std::size_t i = 0; i < view->parts.size(); ++i)
        parts.emplace (view->parts[i].line, i);
    return true;
}

bool ReadingMarks::light (std::optional<std::uint64_t> passage)
{
    return std::exchange (lit, passage) != passage;
}

std::optional<std::uint64_t> ReadingMarks::passageAt (std::size_t line) const
{
    if (line >= lines.size() || lines[line].colour == 0)
        return {};
    return lines[line].passage;
}

std::vector<project::LineId> ReadingMarks::passagesIn (ScriptRows rows) const
{
    std::vector<project::LineId> passages;
    for (auto row = rows.first; row <= rows.last && row < lines.size(); ++row)
        if (const auto passage = passageAt (row))
            if (const project::LineId line { *passage }; passages.empty() || passages.back() != line)
                passages.push_back (line);
    return passages;
}

LineMark ReadingMarks::markOf (std::size_t line) const
{
    LineMark mark;
    if (line >= lines.size() || lines[line].colour == 0)
        return mark;
    const auto& words = text (line);
    if (! isSpoken (words))
        return mark;
    mark.colour = lines[line].colour;
    mark.nameBytes = lines[line].isFirst ? nameBytes (words) : 0;
    mark.isSounding = lit == lines[line].passage;
    if (lines[line].isFirst)
        addState (mark, lines[line].passage);
    return mark;
}

void ReadingMarks::addState (LineMark& mark, std::uint64_t passage) const
{
    const auto found = parts.find (passage);
    if (found == parts.end())
        return;
    const auto& part = shown->parts[found->second];
    mark.state = stateOf (part.state);
    if (part.state == playback::PartState::Missing && spoken.contains (passage))
        mark.state = LineMark::State::Stale; // what was rendered are other words
    mark.progress = (float) part.fraction();
    if (part.state == playback::PartState::Failed)
        mark.tip = part.reason;
}

void ReadingMarks::retry (std::size_t line)
{
    if (const auto passage = passageAt (line); passage && onRetry)
        onRetry (*passage);
}
} // namespace tableread::plugin
