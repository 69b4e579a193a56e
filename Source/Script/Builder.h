// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "Script/Cue/Cue.h"
#include "Script/PauseMark.h"
#include "Script/Script.h"

namespace tableread
{
/** Puts a script together from what its lines say, in their order; single-use. */
class ScriptBuilder
{
public:
    explicit ScriptBuilder (Typography typography);

    void beginSourceLine (int number);
    void beginScene (std::u32string_view title);
    void beginCue (Cue cue);

    /** True if a cue has no text yet. */
    bool waitsForText() const { return emptyCue.has_value(); }

    /** The next text is a line of its own. */
    void closeLine() { lineIsOpen = false; }

    /** Silence before the next line; notes a mark that is not understood. */
    void addPause (std::u32string_view mark, const PauseMark& pause);

    /** It belongs to the next text of this speaker. */
    void addDirection (std::u32string_view text);

    void addComment() { ++script.comments; }
    void speak (std::u32string_view text);
    void note (NoteKind kind, std::string text);

    [[nodiscard]] Result<void> checkSize() const;
    [[nodiscard]] Result<Script> finish();

private:
    void nameNarrator();
    void appendLine (std::string text);
    void endCue();
    int speakerIndex();
    void dropEmptyScene();

    const Typography typography;
    Script script;
    int sourceLine = 0;

    std::map<std::u32string, int> indices; // of speakers, by key (Script/NameKey.h)
    std::set<std::u32string> spellings;    // of names, which need no further note
    std::u32string speaker;                // who is speaking; empty: nobody yet in this scene
    std::u32string direction;              // of the next text of this speaker
    std::optional<int> emptyCue;           // the line of a cue that has no text yet
    bool lineIsOpen = false;               // the next text continues the last line
    double pauseMs = 0;                    // before the next line
};
} // namespace tableread
