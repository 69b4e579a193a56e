// SPDX-License-Identifier: Apache-2.0
#include "Passage/Reading.h"

#include <catch2/catch.hpp>

using namespace tableread;

namespace
{
/** "1-3{0,1}" for lines 1 to 3 by speakers 0 and 1, with "+500" if a pause of 500 ms comes before. */
std::string describe (const std::string& text, PassageMode mode)
{
    const auto script = parseScript (text).value();
    std::string all;
    std::size_t first = 0;
    for (const auto& passage : makeReading (script, mode).passages)
    {
        const auto end = first + passage.lines.size();
        all += (all.empty() ? "" : " ") + std::to_string (first + 1) + "-" + std::to_string (end) + "{";
        for (const auto speaker : passage.speakers)
            all += (all.back() == '{' ? "" : ",") + std::to_string (speaker);
        all += "}";
        if (passage.pauseBefore.value != 0)
            all += "+" + std::to_string (passage.pauseBefore.value / 24);
        for (std::size_t i = first; i < end; ++i)
        {
            CHECK (passage.lines[i - first].text == script.lines[i].text);
            CHECK (passage.sourceLines[i - first] == script.lines[i].sourceLine);
        }
        first = end;
    }
    return all;
}

const std::string dialogue =
    "A: one\nB: two\nA: three\n== Next ==\nB: four\nC: five\n[pause 500ms]\nC: six\n";
} // namespace

TEST_CASE ("By line, each line is a passage", "[source][passage]")
{
    CHECK (describe (dialogue, PassageMode::Line) == "1-1{0} 2-2{1} 3-3{0} 4-4{1} 5-5{2} 6-6{2}+500");
}

TEST_CASE ("By scene, a scene is a passage unless a pause divides it", "[source][passage]")
{
    CHECK (describe (dialogue, PassageMode::Scene) == "1-3{0,1} 4-5{1,2} 6-6{2}+500");
    CHECK (describe ("[pause 1s]\nA: one\nA: two", PassageMode::Scene) == "1-2{0}+1000");
    CHECK (describe ("A: one [pause 1s] two\nB: three", PassageMode::Scene) == "1-1{0} 2-3{0,1}+1000");
}

TEST_CASE ("By scene, a fifth speaker begins a new passage", "[source][passage]")
{
    CHECK (describe ("A: 1\nB: 2\nC: 3\nD: 4\nA: 5\nE: 6\nA: 7", PassageMode::Scene) ==
           "1-5{0,1,2,3} 6-7{0,4}");
}

TEST_CASE ("By scene, a passage holds no more than the model can speak at once", "[source][passage]")
{
    const auto script = parseScript ("A: 1\nA: 22\nB: 333\nB: 1\nA: 55555\nA: 1").value();
    PassageLimit limit;
    limit.sizeOfLine = [] (const SpokenLine& line) { return (std::int64_t) line.text.size(); };
    limit.sizeOfSpeaker = [] (int speaker) { return speaker + 1; };
    const auto sizes = [&] (std::int64_t most, PassageMode mode = PassageMode::Scene) {
        limit.most = most;
        std::vector<std::size_t> lines;
        for (const auto& passage : makeReading (script, mode, limit).passages)
            lines.push_back (passage.lines.size());
        return lines;
    };
    using Sizes = std::vector<std::size_t>;
    CHECK (sizes (16) == Sizes { 6 }); // 13 characters and 1 + 2 for the speakers
    CHECK (sizes (15) == Sizes { 5, 1 });
    CHECK (sizes (4) == Sizes { 2, 1, 1, 1, 1 }); // the speaker counts again, and a line alone may exceed it
    CHECK (sizes (1, PassageMode::Line) == Sizes { 1, 1, 1, 1, 1, 1 });
    limit.most = 15;
    const auto notes = makeReading (script, PassageMode::Scene, limit).notes;
    REQUIRE (notes.size() == 1);
    CHECK (notes[0].starts_with ("line 6: a new passage begins here"));
}

TEST_CASE ("A passage numbers its speakers from 0", "[source][passage]")
{
    const auto script = parseScript ("A: 1\nB: 2\nC: 3\n== x ==\nC: 4\nA: 5").value();
    const auto passages = makeReading (script, PassageMode::Scene).passages;

    REQUIRE (passages.size() == 2);
    CHECK (passages[1].scene == 1);
    CHECK (passages[1].lines == std::vector<SpokenLine> { { 1, "4" }, { 0, "5" } });
}
