// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tableread
{
enum class NoteKind
{
    NoSpeaker,      // text before the first name
    NoText,         // a name that says nothing
    Spelling,       // another spelling of a name
    Title,          // a title that is not closed
    NotASpeaker,    // words before a colon, or in brackets, that are spoken as text
    HashSpoken,     // a line with # that is not a comment
    PauseTooLong,   // cut
    PauseUnknown,   // left out
    PauseShort,     // a number without a unit that may be meant as seconds
    Direction,      // kept and not spoken
    Emoji,          // left out
    NothingToSpeak, // a line without a letter or digit, left out
    SpeakerNumbers  // the model counts them differently
};

/** Something that the user should know about a line: how it was interpreted, where that is not obvious. */
struct ScriptNote
{
    int sourceLine = 0; // 0: the whole script
    std::string text;
    NoteKind kind {};

    /** "line 3: …", or the text alone. */
    std::string sentence() const;
};

/** "no_speaker", "not_a_speaker", …: as programs read it. */
const char* nameOf (NoteKind kind);

/** Text in quotes, its beginning if it is long. */
std::string quoted (std::u32string_view text);

/** The notes in order, but only five of a kind, and then how many more there are. */
std::vector<std::string> sentencesOf (const std::vector<ScriptNote>& notes);
} // namespace tableread
