// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <cstdlib>
#include <thread>

#include <catch2/catch.hpp>

#include "FakePlayHead.h"
#include "PluginFixture.h"
#include "Processor/PluginProcessor.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** A plugin whose session finds the fixture's engine through the environment, as in a host. */
struct Plugin
{
    explicit Plugin (const PluginFixture& fixture, double rate, int block = 512)
    {
        ::setenv ("TABLEREAD_SOCKET", (fixture.folder.path() / "engine.sock").c_str(), 1);
        processor = std::make_unique<PluginProcessor>();
        ::unsetenv ("TABLEREAD_SOCKET");
        head.rate = rate;
        processor->setPlayHead (&head);
        processor->setRateAndBufferSizeDetails (rate, block);
        processor->prepareToPlay (rate, block);
    }

    void render()
    {
        processor->session.setScript (scene);
        REQUIRE (processor->session.render());
    }

    FakePlayHead head;
    std::unique_ptr<PluginProcessor> processor;
};
} // namespace

TEST_CASE ("An offline bounce hears everything, though it begins before the render ends",
           "[plugin][processor]")
{
    const double rate = GENERATE (24'000.0, 44'100.0, 48'000.0);
    const int block = GENERATE (1, 17, 64, 512, 8192);
    test::FakeFaults slow;
    slow.frameMs = 1;
    PluginFixture fixture (slow);
    Plugin plugin (fixture, rate, block);
    plugin.processor->setNonRealtime (true);
    plugin.render();
    const auto expected = expectedSound (rate);
    const auto heard = play (*plugin.processor, plugin.head, 0, (std::int64_t) expected.size(), block);
    CHECK ((heard == expected));
    CHECK (plugin.processor->transport.missed == 0);
    CHECK (plugin.processor->getLatencySamples() == 0);
}

TEST_CASE ("An offline bounce waits for an engine that is started again", "[plugin][processor]")
{
    test::FakeFaults cut;
    cut.cutAfterFrames = 3;
    cut.cuts = 2;
    PluginFixture fixture (cut);
    Plugin plugin (fixture, 48'000.0);
    plugin.processor->setNonRealtime (true);
    plugin.render();
    const auto expected = expectedSound (48'000.0);
    CHECK ((play (*plugin.processor, plugin.head, 0, (std::int64_t) expected.size(), 512) == expected));
}

TEST_CASE ("An offline bounce ends when the engine cannot go on", "[plugin][processor]")
{
    test::FakeFaults refusing;
    refusing.refuseStatus = 404;
    PluginFixture fixture (refusing);
    Plugin plugin (fixture, 48'000.0);
    plugin.processor->setNonRealtime (true);
    plugin.render();
    CHECK (play (*plugin.processor, plugin.head, 0, 5'000, 512) == std::vector<float> (5'000, 0.0f));
    CHECK (plugin.processor->session.performance().view().passages[0].take->state() == TakeState::Failed);
}

TEST_CASE ("Real time never waits: what is not there yet is silent and counted", "[plugin][processor]")
{
    test::FakeFaults slow;
    slow.frameMs = 60'000;
    PluginFixture fixture (slow);
    Plugin plugin (fixture, 48'000.0);
    plugin.render();
    const auto begun = std::chrono::steady_clock::now();
    CHECK (play (*plugin.processor, plugin.head, 0, 4'800, 480) == std::vector<float> (4'800, 0.0f));
    CHECK (std::chrono::steady_clock::now() - begun < std::chrono::seconds (30));
    CHECK (plugin.processor->transport.missed > 0);
}

TEST_CASE ("The host's transport decides what is heard", "[plugin][processor]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 48'000.0);
    plugin.render();
    plugin.processor->session.performance().waitUntilDone();
    const auto expected = expectedSound (48'000.0);
    const auto end = (std::int64_t) expected.size();

    SECTION ("stopped")
    {
        plugin.head.isPlaying = false;
    }
    SECTION ("before the beginning and after the end")
    {
        CHECK (play (*plugin.processor, plugin.head, end, end + 999, 333) == std::vector<float> (999, 0.0f));
        CHECK (play (*plugin.processor, plugin.head, -2'000, -1'000, 333) ==
               std::vector<float> (1'000, 0.0f));
        return;
    }
    SECTION ("a jump into the middle")
    {
        const auto heard = play (*plugin.processor, plugin.head, 20'001, 30'000, 64);
        CHECK ((heard == std::vector<float> (expected.begin() + 20'001, expected.begin() + 30'000)));
        return;
    }
    SECTION ("a host that gives seconds only")
    {
        plugin.head.hasSamples = false;
        const auto heard = play (*plugin.processor, plugin.head, 0, 30'000, 441);
        CHECK ((heard == std::vector<float> (expected.begin(), expected.begin() + 30'000)));
        return;
    }
    SECTION ("no transport at all")
    {
        plugin.processor->setPlayHead (nullptr);
    }
    CHECK (play (*plugin.processor, plugin.head, 20'000, 21'000, 100) == std::vector<float> (1'000, 0.0f));
}

TEST_CASE ("An LV2 host that reports its position only when it changes is followed", "[plugin][processor]")
{
    PluginFixture fixture;
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_LV2);
    Plugin plugin (fixture, 48'000.0);
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_Undefined);
    plugin.render();
    plugin.processor->session.performance().waitUntilDone();
    const auto expected = expectedSound (48'000.0);
    const auto playOn = [&] (std::int64_t from,
                             std::int64_t to) { // only the first block has a position
        plugin.head.isSilent = false;
        auto heard = play (*plugin.processor, plugin.head, from, from + 64, 64);
        plugin.head.isSilent = true;
        const auto rest = play (*plugin.processor, plugin.head, from + 64, to, 64);
        heard.insert (heard.end(), rest.begin(), rest.end());
        return heard;
    };
    CHECK ((playOn (0, 20'000) == std::vector<float> (expected.begin(), expected.begin() + 20'000)));
    CHECK ((playOn (40'000, 60'000) ==
            std::vector<float> (expected.begin() + 40'000, expected.begin() + 60'000)));
    plugin.head.isPlaying = false;
    CHECK ((playOn (40'000, 42'000) == std::vector<float> (2'000, 0.0f)));
}

TEST_CASE ("A rate change and a state in between leave the sound as it is", "[plugin][processor]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 24'000.0);
    plugin.render();
    plugin.processor->session.performance().waitUntilDone();
    juce::MemoryBlock state;
    plugin.processor->getStateInformation (state);
    plugin.processor->prepareToPlay (44'100.0, 64);
    plugin.processor->setStateInformation (state.getData(), (int) state.getSize());
    CHECK (fixture.engine.jobs() == 5); // all takes were still right
    const auto expected = expectedSound (44'100.0);
    CHECK ((play (*plugin.processor, plugin.head, 0, (std::int64_t) expected.size(), 64) == expected));
}

TEST_CASE ("Playing while rendering, stopping and changing the script is safe",
           "[plugin][processor][threads]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 48'000.0);
    std::atomic<bool> done { false };
    std::thread audio ([&] {
        while (! done)
            play (*plugin.processor, plugin.head, 0, 48'000, 480);
    });
    for (int i = 0; i < 30; ++i)
    {
        plugin.processor->session.setSeed ((std::uint64_t) i);
        plugin.render();
        if (i % 3 == 0)
            plugin.processor->session.stop();
        if (i % 5 == 0)
            plugin.processor->session.performance().waitUntilDone();
        juce::MemoryBlock state;
        plugin.processor->getStateInformation (state);
    }
    done = true;
    audio.join();
    plugin.processor->session.performance().waitUntilDone();
    const auto expected = expectedSound (48'000.0, 29);
    CHECK ((play (*plugin.processor, plugin.head, 0, (std::int64_t) expected.size(), 480) == expected));
}

TEST_CASE ("The plugin can be destroyed at any moment", "[plugin][processor][threads]")
{
    test::FakeFaults slow;
    slow.frameMs = 3;
    PluginFixture fixture (slow);
    for (int i = 0; i < 40; ++i)
    {
        Plugin plugin (fixture, 48'000.0);
        plugin.render();
        std::this_thread::sleep_for (std::chrono::milliseconds (i % 7));
    }
    SUCCEED ("no crash, no hang");
}
