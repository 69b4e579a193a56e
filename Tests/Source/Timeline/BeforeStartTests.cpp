// SPDX-License-Identifier: Apache-2.0
#include "Timeline/BeforeStart.h"

#include <catch2/catch.hpp>

using namespace tableread;

TEST_CASE ("Speech before the start is told of by its line and length", "[source][timeline]")
{
    const PlaybackPlan plan ({ { .line = 1, .start = { -96'000 }, .end = { -36'000 } },
                               { .line = 2, .start = { -37'296 }, .end = { 4'800 } },
                               { .line = 3, .start = { -48'000 }, .end = { 4'800 }, .gain = 0.0f },
                               { .line = 4, .start = { -48'000 }, .end = { -48'000 } },
                               { .line = 5, .start = { 0 }, .end = { 4'800 } },
                               { .line = 6, .start = { -1 }, .end = { 1 } } },
                             48'000.0);
    CHECK (
        notesOnSpeechBeforeStart (plan, 48'000.0,
                                  [] (std::uint64_t line) { return "line " + std::to_string (line); }) ==
        std::vector<std::string> {
            "line 1: none of its 1.250 s are heard, since it ends before 0. Move its anchor, or that of the "
            "line that it follows.",
            "line 2: its first 0.777 s are not heard, since it begins before 0. Move its anchor, or that of "
            "the line that it follows.",
            "line 6: its first 0.000 s are not heard, since it begins before 0. Move its anchor, or that of "
            "the line that it follows." });
}
