// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Script/Notes.h"
#include "Script/SpokenLine.h"
#include "Script/Typography.h"

namespace tableread
{
struct Speaker
{
    std::string name; // as first written
};

struct Scene
{
    std::string title; // empty for the lines before the first title
    int sourceLine = 1;
};

/** What is spoken, by which of Script::speakers, and where it is in the script. The text is never empty and has no
    white space at its ends. */
struct ScriptLine : SpokenLine
{
    std::int64_t id = 0;   // 1, 2, … in the script's order
    int pauseBeforeMs = 0; // silence before it
    int scene = 0;         // index into Script::scenes
    int sourceLine = 0;    // where its speaker or text begins, counted from 1
    std::string direction; // "whispering" in `Anna (whispering): …`; not spoken
};

/** A direction that is not spoken: "whispering", without its brackets. */
struct ScriptDirection
{
    int sourceLine = 0;
    std::string text;
};

struct Script
{
    std::vector<Speaker>
        speakers; // dense: each has a line; by number if all are named "Speaker N", else by first line
    std::vector<Scene> scenes;
    std::vector<ScriptLine> lines;           // at least one
    std::vector<ScriptDirection> directions; // also those in a line of their own, which no line has
    std::vector<ScriptNote> notes;
    int pauseAfterMs = 0; // silence after the last line
    int comments = 0;     // lines left out because of a #
};

/** What else decides how a script is read. */
struct ScriptRules
{
    std::vector<std::string> knownSpeakers = {}; // who has a voice: their names need no other sign to be cues
    Typography typography = Typography::Demo;
    bool speakDirections = false; // directions behind a colon, and lines in parentheses
};

inline constexpr std::size_t mostScriptBytes = 10'000'000;

/** Reads a script; Assets/docs/script.md has the rules. Text that may be meant to be spoken is never left out without
    a note.
    @returns InvalidInput if there is nothing to speak or it is not UTF-8; OutOfRange above 10 MB or 100 000 lines. */
[[nodiscard]] Result<Script> parseScript (std::string_view utf8, const ScriptRules& rules = {});
} // namespace tableread
