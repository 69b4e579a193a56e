// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Command/Farm/Queue/Progress.h"

using namespace tableread::engine;
using Catch::Contains;
using State = LineResult::State;

namespace
{
constexpr double now = 1'800'000'000.0;

LineResult stored (const std::string& node, double seconds)
{
    return { .state = State::Stored, .node = node, .isRendered = true, .seconds = seconds };
}

/** Two machines: one stores a line of 5 s each 10 s, six in all, the other one has spoken two in a minute. */
FarmProgress twoNodes()
{
    FarmProgress progress;
    for (int i = 0; i < 6; ++i)
        progress.add ("a" + std::to_string (i), static_cast<std::uint64_t> (i), now - 60.0 + 10.0 * i,
                      stored ("fast", 5.0));
    progress.add ("b0", 6, now - 60.0, stored ("slow", 9.0));
    progress.add ("b1", 7, now, stored ("slow", 4.0));
    return progress;
}
} // namespace

TEST_CASE ("The time that is left follows from all machines' lines of the last minutes",
           "[engine][command][farm]")
{
    const auto state = twoNodes().at (now, 12);
    CHECK (state.lines == 20);
    CHECK (state.stored == 8);
    CHECK (state.left() == 12);
    REQUIRE (state.nodes.size() == 2);
    CHECK (state.nodes[0].name == "fast");
    CHECK (state.nodes[0].lines == 6);
    CHECK (state.nodes[0].linesPerMinute == Approx (5)); // the first of them only tells when the next began
    CHECK (state.nodes[0].speechPerMinute == Approx (25));
    CHECK (state.nodes[0].idleSeconds == Approx (10));
    CHECK (state.nodes[1].linesPerMinute == Approx (1));
    CHECK (state.nodes[1].speechPerMinute == Approx (4));
    REQUIRE (state.secondsLeft);
    CHECK (*state.secondsLeft == Approx (120));
}

TEST_CASE (
    "A machine that was not heard of lately has no speed, and lines that were there do not count for it",
    "[engine][command][farm]")
{
    auto progress = twoNodes();
    const auto later = progress.at (now + 2 * FarmProgress::window, 12);
    CHECK (later.nodes[0].linesPerMinute == 0.0);
    CHECK_FALSE (later.secondsLeft);
    CHECK (later.stored == 8);

    for (std::uint64_t i = 0; i < 100; ++i)
        progress.add ("c" + std::to_string (i), 10 + i, now,
                      { .state = State::Stored, .node = "fast", .isRendered = false });
    const auto state = progress.at (now, 12);
    CHECK (state.stored == 108);
    CHECK (state.nodes[0].linesPerMinute == Approx (5));
}

TEST_CASE ("Each line counts once, by what was said of it last", "[engine][command][farm]")
{
    FarmProgress progress;
    progress.add ("a", 1, now, { .state = State::Speaking });
    progress.add ("b", 2, now, { .state = State::Speaking });
    CHECK (progress.at (now, 2).speaking == 2);
    progress.add ("a", 3, now, { .state = State::Left });
    progress.add ("b", 4, now, stored ("node", 1.0));
    auto state = progress.at (now, 1);
    CHECK (state.speaking == 0);
    CHECK (state.lines == 2);
    CHECK (state.stored == 1);
    progress.add ("a", 5, now,
                  { .state = State::SetAside, .line = 3, .title = "line 3, Anna", .reason = "why" });
    state = progress.at (now, 0);
    CHECK (state.lines == 2);
    CHECK (state.left() == 0);
    CHECK (*state.secondsLeft == 0.0);
    REQUIRE (state.setAside.size() == 1);
    CHECK (state.setAside[0].reason == "why");

    progress.forgetBefore (5);
    state = progress.at (now, 0);
    CHECK (state.lines == 1);
    CHECK (state.stored == 0);
}

TEST_CASE ("A queue's state is drawn in the columns there are, without a terminal's own codes",
           "[engine][command][farm]")
{
    auto progress = twoNodes();
    progress.add ("z", 9, now,
                  { .state = State::SetAside,
                    .line = 2,
                    .project = "scene\x1b[2J",
                    .title = "line 2, Anna",
                    .reason = "it was cut." });
    const auto text = describe (progress.at (now, 11), 80);
    CHECK_THAT (text, Contains (" 45 %  8 of 20 lines, 1 set aside, 1:50 left") && Contains ("[#") &&
                          Contains ("fast") && Contains ("25.0") && Contains ("0:10 ago") &&
                          Contains ("set aside: scene?[2J line 2, Anna: it was cut."));
    CHECK (text.find ('\x1b') == std::string::npos);
    CHECK (text.find ('\n') <= 80);
    CHECK_THAT (describe (FarmProgress().at (now, 0), 80), Contains ("100 %  0 of 0 lines\n"));
    CHECK_THAT (describe (FarmProgress().at (now, 3), 80), Contains ("nobody has spoken two lines yet"));
}

TEST_CASE ("A queue's state is an object for programs", "[engine][command][farm]")
{
    auto progress = twoNodes();
    progress.add ("y", 8, now, { .state = State::Speaking, .line = 1 });
    progress.add ("z", 9, now, { .state = State::SetAside, .line = 2, .reason = "it was cut." });
    const auto json = nlohmann::json::parse (toJson (progress.at (now, 11)));
    CHECK (json["lines"] == 20);
    CHECK (json["stored"] == 8);
    CHECK (json["left"] == 11);
    CHECK (json["speaking"] == 1);
    CHECK (json["seconds_left"] == Approx (110));
    CHECK (json["nodes"][1]["node"] == "slow");
    CHECK (json["nodes"][1]["speech_seconds_per_minute"] == Approx (4));
    CHECK (json["set_aside"][0]["reason"] == "it was cut.");
    CHECK (nlohmann::json::parse (toJson (FarmProgress().at (now, 1)))["seconds_left"].is_null());
}
