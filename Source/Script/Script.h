// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Script/SpokenLine.h"

namespace tableread
{
struct Speaker
{
    std::string name; // as first written
};

struct Scene
{
    std::string title; // empty for what stands before the first title
    int sourceLine = 1;
};

/** What is spoken, by one of Script::speakers, and where it stands. The text is never empty and has no white space at
    its ends. */
struct ScriptLine : SpokenLine
{
    std::int64_t id = 0;   // 1, 2, … in the script's order
    int pauseBeforeMs = 0; // silence in front of it
    int scene = 0;         // index into Script::scenes
    int sourceLine = 0;    // where its speaker or text begins, from 1
    std::string direction; // "whispering" of `Anna (whispering): …`; not spoken
};

/** Something that the user should know of a line: how it was understood where that is not obvious. */
struct ScriptNote
{
    int sourceLine = 0; // 0: the whole script
    std::string text;

    /** "line 3: …", or the text alone. */
    std::string sentence() const;
};

struct Script
{
    std::vector<Speaker>
        speakers; // dense: each has a line; "Speaker N" by number if all are so named, else by entrance
    std::vector<Scene> scenes;
    std::vector<ScriptLine> lines; // at least one
    std::vector<ScriptNote> notes;
    int pauseAfterMs = 0; // silence behind the last line
};

/** Reads a script; Assets/docs/script.md has the rules. Nothing that might be meant to be spoken is left out without
    a note.
    @returns InvalidInput if there is nothing to speak, or it is no UTF-8; OutOfRange above 10 MB or 100 000 lines. */
[[nodiscard]] Result<Script> parseScript (std::string_view utf8);

/** The same from a file, whose name is then the error's `where`. */
[[nodiscard]] Result<Script> readScript (const std::filesystem::path& file);
} // namespace tableread
