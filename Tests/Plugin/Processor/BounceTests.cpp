// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <thread>

#include "PlayedPlugin.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("An offline bounce hears everything, though it begins before the render ends",
           "[plugin][processor]")
{
    const double rate = GENERATE (24'000.0, 44'100.0, 48'000.0);
    const int block = GENERATE (1, 17, 64, 512, 8192);
    test::FakeFaults slow;
    slow.frameMs = 1;
    PluginFixture fixture (slow);
    PlayedPlugin plugin (fixture, rate, block);
    plugin.processor->setNonRealtime (true);
    plugin.render();
    const auto expected = expectedSound (rate);
    const auto heard = plugin.play (0, (std::int64_t) expected.size(), block);
    CHECK ((heard == expected));
    CHECK (plugin.workspace().player().stage().late() == 0);
    CHECK (plugin.processor->getLatencySamples() == 0);
}

TEST_CASE ("An offline bounce waits for an engine that is started again", "[plugin][processor]")
{
    test::FakeFaults cut;
    cut.cutAfterFrames = 3;
    cut.cuts = 2;
    PluginFixture fixture (cut);
    PlayedPlugin plugin (fixture, 48'000.0);
    plugin.processor->setNonRealtime (true);
    plugin.render();
    const auto expected = expectedSound (48'000.0);
    CHECK ((plugin.play (0, (std::int64_t) expected.size(), 512) == expected));
}

TEST_CASE ("An offline bounce ends when the engine cannot go on", "[plugin][processor]")
{
    test::FakeFaults refusing;
    refusing.refuseStatus = 404;
    PluginFixture fixture (refusing);
    PlayedPlugin plugin (fixture, 48'000.0);
    plugin.processor->setNonRealtime (true);
    plugin.render();
    const auto heard = plugin.play (0, 24'000, 512);
    CHECK (*std::max_element (heard.begin(), heard.end()) == Approx (0.1f).margin (1e-3)); // a slate
    const auto gaps = plugin.workspace().player().stage().gaps();
    REQUIRE_FALSE (gaps.empty());
    CHECK_THAT (gaps[0].why, Catch::Contains ("the file is not audio"));
}

TEST_CASE ("Real time never waits: what is not there yet is silent and counted", "[plugin][processor]")
{
    test::FakeFaults slow;
    slow.frameMs = 60'000;
    PluginFixture fixture (slow);
    PlayedPlugin plugin (fixture, 48'000.0);
    plugin.render();
    const auto begun = std::chrono::steady_clock::now();
    CHECK (plugin.play (0, 4'800, 480) == std::vector<float> (4'800, 0.0f));
    CHECK (std::chrono::steady_clock::now() - begun < std::chrono::seconds (30));
    CHECK (plugin.workspace().player().stage().late() > 0);
}

TEST_CASE ("After an edit the bounce speaks the new words, though nobody has rendered them",
           "[plugin][processor]")
{
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 24'000.0);
    plugin.renderAll();
    plugin.processor->setNonRealtime (true);
    const auto before = expectedSound (24'000.0);
    REQUIRE ((plugin.play (0, (std::int64_t) before.size(), 512) == before));
    auto text = std::string (scene);
    text.replace (text.find ("evening"), 7, "morning");
    plugin.workspace().setScript (text); // as by a key
    const auto after = plugin.play (0, (std::int64_t) before.size(), 512);
    CHECK ((after != before));
    CHECK (fixture.engine.jobs() == 6);
    CHECK ((fixture.engine.requests().back().lines[0].text == "Good morning. You are late again."));
    CHECK ((plugin.play (0, (std::int64_t) before.size(), 512) == after)); // from its first block on
}

TEST_CASE ("A bounce that waits needs no message thread", "[plugin][processor][threads]")
{
    test::FakeFaults slow;
    slow.frameMs = 2;
    PluginFixture fixture (slow);
    PlayedPlugin plugin (fixture, 24'000.0);
    plugin.processor->setNonRealtime (true);
    plugin.workspace().setScript (scene);
    const auto expected = expectedSound (24'000.0);
    std::vector<float> heard;
    std::thread audio ([&] { heard = plugin.play (0, (std::int64_t) expected.size(), 512); });
    audio.join(); // this is the message thread
    CHECK ((heard == expected));
}

TEST_CASE ("A switch makes blocks wait in real time, or never", "[plugin][processor]")
{
    test::FakeFaults slow;
    slow.frameMs = 5;
    PluginFixture fixture (slow);
    PlayedPlugin plugin (fixture, 24'000.0);
    const auto expected = expectedSound (24'000.0);
    plugin.workspace().setScript (scene);
    SECTION ("always")
    {
        plugin.parameter<juce::AudioParameterChoice> ("wait") = 1;
        CHECK ((plugin.play (0, (std::int64_t) expected.size(), 512) == expected));
    }
    SECTION ("never, even offline")
    {
        REQUIRE (eventually ([&] { return plugin.workspace().player().stage().view()->parts.size() == 5; }));
        plugin.parameter<juce::AudioParameterChoice> ("wait") = 2;
        plugin.processor->setNonRealtime (true);
        CHECK ((plugin.play (0, (std::int64_t) expected.size(), 512) != expected));
        CHECK (plugin.workspace().player().stage().late() > 0);
    }
}
