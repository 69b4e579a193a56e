// SPDX-License-Identifier: Apache-2.0
#include "Passage/Reading.h"

#include <catch2/catch.hpp>

using namespace tableread;

namespace
{
constexpr auto text =
    "Anna: Hëllo.\nBen: Yes?\n== Two ==\nClara: Go.\n[pause 250ms]\nBen: Gone.\n[pause 1s]\n";

Reading reading (PassageMode mode)
{
    return makeReading (parseScript (text).value(), mode);
}
} // namespace

TEST_CASE ("A reading by lines has a passage for each line, with pauses in samples", "[source][passage]")
{
    const auto lines = reading (PassageMode::Line);
    CHECK (lines.speakers == std::vector<std::string> { "Anna", "Ben", "Clara" });
    REQUIRE (lines.passages.size() == 4);
    CHECK (lines.titleOf (lines.passages[0]) == "line 1, Anna");
    CHECK (lines.passages[0].letters() == 6);
    CHECK (lines.titleOf (lines.passages[2]) == "line 4, Clara");
    CHECK (lines.scenes[(std::size_t) lines.passages[2].scene] == "Two");
    CHECK (lines.passages[2].speakers == std::vector<int> { 2 });
    CHECK (lines.passages[2].lines[0].speaker == 0); // the only speaker of its passage
    CHECK (lines.passages[2].lines[0].text == "Go.");
    CHECK (lines.passages[3].pauseBefore.value == 6000);
    CHECK (lines.pauseAfter.value == 24'000);
}

TEST_CASE ("A reading by scenes joins lines, and each passage numbers its own speakers", "[source][passage]")
{
    const auto scenes = reading (PassageMode::Scene);
    REQUIRE (scenes.passages.size() == 3); // the pause begins another
    CHECK (scenes.titleOf (scenes.passages[0]) == "lines 1 to 2, Anna and Ben");
    CHECK (scenes.passages[0].sourceLines == std::vector<int> { 1, 2 });
    CHECK (scenes.passages[0].lines[1].speaker == 1);
    CHECK (scenes.passages[2].speakers == std::vector<int> { 1 });
    CHECK (scenes.passages[2].lines[0].speaker == 0);
}

TEST_CASE ("A title names all speakers of the passage, in the script's order", "[source][passage]")
{
    const auto three = makeReading (parseScript ("Ann: 1\nBen: 2\nCy: 3").value(), PassageMode::Scene);
    CHECK (three.titleOf (three.passages[0]) == "lines 1 to 3, Ann, Ben and Cy");
}

TEST_CASE ("A reading says how the script was understood", "[source][passage]")
{
    const auto notes = makeReading (parseScript ("Hello.").value(), PassageMode::Line).notes;
    REQUIRE (notes.size() == 1);
    CHECK_THAT (notes[0], Catch::StartsWith ("line 1: no speaker is named"));
    CHECK (makeReading (parseScript ("# one\nAnna: Hello.\n##").value(), PassageMode::Line).comments == 2);
}
