// SPDX-License-Identifier: Apache-2.0
#include "Script/Parser.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "Script/PauseMark.h"
#include "Script/SpeakerNumbers.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostLines = 100'000;
constexpr double mostPauseMs = 600'000;
constexpr char32_t escape = U'\\'; // in front of a line that is spoken as it stands

bool isTitle (std::u32string_view line)
{
    return line.starts_with (U"==") && line.ends_with (U"==");
}

bool isSpoken (std::u32string_view line)
{
    return ! line.empty() && ! line.starts_with (U'#') && ! isTitle (line);
}

std::u32string_view withoutMarks (std::u32string_view line, char32_t mark)
{
    const auto start = std::min (line.find_first_not_of (mark), line.size());
    line.remove_prefix (start);
    return trimmed (line.substr (0, line.find_last_not_of (mark) + 1));
}

/** Behind the pauses that a line begins with; `found` is called with the length of each. */
template <typename Found>
std::u32string_view skipPauses (std::u32string_view line, Found&& found)
{
    for (auto pause = findPause (line, 0); pause && pause->start == 0 && pause->ms;
         pause = findPause (line, 0))
    {
        found (*pause->ms);
        line = trimmed (line.substr (pause->end));
    }
    return line;
}

KnownNames namesIn (const std::vector<std::u32string>& lines)
{
    KnownNames names;
    bool first = true;
    for (const auto& whole : lines)
    {
        const auto line = skipPauses (trimmed (whole), [] (double) {});
        if (! isSpoken (line))
            continue;
        if (const auto cue = line.front() == escape ? std::nullopt : findCue (line))
            names.add (*cue, first);
        first = false;
    }
    return names;
}
} // namespace

ScriptParser::ScriptParser (std::vector<std::u32string> lines)
    : source (std::move (lines))
    , names (namesIn (source))
{
    script.scenes.push_back ({});
}

Result<Script> ScriptParser::parse()
{
    for (const auto& line : source)
    {
        ++sourceLine;
        parseLine (trimmed (line));
        if (script.lines.size() > mostLines)
            return tl::unexpected (Error { ErrorCode::OutOfRange,
                                           "the script has more than " + std::to_string (mostLines) +
                                               " lines to speak. Split it.",
                                           {} });
    }
    endCue();
    script.pauseAfterMs = (int) std::lround (pauseMs);

    if (script.lines.empty())
        return tl::unexpected (
            Error { ErrorCode::InvalidInput,
                    "the script has nothing to speak. Write a line such as \"Anna: Hello.\"",
                    {} });
    dropEmptyScene();
    numberSpeakers (script);
    return std::move (script);
}

void ScriptParser::parseLine (std::u32string_view line)
{
    if (line.empty())
        lineIsOpen = false;
    else if (isTitle (line))
        beginScene (withoutMarks (line, U'='));
    else if (line.front() == escape)
    {
        nameNarrator();
        speak (trimmed (line.substr (1)));
    }
    else if (isSpoken (line))
    {
        if (line.starts_with (U"=="))
            note ("this is spoken, since a title also ends with ==.");
        speakWithPauses (line);
    }
}

void ScriptParser::beginScene (std::u32string_view title)
{
    endCue();
    script.scenes.push_back ({ encodeUtf8 (title), sourceLine });
    speaker.clear();
    lineIsOpen = false;
}

/** "Anna (softly): …" */
void ScriptParser::beginCue (Cue cue)
{
    endCue();
    speaker = std::move (cue.name);
    direction = std::move (cue.direction);
    emptyCue = sourceLine;
    lineIsOpen = false;
}

void ScriptParser::endCue()
{
    if (emptyCue)
        script.notes.push_back (
            { *emptyCue, encodeUtf8 (speaker) + " has no text here, so this line is left out." });
    emptyCue.reset();
    direction.clear();
}

void ScriptParser::nameNarrator()
{
    if (! speaker.empty())
        return;
    speaker = U"Narrator";
    note ("no speaker is named before this text, so Narrator speaks it.");
}

void ScriptParser::speakWithPauses (std::u32string_view line)
{
    line = skipPauses (line, [this] (double ms) { addPause (ms); });
    if (line.empty())
        return;

    if (auto cue = findCue (line); cue && names.accept (*cue))
    {
        line = cue->text;
        beginCue (std::move (*cue));
    }
    else
        nameNarrator();

    std::size_t from = 0; // where to look for pauses
    while (const auto pause = findPause (line, from))
    {
        from = pause->end;
        if (! pause->ms)
        {
            note ("\"" + encodeUtf8 (line.substr (pause->start, pause->end - pause->start)) +
                  "\" is spoken: a pause is written [pause 500ms] or [pause 1.5s].");
            continue;
        }
        speak (trimmed (line.substr (0, pause->start)));
        addPause (*pause->ms);
        line = line.substr (pause->end);
        from = 0;
    }
    speak (trimmed (line));
}

void ScriptParser::speak (std::u32string_view text)
{
    if (text.empty())
        return;
    if (lineIsOpen)
    {
        script.lines.back().text += ' ' + encodeUtf8 (text);
        return;
    }

    ScriptLine line;
    line.id = (std::int64_t) script.lines.size() + 1;
    line.speaker = speakerIndex();
    line.text = encodeUtf8 (text);
    line.pauseBeforeMs = (int) std::lround (std::exchange (pauseMs, 0));
    line.scene = (int) script.scenes.size() - 1;
    line.sourceLine = emptyCue.value_or (sourceLine);
    line.direction = encodeUtf8 (std::exchange (direction, {}));
    script.lines.push_back (std::move (line));
    emptyCue.reset();
    lineIsOpen = true;
}

void ScriptParser::addPause (double ms)
{
    pauseMs += ms;
    lineIsOpen = false;
    if (pauseMs > mostPauseMs)
    {
        pauseMs = mostPauseMs;
        note ("the pause is cut to 10 minutes, the longest there is.");
    }
}

int ScriptParser::speakerIndex()
{
    const auto [entry, isNew] = indices.try_emplace (foldCase (speaker), (int) script.speakers.size());
    const bool newSpelling = spellings.insert (speaker).second;
    if (isNew)
        script.speakers.push_back ({ encodeUtf8 (speaker) });
    else if (newSpelling)
        note (encodeUtf8 (speaker) + " is taken for " + script.speakers[(std::size_t) entry->second].name +
              ".");
    return entry->second;
}

void ScriptParser::note (std::string text)
{
    script.notes.push_back ({ sourceLine, std::move (text) });
}

/** Nothing needs to stand before the first title. */
void ScriptParser::dropEmptyScene()
{
    if (script.lines.front().scene == 0)
        return;
    script.scenes.erase (script.scenes.begin());
    for (auto& line : script.lines)
        --line.scene;
}
} // namespace tableread
