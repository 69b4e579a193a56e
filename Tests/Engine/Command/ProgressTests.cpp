// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <sstream>

#include <catch2/catch.hpp>

#include "Command/Render/Progress.h"

using namespace tableread::engine;
using Catch::Contains;

namespace
{
/** Two passages of 28 letters, a tenth of a second a frame, a clock that the test sets. */
struct ProgressFixture
{
    explicit ProgressFixture (int columns)
    {
        progress.emplace (out,
                          std::vector<Progress::Passage> { { "line 1, Anna", 28 }, { "line 2, Ben", 28 } },
                          Progress::Options { columns, 0.1, [this] { return now; } });
    }
    void frames (int count, int msEach)
    {
        for (int i = 0; i < count; ++i)
        {
            now += std::chrono::milliseconds (msEach);
            progress->frame();
        }
    }
    std::string lastBar() const
    {
        const auto all = out.str();
        return all.substr (all.rfind ("\r\x1b[K") + 4);
    }

    std::ostringstream out;
    std::chrono::steady_clock::time_point now;
    std::optional<Progress> progress;
};
} // namespace

TEST_CASE ("Clock times are short", "[engine][command][progress]")
{
    CHECK (clockText (0) == "0:00");
    CHECK (clockText (59.6) == "1:00");
    CHECK (clockText (754) == "12:34");
    CHECK (clockText (3723) == "1:02:03");
    CHECK (clockText (-3) == "0:00");
}

TEST_CASE ("Progress is estimated from the text and learns from what is done", "[engine][command][progress]")
{
    ProgressFixture fixture (0);
    CHECK (fixture.progress->fraction() == 0.0);
    fixture.frames (10, 50); // one second of two that 28 letters take at 14 a second
    CHECK (fixture.progress->fraction() == Approx (0.25));
    fixture.frames (90, 50); // far longer than estimated
    CHECK (fixture.progress->fraction() == Approx (0.49));
    fixture.progress->passageEnded();
    CHECK (fixture.progress->fraction() == Approx (0.5));
    fixture.frames (50, 50); // half of the ten seconds that the first one took
    CHECK (fixture.progress->fraction() == Approx (0.75));
    fixture.progress->passageEnded();
    CHECK (fixture.progress->fraction() == 1.0);
}

TEST_CASE ("Away from a terminal each passage is a plain line", "[engine][command][progress]")
{
    ProgressFixture fixture (0);
    fixture.frames (20, 50);
    fixture.progress->note ("a note");
    fixture.progress->passageEnded();
    CHECK (fixture.out.str() ==
           "a note\n1/2 line 1, Anna: 2.0 s of speech in 1.0 s, real-time factor 0.50\n");
}

TEST_CASE ("On a terminal there is one bar, drawn ten times a second and cleared at the end",
           "[engine][command][progress]")
{
    ProgressFixture fixture (120);
    fixture.frames (10, 50);
    CHECK_THAT (fixture.lastBar(), Catch::StartsWith ("[####"));
    CHECK_THAT (fixture.lastBar(), Contains ("real-time factor 0.50") && Contains ("1/2 line 1, Anna"));
    const auto drawn = fixture.out.str();
    CHECK (std::count (drawn.begin(), drawn.end(), '\r') == 5);
    CHECK (std::count (drawn.begin(), drawn.end(), '\n') == 0);
    fixture.progress->note ("a note");
    CHECK_THAT (fixture.out.str(), Catch::EndsWith ("\r\x1b[Ka note\n"));
    fixture.frames (1, 200);
    fixture.progress.reset();
    CHECK_THAT (fixture.out.str(), Catch::EndsWith ("\r\x1b[K"));
}

TEST_CASE ("A bar never breaks a narrow terminal's line", "[engine][command][progress]")
{
    const int columns = GENERATE (10, 40, 70, 90);
    ProgressFixture fixture (columns);
    fixture.frames (3, 200);
    CHECK (static_cast<int> (fixture.lastBar().size()) < columns);
}
