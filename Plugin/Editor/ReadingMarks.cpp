// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/ReadingMarks.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "Editor/Text/Utf8.h"
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
} // namespace

ReadingMarks::ReadingMarks (std::function<const std::string&(std::size_t)> lineText,
                            std::function<std::uint32_t (int)> colourOf)
    : text (std::move (lineText))
    , colours (std::move (colourOf))
{}

void ReadingMarks::show (const Reading& reading, std::size_t lineCount)
{
    lines.assign (lineCount, {});
    std::size_t next = 0; // the passage that begins at or after this line
    for (std::size_t i = 0; i < lineCount; ++i)
    {
        bool isFirst = false;
        while (next < reading.passages.size() &&
               (std::size_t) reading.passages[next].sourceLines.front() <= i + 1)
        {
            ++next;
            isFirst = true;
        }
        if (next > 0)
            lines[i] = { next - 1, reading.passages[next - 1].speakers.front(), isFirst };
    }
}

void ReadingMarks::edited (const TextEdit& edit)
{
    const auto added = edit.linesInserted(), removed = edit.linesRemoved();
    if (added == removed || edit.firstLine >= lines.size())
        return;
    const auto behind = lines.begin() + (std::ptrdiff_t) edit.firstLine + 1;
    if (added > removed)
        lines.insert (behind, added - removed, { lines[edit.firstLine].passage, -1, false });
    else
        lines.erase (behind, behind + std::min (lines.end() - behind, (std::ptrdiff_t) (removed - added)));
}

bool ReadingMarks::light (std::optional<std::size_t> passage)
{
    return std::exchange (lit, passage) != passage;
}

LineMark ReadingMarks::markOf (std::size_t line) const
{
    LineMark mark;
    if (line >= lines.size() || lines[line].speaker < 0)
        return mark;
    const auto& words = text (line);
    if (! isSpoken (words))
        return mark;
    mark.colour = colours (lines[line].speaker);
    mark.nameBytes = lines[line].isFirst ? nameBytes (words) : 0;
    mark.isSounding = lit == lines[line].passage;
    return mark;
}
} // namespace tableread::plugin
