// SPDX-License-Identifier: Apache-2.0
#include "Script/Notes.h"

#include <catch2/catch.hpp>

using namespace tableread;
using Strings = std::vector<std::string>;

TEST_CASE ("Of a kind of note five are printed, and then their number", "[source][script]")
{
    std::vector<ScriptNote> notes { { 0, "all", NoteKind::SpeakerNumbers } };
    for (int line = 1; line <= 8; ++line)
        notes.push_back ({ line, "a", NoteKind::NotASpeaker });
    for (int line = 9; line <= 13; ++line)
        notes.push_back ({ line, "b", NoteKind::Direction });
    const std::string more = "3 more lines have words like a speaker's name that are spoken as text; "
                             "render --check --json lists all.";
    CHECK (sentencesOf (notes) == Strings { "all", "line 1: a", "line 2: a", "line 3: a", "line 4: a",
                                            "line 5: a", "line 9: b", "line 10: b", "line 11: b",
                                            "line 12: b", "line 13: b", more });
    CHECK (std::string (nameOf (NoteKind::NoSpeaker)) == "no_speaker");
    CHECK (std::string (nameOf (NoteKind::SpeakerNumbers)) == "speaker_numbers");
}
