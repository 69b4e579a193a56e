// SPDX-License-Identifier: GPL-3.0-or-later
// Hosts that are Python packages: DawDreamer and pedalboard.
#include <catch2/catch.hpp>

#include "HostScene.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** Loads the state that a host has written that is built on JUCE, as these are. */
void restore (HostedPlugin& plugin, const std::filesystem::path& file)
{
    const auto state = readFile (file);
    plugin->setStateInformation (state.data(), (int) state.size());
}
} // namespace

TEST_CASE ("DawDreamer hears the very samples of our own host, and keeps the state", "[plugin][hosts][.slow]")
{
    const int rate = GENERATE (44'100, 48'000, 96'000);
    const int block = rate == 48'000 ? 17 : 512;
    CAPTURE (rate, block);
    const HostScene stage;
    std::ofstream (stage.path ("scene.vstpreset")) << HostScene::preset (HostScene::state());
    const auto expected = expectedSound (rate, HostScene::seed);

    const auto ended =
        runToEnd ({ pythonOfTheTests(), script ("dawdreamer-host"), TABLEREAD_VST3,
                    stage.path ("scene.vstpreset"), std::to_string (rate), std::to_string (block),
                    std::to_string (expected.size()), stage.path ("heard"), stage.path ("saved") });
    INFO (ended.said);
    REQUIRE (ended.code == 0);
    CHECK (stage.jobs() == 5);
    const auto heard = stage.samples ("heard");
    CHECK ((heard == expected));
    HostedPlugin ours ("VST3", TABLEREAD_VST3, rate, 512);
    ours.load (HostScene::state());
    CHECK ((heard == ours.bounce (0, (std::int64_t) expected.size(), 512)));

    HostedPlugin again ("VST3", TABLEREAD_VST3, rate, 512);
    restore (again, stage.path ("saved"));
    CHECK (*documentIn (again.save()).script == *documentIn (HostScene::state()).script);
    CHECK ((again.bounce (0, (std::int64_t) expected.size(), 512) == expected));
}

TEST_CASE ("pedalboard loads the plugin, keeps its state, and has it render", "[plugin][hosts][.slow]")
{
    const HostScene stage;
    std::ofstream (stage.path ("scene.vstpreset")) << HostScene::preset (HostScene::state (true));

    const auto ended = runToEnd ({ pythonOfTheTests(), script ("pedalboard-host"), TABLEREAD_VST3,
                                   stage.path ("scene.vstpreset"), stage.path ("saved") });
    INFO (ended.said);
    REQUIRE (ended.code == 0);
    const auto jobs = stage.jobs();
    HostedPlugin again ("VST3", TABLEREAD_VST3, 48'000.0, 512);
    restore (again, stage.path ("saved"));
    const auto expected = expectedSound (48'000.0, HostScene::seed);
    CHECK ((again.bounce (0, (std::int64_t) expected.size(), 512) == expected));
    CHECK (stage.jobs() == jobs); // all takes are in the state
}
