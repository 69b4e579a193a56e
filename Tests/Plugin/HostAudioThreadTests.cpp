// SPDX-License-Identifier: GPL-3.0-or-later
// The audio thread as a host has it: our processor in JUCE's wrappers, loaded from its file.
#include <catch2/catch.hpp>

#include "HostedPlugin.h"
#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "PluginFormats.h"
#include "StateText.h"
#include "Support/NoSystemCalls.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
constexpr int mostSamples = 8'192;

/** Plays blocks that are there before, since a host's own memory is not what is tested. */
struct Player
{
    explicit Player (HostedPlugin& played) : plugin (played), audio (2, mostSamples) {}

    void play (int size)
    {
        juce::AudioBuffer<float> block (audio.getArrayOfWritePointers(), 2, size);
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
