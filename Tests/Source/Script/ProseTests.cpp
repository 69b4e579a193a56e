// SPDX-License-Identifier: Apache-2.0
// Ordinary prose with colons: articles, letters, minutes with lists.
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "Script/Script.h"

using namespace tableread;

namespace
{
std::string prose()
{
    std::ifstream file (TABLEREAD_ROOT "/Tests/Data/script/prose.txt");
    return { std::istreambuf_iterator<char> (file), {} };
}
} // namespace

TEST_CASE ("Prose gains no speaker over what plain cues alone make of it", "[source][script]")
{
    const auto text = prose();
    const auto script = parseScript (text).value();
    std::vector<std::string> speakers;
    for (const auto& speaker : script.speakers)
        speakers.push_back (speaker.name);
    // What the parser found when it knew plain cues only.
    CHECK (speakers == std::vector<std::string> { "Narrator", "Sunday", "Present", "Absent", "Chair",
                                                  "Agenda", "Re", "Subject", "Reference", "When", "Where",
                                                  "P.S.", "Tickets", "Note", "Warning", "Remember", "Silence",
                                                  "Time" });

    std::size_t written = 0, notes = 0;
    for (std::size_t at = 0; at < text.size(); ++at)
        written += text[at] == '\n' && at > 0 && text[at - 1] != '\n' ? 1 : 0;
    CHECK (written >= 300);
    for (const auto& note : script.notes)
        notes += note.kind == NoteKind::NotASpeaker ? 1 : 0;
    CHECK (notes > 50);
    CHECK (sentencesOf (script.notes).size() < 20);
}
