// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "PlayedPlugin.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** A plugin that takes itself for an LV2, rendered. */
struct PlayedLv2
{
    PlayedLv2()
    {
        juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_LV2);
        plugin.emplace (fixture, 48'000.0);
        juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_Undefined);
        plugin->renderAll();
    }

    PluginFixture fixture;
    std::optional<PlayedPlugin> plugin;
};
} // namespace

TEST_CASE ("The host's transport decides what is heard", "[plugin][processor]")
{
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 48'000.0);
    plugin.renderAll();
    const auto expected = expectedSound (48'000.0);
    const auto end = (std::int64_t) expected.size();

    SECTION ("stopped")
    {
        plugin.head.isPlaying = false;
    }
    SECTION ("before the beginning and after the end")
    {
        CHECK (plugin.play (end, end + 999, 333) == std::vector<float> (999, 0.0f));
        CHECK (plugin.play (-2'000, -1'000, 333) == std::vector<float> (1'000, 0.0f));
        return;
    }
    SECTION ("a jump into the middle")
    {
        const auto heard = plugin.play (20'001, 30'000, 64);
        CHECK ((heard == std::vector<float> (expected.begin() + 20'001, expected.begin() + 30'000)));
        return;
    }
    SECTION ("a host that gives seconds only")
    {
        plugin.head.hasSamples = false;
        const auto heard = plugin.play (0, 30'000, 441);
        CHECK ((heard == std::vector<float> (expected.begin(), expected.begin() + 30'000)));
        return;
    }
    SECTION ("no transport at all")
    {
        plugin.processor->setPlayHead (nullptr);
    }
    CHECK (plugin.play (20'000, 21'000, 100) == std::vector<float> (1'000, 0.0f));
}

TEST_CASE ("An LV2 host that reports its position only when it changes is followed", "[plugin][processor]")
{
    PlayedLv2 lv2;
    auto& plugin = *lv2.plugin;
    const auto expected = expectedSound (48'000.0);
    const auto playOn = [&] (std::int64_t from,
                             std::int64_t to) { // only the first block has a position
        plugin.head.isSilent = false;
        auto heard = plugin.play (from, from + 64, 64);
        plugin.head.isSilent = true;
        const auto rest = plugin.play (from + 64, to, 64);
        heard.insert (heard.end(), rest.begin(), rest.end());
        return heard;
    };
    CHECK ((playOn (0, 20'000) == std::vector<float> (expected.begin(), expected.begin() + 20'000)));
    CHECK ((playOn (40'000, 60'000) ==
            std::vector<float> (expected.begin() + 40'000, expected.begin() + 60'000)));
    plugin.head.isPlaying = false;
    CHECK ((playOn (40'000, 42'000) == std::vector<float> (2'000, 0.0f)));
}

TEST_CASE ("An LV2 that is bypassed follows its host", "[plugin][processor]")
{
    PlayedLv2 lv2;
    auto& plugin = *lv2.plugin;
    const auto expected = expectedSound (48'000.0);
    const auto bypassed = [&] (int blocks) {
        juce::AudioBuffer<float> audio (2, 500);
        juce::MidiBuffer midi;
        for (int i = 0; i < blocks; ++i)
        {
            juce::FloatVectorOperations::fill (audio.getWritePointer (0), 0.77f, 500);
            plugin.processor->processBlockBypassed (audio, midi);
            CHECK (audio.getMagnitude (0, 0, 500) == 0.0f);
        }
    };
    plugin.play (0, 500, 500);
    plugin.head.isSilent = true; // until the transport moves
    bypassed (19);
    CHECK (plugin.workspace().player().stage().late() == 0);
    CHECK_FALSE (plugin.workspace().player().stage().isPlaying()); // nothing of it is heard
    CHECK ((plugin.play (0, 10'000, 500) ==
            std::vector<float> (expected.begin() + 10'000, expected.begin() + 20'000)));

    plugin.head.isSilent = false; // a jump is told to one that is bypassed
    plugin.head.sample = 40'000;
    bypassed (1);
    plugin.head.isSilent = true;
    CHECK ((plugin.play (0, 10'000, 500) ==
            std::vector<float> (expected.begin() + 40'500, expected.begin() + 50'500)));
}

TEST_CASE ("A rate change and a state in between leave the sound as it is", "[plugin][processor]")
{
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 24'000.0);
    plugin.renderAll();
    juce::MemoryBlock state;
    plugin.processor->getStateInformation (state);
    plugin.processor->prepareToPlay (44'100.0, 64);
    plugin.processor->setStateInformation (state.getData(), (int) state.getSize());
    plugin.processor->setNonRealtime (true);
    const auto expected = expectedSound (44'100.0);
    CHECK ((plugin.play (0, (std::int64_t) expected.size(), 64) == expected));
    CHECK (fixture.engine.jobs() == 5); // all takes were still right
}

TEST_CASE ("The host's tempo places what is anchored to beats", "[plugin][processor]")
{
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 24'000.0);
    plugin.workspace().setScript ("Anna: Good evening.\n");
    plugin.workspace().settle();
    const auto line = plugin.workspace().document()->lines[0]->id;
    REQUIRE (plugin.workspace().edit (project::SetAnchor { line, project::AtBeats { 4.0 } }));
    plugin.head.bpm = 60.0; // 2 s at 120, 4 s at this
    const auto startIs = [&] (double seconds) {
        const auto view = plugin.workspace().player().stage().view();
        return view->parts.size() == 1 &&
               view->parts[0].place.start.value == (std::int64_t) (seconds * modelSampleRateHz);
    };
    SECTION ("in real time, by the message thread")
    {
        REQUIRE (eventually ([&] { return startIs (2.0); }));
        plugin.play (0, 512, 512);
        plugin.processor->poll();
        CHECK (eventually ([&] { return startIs (4.0); }));
    }
    SECTION ("offline, at once")
    {
        plugin.processor->setNonRealtime (true);
        const auto heard = plugin.play (0, 120'000, 512);
        const auto isSilent = [&] (std::ptrdiff_t from, std::ptrdiff_t to) {
            return std::all_of (heard.begin() + from * 24'000, heard.begin() + to * 24'000,
                                [] (float sample) { return sample == 0.0f; });
        };
        CHECK (isSilent (0, 4));
        CHECK_FALSE (isSilent (4, 5));
    }
    CHECK (plugin.workspace().document()->tempo == 60.0);
}

TEST_CASE ("Playing while rendering, stopping and changing the script is safe",
           "[plugin][processor][threads]")
{
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 48'000.0);
    std::atomic<bool> done { false };
    std::thread audio ([&] {
        while (! done)
            plugin.play (0, 48'000, 480);
    });
    for (int i = 0; i < 30; ++i)
    {
        auto settings = plugin.workspace().document()->settings;
        settings.seed = (std::uint64_t) i;
        REQUIRE (plugin.workspace().edit (project::SetSettings { settings }));
        plugin.render();
        if (i % 3 == 0)
            plugin.workspace().stop();
        if (i % 5 == 4)
            CHECK (test::renderAll (plugin.workspace()));
        juce::MemoryBlock state;
        plugin.processor->getStateInformation (state);
        plugin.processor->poll();
    }
    done = true;
    audio.join();
    CHECK (test::renderAll (plugin.workspace()));
    plugin.processor->setNonRealtime (true);
    plugin.processor->prepareToPlay (48'000.0, 480); // ends the bounce that such fast blocks are taken for
    const auto expected = expectedSound (48'000.0, 29);
    CHECK ((plugin.play (0, (std::int64_t) expected.size(), 480) == expected));
}
