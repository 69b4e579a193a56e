// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "Script/Cue/Cue.h"
#include "Script/Cue/KnownNames.h"
#include "Script/Script.h"

namespace tableread
{
/** A line of the script's text, before it is known which uncertain cues are speakers. */
struct SourceLine
{
    enum class Kind
    {
        Blank,
        Comment,
        Title,
        Escaped,   // begins with a backslash: spoken as written
        Direction, // all in parentheses
        Hash,      // "#x": spoken, unless the cue behind # is one
        Spoken
    };

    Kind kind = Kind::Blank;
    std::u32string_view text = {}; // trimmed; without the backslash
    std::u32string_view rest = {}; // behind the pauses at its start, or behind #
    std::optional<Cue> cue = {};   // at the start of `rest`
};

/** All lines of a script's text, and the names in them. */
class SourceLines
{
public:
    SourceLines (std::vector<std::u32string> text, const ScriptRules& rules);
    SourceLines (const SourceLines&) = delete; // the lines point into the text
    SourceLines& operator= (const SourceLines&) = delete;

    const std::vector<SourceLine>& lines() const { return read; }

    /** The line's cue, if it is one; if not, and its colon is glued, another form of cue. */
    std::optional<Cue> speakerOf (const SourceLine& line) const;

private:
    SourceLine classify (std::u32string_view text) const;

    bool speakDirections;
    std::vector<std::u32string> source; // without invisible characters
    std::vector<SourceLine> read;
    KnownNames names;
};
} // namespace tableread
