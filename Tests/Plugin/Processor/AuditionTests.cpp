// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "PlayedPlugin.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("A line is heard by itself, over the timeline or while the transport is stopped",
           "[plugin][processor][audition]")
{
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 24'000.0);
    plugin.renderAll();
    const auto timeline = expectedSound (24'000.0);
    auto& audition = plugin.workspace().audition();
    REQUIRE (audition.playLine (plugin.workspace().document()->lines[0]->id));

    plugin.head.isPlaying = false;
    std::vector<float> alone;
    REQUIRE (eventually ([&] {
        alone = plugin.play (0, 512, 512); // both sides
        return std::any_of (alone.begin(), alone.end(), [] (float each) { return each != 0.0f; });
    }));
    constexpr auto fade = (std::ptrdiff_t) PlanReader::fadeSamples;
    CHECK (std::equal (alone.begin() + fade, alone.end(), timeline.begin() + fade)); // the first line's

    plugin.head.isPlaying = true;
    auto both = plugin.play (0, 512, 512);
    for (std::size_t i = 0; i < both.size(); ++i)
        both[i] -= timeline[i] + timeline[512 + i];
    CHECK (both == std::vector<float> (512));
}

TEST_CASE ("No bounce has anything of what is heard by itself", "[plugin][processor][audition]")
{
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 24'000.0);
    plugin.renderAll();
    const auto timeline = expectedSound (24'000.0);
    auto& audition = plugin.workspace().audition();
    const auto line = plugin.workspace().document()->lines[1]->id;
    REQUIRE (audition.playLine (line));
    plugin.head.isPlaying = false;
    REQUIRE (eventually ([&] {
        const auto sound = plugin.play (0, 512, 512);
        return std::any_of (sound.begin(), sound.end(), [] (float each) { return each != 0.0f; });
    }));
    const auto bounce = [&] {
        plugin.head.isPlaying = true;
        return plugin.play (0, (std::int64_t) timeline.size(), 512);
    };

    SECTION ("that the host says is one")
    {
        plugin.processor->setNonRealtime (true);
        CHECK ((bounce() == timeline));
    }
    SECTION ("where the user has playing wait")
    {
        plugin.parameter<juce::AudioParameterChoice> ("wait") = 1;
        CHECK ((bounce() == timeline));
    }
    SECTION ("with the transport stopped")
    {
        plugin.processor->setNonRealtime (true);
        CHECK (plugin.play (0, 512, 512) == std::vector<float> (512));
    }
    CHECK_FALSE (audition.current());
    CHECK (audition.problem());

    plugin.processor->setNonRealtime (false);
    plugin.head.isPlaying = false;
    CHECK (plugin.play (0, 512, 512) == std::vector<float> (512)); // nor after it
}

TEST_CASE ("What is heard by itself is not heard while the plugin is bypassed",
           "[plugin][processor][audition]")
{
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 24'000.0);
    plugin.renderAll();
    plugin.head.isPlaying = false;
    plugin.parameter<juce::AudioParameterBool> ("bypass") = true;
    auto& audition = plugin.workspace().audition();
    REQUIRE (audition.playLine (plugin.workspace().document()->lines[0]->id));
    CHECK (eventually (
        [&] { return plugin.play (0, 512, 512) == std::vector<float> (512) && ! audition.current(); }));
    CHECK (audition.problem());

    plugin.parameter<juce::AudioParameterBool> ("bypass") = false;
    REQUIRE (audition.playLine (plugin.workspace().document()->lines[0]->id));
    plugin.processor->releaseResources();
    CHECK_FALSE (audition.current());
}
