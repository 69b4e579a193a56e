// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Command/RenderPlan.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
constexpr auto text =
    "Anna: Hëllo.\nBen: Yes?\n== Two ==\nClara: Go.\n[pause 250ms]\nBen: Gone.\n[pause 1s]\n";

RenderPlan plan (PassageMode mode)
{
    return planRender (parseScript (text).value(), mode);
}
} // namespace

TEST_CASE ("A plan by lines has each line by itself, with pauses in samples", "[engine][command][plan]")
{
    const auto lines = plan (PassageMode::Line);
    CHECK (lines.speakers == std::vector<std::string> { "Anna", "Ben", "Clara" });
    REQUIRE (lines.parts.size() == 4);
    CHECK (lines.parts[0].title == "line 1, Anna");
    CHECK (lines.parts[0].letters == 6);
    CHECK (lines.parts[2].title == "line 4, Clara");
    CHECK (lines.parts[2].scene == "Two");
    CHECK (lines.parts[2].speakers == std::vector<std::size_t> { 2 });
    CHECK (lines.parts[2].lines[0].speaker == 0); // the only one of its passage
    CHECK (lines.parts[2].lines[0].text == "Go.");
    CHECK (lines.parts[3].pause.value == 6000);
    CHECK (lines.endPause.value == 24'000);
}

TEST_CASE ("A plan by scenes joins lines, and each passage numbers its own speakers",
           "[engine][command][plan]")
{
    const auto scenes = plan (PassageMode::Scene);
    REQUIRE (scenes.parts.size() == 3); // the pause begins another
    CHECK (scenes.parts[0].title == "lines 1 to 2, Anna and Ben");
    CHECK (scenes.parts[0].lineNumbers == std::vector<int> { 1, 2 });
    CHECK (scenes.parts[0].lines[1].speaker == 1);
    CHECK (scenes.parts[2].speakers == std::vector<std::size_t> { 1 });
    CHECK (scenes.parts[2].lines[0].speaker == 0);
}
