// SPDX-License-Identifier: GPL-3.0-or-later
// The audio thread as a host has it: our processor in JUCE's wrappers, loaded from its file.
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

#include "HostedPlugin.h"
#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "PluginFormats.h"
#include "StateText.h"
#include "Support/AllocationGuard.h"
#include "Support/NoSystemCalls.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
constexpr int mostSamples = 8'192;

/** For StateText::change: these blocks come faster than real ones, and would be a bounce. */
void waitForNothing (project::Project& source)
{
    auto host = source.document()->settings.host;
    host.wait = project::RenderWait::Never;
    source.setHost (host);
}

/** Plays blocks that are there before, since a host's own memory is not what is tested. */
struct Player
{
    explicit Player (HostedPlugin& played)
        : plugin (played)
        , audio (played->getTotalNumOutputChannels(), mostSamples)
    {}

    void play (int size)
    {
        juce::AudioBuffer<float> block (audio.getArrayOfWritePointers(), audio.getNumChannels(), size);
        plugin->processBlock (block, midi);
        plugin.transport().sample += size;
        loudest = std::max (loudest, block.getMagnitude (0, size));
    }

    HostedPlugin& plugin;
    juce::AudioBuffer<float> audio;
    juce::MidiBuffer midi;
    float loudest = 0.0f;
};
} // namespace

TEST_CASE ("In a host the audio thread makes no system call, at any block size",
           "[plugin][host][audiothread]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, mostSamples);
    plugin.load (StateText { scene, 5, false }.text());
    const auto expected = expectedSound (48'000.0, 5);
    REQUIRE ((plugin.bounce (0, (std::int64_t) expected.size(), mostSamples) == expected));
    plugin->setNonRealtime (false);
    Player player (plugin);
    const auto playAll = [&] {
        player.loudest = 0.0f;
        plugin.transport().sample = 4'800;
        for (int size = 1; size <= mostSamples; size += 1 + size / 2)
            player.play (size);
        return player.loudest > 0.0f;
    };
    CHECK (playAll()); // what is made once
    CHECK (withoutSystemCalls (playAll) == 0);
}

namespace
{
/** Counts what the plugin's code does in blocks that a host plays. */
struct Watch
{
    void play (Player& player, int size)
    {
        const test::AllocationGuard guard (code);
        player.play (size);
        ++blocks;
        allocations += test::AllocationGuard::allocations();
        locks += test::AllocationGuard::locks();
        if (where.empty() && test::AllocationGuard::allocations() > 0)
            where = test::AllocationGuard::firstAllocation();
    }

    const LoadedCode code;
    int blocks = 0, allocations = 0, locks = 0;
    std::string where {};
};
} // namespace

TEST_CASE ("In a host nothing that the plugin does on the audio thread allocates, at any block size",
           "[plugin][host][audiothread]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    test::FakeFaults slow;
    slow.frameMs = 20; // speech comes, and plans change, while it plays
    PluginFixture fixture (slow);
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, mostSamples);
    plugin.load (StateText { scene, 5, false, waitForNothing }.text());
    plugin->setNonRealtime (false);
    Player player (plugin);
    Watch watch { LoadedCode (format.bundle) };
    const bool isLv2 = std::string (format.name) == "LV2";
    const auto playAll = [&] (bool isPlaying, std::int64_t from, const std::function<void (int)>& each) {
        plugin.transport().isPlaying = isPlaying;
        plugin.transport().sample = from;
        for (int size = 1; size <= mostSamples; size += 1 + size / 2)
        {
            if (isLv2) // JUCE's wrapper makes its buffer anew for a block that is larger than the one before
                player.play (size);
            each (size);
        }
        std::this_thread::sleep_for (std::chrono::milliseconds (20));
    };
    for (const bool isPlaying : { true, false }) // what is made once
        playAll (isPlaying, 0, [&] (int size) { player.play (size); });
    for (int round = 0; round < 50; ++round)
        playAll (round % 3 != 2, std::int64_t { 4'800 } * (round % 7),
                 [&] (int size) { watch.play (player, size); });
    CAPTURE (watch.blocks, watch.where);
    CHECK (watch.allocations == 0);
    CHECK (watch.locks == watch.blocks); // the processor's own, which JUCE's wrappers take around each block
    CHECK (player.loudest > 0.0f);
}

TEST_CASE ("With all of a VST3's buses a block allocates nothing, as they are unless a host asks otherwise",
           "[plugin][host][audiothread]")
{
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, 48'000.0, mostSamples);
    plugin.load (StateText { scene, 5, false, waitForNothing }.text());
    plugin->setNonRealtime (false);
    plugin->releaseResources();
    REQUIRE (plugin->enableAllBuses());
    plugin.prepare (48'000.0, mostSamples);
    Player player (plugin);
    Watch watch { LoadedCode (TABLEREAD_VST3) };
    for (int i = 0; i < 40; ++i)
    {
        plugin.transport().sample = 4'800;
        for (const int size : { 1, 64, 512, mostSamples })
            i < 2 ? player.play (size) : watch.play (player, size);
        std::this_thread::sleep_for (std::chrono::milliseconds (20));
    }
    CAPTURE (watch.blocks, watch.where);
    // The wrapper's buffer has room in itself for 31 channels, and takes memory for a longer list.
    CHECK (player.audio.getNumChannels() == 2 + 16);
    CHECK (watch.allocations == 0);
    CHECK (watch.blocks > 0);
    CHECK (player.loudest > 0.0f);
}
