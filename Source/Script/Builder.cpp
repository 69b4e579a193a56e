// SPDX-License-Identifier: Apache-2.0
#include "Script/Builder.h"

#include <cmath>
#include <utility>

#include "Script/Characters.h"
#include "Script/NameKey.h"
#include "Script/SpeakerNumbers.h"
#include "Script/Text.h"

namespace tableread
{
namespace
{
constexpr std::size_t mostLines = 100'000;
constexpr std::size_t mostNotes = 100'000; // a line may have any number of directions and marks
constexpr double mostPauseMs = 600'000;
constexpr double fewMs = 20; // less than a pause that can be heard
} // namespace

ScriptBuilder::ScriptBuilder (Typography wanted) : typography (wanted)
{
    script.scenes.push_back ({});
}

void ScriptBuilder::beginSourceLine (int number)
{
    sourceLine = number;
}

Result<void> ScriptBuilder::checkSize() const
{
    if (script.lines.size() <= mostLines)
        return {};
    return tl::unexpected (
        Error { ErrorCode::OutOfRange,
                "the script has more than " + std::to_string (mostLines) + " lines to speak. Split it.",
                {} });
}

Result<Script> ScriptBuilder::finish()
{
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

void ScriptBuilder::beginScene (std::u32string_view title)
{
    endCue();
    script.scenes.push_back ({ encodeUtf8 (title), sourceLine });
    speaker.clear();
    lineIsOpen = false;
}

/** "Anna (softly): …" */
void ScriptBuilder::beginCue (Cue cue)
{
    endCue();
    speaker = std::move (cue.name);
    direction = std::move (cue.direction);
    if (! direction.empty())
        script.directions.push_back ({ sourceLine, encodeUtf8 (direction) });
    emptyCue = sourceLine;
    lineIsOpen = false;
}

void ScriptBuilder::endCue()
{
    if (emptyCue)
        script.notes.push_back ({ *emptyCue,
                                  encodeUtf8 (speaker) + " has no text here, so this line is left out.",
                                  NoteKind::NoText });
    emptyCue.reset();
    direction.clear();
}

void ScriptBuilder::nameNarrator()
{
    if (! speaker.empty())
        return;
    speaker = U"Narrator";
    note (NoteKind::NoSpeaker, "no speaker is named before this text, so Narrator speaks it.");
}

void ScriptBuilder::addDirection (std::u32string_view text)
{
    text = trimmed (text);
    note (NoteKind::Direction, quoted (text) + " is a direction, so it is not spoken.");
    if (script.directions.size() < mostNotes)
        script.directions.push_back ({ sourceLine, encodeUtf8 (text) });
    direction.append (direction.empty() ? U"" : U", ").append (text);
}

void ScriptBuilder::addPause (std::u32string_view mark, const PauseMark& pause)
{
    if (! pause.ms)
    {
        note (NoteKind::PauseUnknown,
              quoted (mark) + " is left out: a pause is written [pause 500ms] or [pause 1.5s].");
        return;
    }
    if (! pause.hasUnit && *pause.ms < fewMs)
        note (NoteKind::PauseShort,
              quoted (mark) + " is in milliseconds. For seconds, write an s behind the number.");
    pauseMs += *pause.ms;
    lineIsOpen = false;
    if (pauseMs > mostPauseMs)
    {
        pauseMs = mostPauseMs;
        note (NoteKind::PauseTooLong, "the pause is cut to 10 minutes, the longest there is.");
    }
}

void ScriptBuilder::speak (std::u32string_view text)
{
    if (trimmed (text).empty())
        return;
    const auto set = typeset (text, typography);
    if (set.lostEmoji)
        note (NoteKind::Emoji, "the emoji are left out.");
    if (! hasLetterOrDigit (set.text))
    {
        note (NoteKind::NothingToSpeak,
              quoted (trimmed (text)) + " has no letter or digit, so it is left out.");
        emptyCue.reset();
        return;
    }
    nameNarrator();
    appendLine (encodeUtf8 (trimmed (set.text)));
}

void ScriptBuilder::appendLine (std::string text)
{
    if (lineIsOpen)
    {
        script.lines.back().text += ' ' + text;
        return;
    }

    ScriptLine line;
    line.id = (std::int64_t) script.lines.size() + 1;
    line.speaker = speakerIndex();
    line.text = std::move (text);
    line.pauseBeforeMs = (int) std::lround (std::exchange (pauseMs, 0));
    line.scene = (int) script.scenes.size() - 1;
    line.sourceLine = emptyCue.value_or (sourceLine);
    line.direction = encodeUtf8 (std::exchange (direction, {}));
    script.lines.push_back (std::move (line));
    emptyCue.reset();
    lineIsOpen = true;
}

int ScriptBuilder::speakerIndex()
{
    const auto [entry, isNew] = indices.try_emplace (nameKey (speaker), (int) script.speakers.size());
    const bool newSpelling = spellings.insert (speaker).second;
    if (isNew)
        script.speakers.push_back ({ encodeUtf8 (speaker) });
    else if (newSpelling)
        note (NoteKind::Spelling, encodeUtf8 (speaker) + " is taken for " +
                                      script.speakers[(std::size_t) entry->second].name + ".");
    return entry->second;
}

void ScriptBuilder::note (NoteKind kind, std::string text)
{
    if (script.notes.size() < mostNotes)
        script.notes.push_back ({ sourceLine, std::move (text), kind });
}

/** Removes the scene before the first title if it has no lines. */
void ScriptBuilder::dropEmptyScene()
{
    if (script.lines.front().scene == 0)
        return;
    script.scenes.erase (script.scenes.begin());
    for (auto& line : script.lines)
        --line.scene;
}
} // namespace tableread
