// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Server/Speech/LineMarks.h"

using namespace tableread;
using namespace tableread::engine;
using Marks = std::vector<LineMarks::Mark>;

namespace
{
constexpr std::int64_t rate = 15; // a byte of text for each sample
}

TEST_CASE ("The only line of a passage is the whole of it", "[engine][server]")
{
    const std::vector<SpokenLine> lines { { 0, "Hello." } };
    LineMarks marks (lines, rate);
    CHECK (marks.reached (1) == Marks { { 0, true, false, 0 } });
    CHECK (marks.reached (100).empty());
    CHECK (marks.ended (101) == Marks { { 0, false, false, 101 } });
    CHECK (marks.ended (101).empty());
}

TEST_CASE ("Borders between lines are estimated and told once in their order", "[engine][server]")
{
    const std::vector<SpokenLine> lines { { 0, "1234567890" }, { 1, "12345" }, { 0, "1" } };
    LineMarks marks (lines, rate);
    CHECK (marks.reached (10) == Marks { { 0, true, false, 0 } });
    CHECK (marks.reached (12) == Marks { { 0, false, true, 10 }, { 1, true, true, 10 } });
    CHECK (marks.ended (40) ==
           Marks { { 1, false, true, 15 }, { 2, true, true, 15 }, { 2, false, false, 40 } });
}

TEST_CASE ("Speech that is shorter than its text still has all its lines", "[engine][server]")
{
    const std::vector<SpokenLine> lines { { 0, "1234567890" }, { 1, "12345" } };
    LineMarks marks (lines, rate);
    CHECK (
        marks.ended (4) ==
        Marks { { 0, true, false, 0 }, { 0, false, true, 4 }, { 1, true, true, 4 }, { 1, false, false, 4 } });
}
