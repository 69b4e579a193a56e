// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "Script/Cue.h"
#include "Script/KnownNames.h"
#include "Script/Script.h"

namespace tableread
{
/** Reads a script's lines, one after the other; used once. */
class ScriptParser
{
public:
    explicit ScriptParser (std::vector<std::u32string> lines);

    Result<Script> parse();

private:
    void parseLine (std::u32string_view line);
    void beginScene (std::u32string_view title);
    void beginCue (Cue cue);
    void nameNarrator();
    void speakWithPauses (std::u32string_view text);
    void speak (std::u32string_view text);
    void addPause (double ms);
    void endCue();
    int speakerIndex();
    void note (std::string text);
    void dropEmptyScene();

    const std::vector<std::u32string> source;
    KnownNames names;
    Script script;
    int sourceLine = 0;

    std::map<std::u32string, int> indices; // of speakers, by case-folded name
    std::set<std::u32string> spellings;    // of names, that need no note any more
    std::u32string speaker;                // who speaks; empty: nobody yet in this scene
    std::u32string direction;              // of the next line
    std::optional<int> emptyCue;           // where a cue stands that has no text yet
    bool lineIsOpen = false;               // the next text goes on with the last line
    double pauseMs = 0;                    // before the next line
};
} // namespace tableread
