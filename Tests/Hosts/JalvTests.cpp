// SPDX-License-Identifier: GPL-3.0-or-later
// jalv in its window, by which alone it saves a state.
#include <catch2/catch.hpp>

#include "HostScene.h"
#include "JackServer.h"
#include "VirtualDisplay.h"

using namespace tableread;
using namespace tableread::test;

TEST_CASE ("jalv loads our own host's state, plays its samples, and saves a state that our own host loads",
           "[plugin][hosts][.slow]")
{
    const HostScene stage;
    const auto expected = expectedSound (JackServer::rate, HostScene::seed);
    std::filesystem::create_directory (stage.path ("loaded"));
    std::ofstream (stage.path ("loaded/state.ttl")) << HostScene::turtle (HostScene::state (true));

    VirtualDisplay display (stage.path ("."));
    JackServer jack (stage.path ("."), expected.size());
    auto words = stage.atHome();
    words.insert (words.end(), { "DISPLAY=" + display.name(), "NO_AT_BRIDGE=1", "jalv.gtk3", "--generic-ui",
                                 "--load", stage.path ("loaded").string() });
    RunningProgram jalv (words, stage.path ("jalv"));
    eventually ([&] { return jack.has ("TableRead:audio_out_2") || ! jalv.isRunning(); });
    INFO (jalv.said());
    REQUIRE (jack.has ("TableRead:audio_out_2"));
    REQUIRE (eventually ([&] { return stage.takes() == 5; })); // while the transport stands
    const auto asked = stage.jobs();
    jack.hear ("TableRead:audio_out_1", "TableRead:audio_out_2");
    jack.play();
    CHECK ((jack.leftChannel() == expected));
    CHECK ((jack.rightChannel() == expected));

    display.focus ("^TableRead$");
    display.type ({ "key", "ctrl+s" });
    display.focus ("^Save State$");
    display.type ({ "type", stage.path ("saved").string() });
    display.focus ("^Save State$"); // what completes the name has it
    display.type ({ "key", "Return" });
    REQUIRE (eventually ([&] { return std::filesystem::exists (stage.path ("saved/state.ttl")); }));
    REQUIRE (eventually ([&] { return ! display.shows ("^Save State$"); }));
    display.focus ("^TableRead$");
    display.type ({ "key", "ctrl+q" });
    CHECK (eventually ([&] { return ! jalv.isRunning(); }));

    HostedPlugin again ("LV2", TABLEREAD_LV2, JackServer::rate, 512);
    HostScene::loadTurtle (again, readFile (stage.path ("saved/state.ttl")));
    const auto saved = documentIn (again.save());
    CHECK (*saved.script == *documentIn (HostScene::state()).script);
    CHECK (saved.takes.size() == 5);
    CHECK ((again.bounce (0, (std::int64_t) expected.size(), 512) == expected));
    CHECK (stage.jobs() == asked); // all takes are in the state
}
