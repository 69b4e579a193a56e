// SPDX-License-Identifier: GPL-3.0-or-later
// Ardour 7.3: sessions with the plugin in them.
#include <algorithm>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "ArdourHost.h"
#include "Support/EngineProgram.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** Loads the plugin in Ardour, saves and opens the session with a state, plays it, saves it, and exports it.
    @returns what it has exported, `samples` long, which is what our own host bounces. */
std::vector<float> exportedByArdour (const HostScene& stage, const std::string& format,
                                     const std::string& place, const std::string& state, std::size_t samples)
{
    const ArdourHost ardour (stage, format);
    ardour.make (place);
    ardour.setState (state, samples);
    ardour.play();
    const auto saved = ardour.saved();
    CHECK (*saved.script == *documentIn (state).script);
    CHECK_FALSE (saved.takes.empty()); // it has played

    auto heard = ardour.exported (samples);
    CHECK ((ardour.bouncedByUs (state, samples) == heard));
    return heard;
}

void checkInArdour (const std::string& format, const std::string& place)
{
    CAPTURE (place);
    const HostScene stage;
    const auto expected = expectedSound (ArdourHost::rate, HostScene::seed);
    CHECK ((exportedByArdour (stage, format, place, HostScene::state(), expected.size()) == expected));
}
} // namespace

TEST_CASE ("Ardour loads the VST3, saves it, opens it, plays it, and exports our own host's samples",
           "[plugin][hosts][.slow]")
{
    checkInArdour ("VST3", GENERATE ("track", "bus", "midi"));
}

TEST_CASE ("Ardour loads the LV2, saves it, opens it, plays it, and exports our own host's samples",
           "[plugin][hosts][.slow]")
{
    checkInArdour ("LV2", GENERATE ("track", "bus", "midi")); // no MIDI is connected to any of them
}

TEST_CASE ("Ardour learns of a key that is typed in the plugin's window, and takes nothing that is rendered "
           "for a change",
           "[plugin][hosts][.slow]")
{
    const std::string format = GENERATE ("VST3", "LV2");
    CAPTURE (format);
    FakeFaults slow;
    slow.frameMs = 150; // it speaks longer than Ardour loads
    const HostScene stage (slow);
    const ArdourHost ardour (stage, format);
    ardour.make ("track");
    ardour.setState (HostScene::state (true), ArdourHost::rate);

    const VirtualDisplay display (stage.path ("."));
    const auto program = ardour.open (display);
    const std::string unchanged = "^scene - Ardour", changed = "^\\*scene - Ardour",
                      plugin = "^voice: TableRead";
    eventually ([&] { return display.shows (plugin) || ! program->isRunning(); });
    INFO (program->said());
    REQUIRE (display.shows (plugin));
    CHECK (stage.takes() < 5);
    REQUIRE (eventually ([&] { return stage.takes() == 5; }));
    std::this_thread::sleep_for (std::chrono::seconds (1)); // until the host would know of it
    CHECK (display.shows (unchanged));

    display.click (plugin, 300, 200);
    display.type ({ "key", "x" });
    CHECK (eventually ([&] { return display.shows (changed); }, std::chrono::seconds (10)));
}

#ifdef TABLEREAD_ENGINE_PROGRAM
TEST_CASE ("Ardour exports what the embedded model says, as our own host bounces it",
           "[plugin][hosts][.slow]")
{
    const HostScene stage;
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM);
    ::setenv ("TABLEREAD_SOCKET", engine.socket().c_str(), 1);
    const auto state =
        StateText { "Anna: Good evening.\nBen: You are late.\n", HostScene::seed, false }.text();
    constexpr std::size_t samples = std::size_t { 4 } * ArdourHost::rate;
    const auto heard = exportedByArdour (stage, "LV2", "track", state, samples);
    CHECK (*std::ranges::max_element (heard) > 0.05f);
    CHECK (stage.jobs() == 0); // the engine of tones had nothing to do with it
}
#endif
