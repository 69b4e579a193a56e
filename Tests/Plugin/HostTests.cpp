// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <fstream>
#include <iterator>
#include <tuple>

#include <catch2/catch.hpp>

#include "HostedPlugin.h"
#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "PluginFormats.h"
#include "Source/Project/Documents.h"
#include "StateText.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
std::string renderedScene (std::uint64_t seed)
{
    return StateText { scene, seed }.text();
}
} // namespace

TEST_CASE ("A host hears the very samples that the engine sends, at any block size", "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    const double rate = GENERATE (24'000.0, 48'000.0);
    CAPTURE (format.name, rate);
    const auto expected = expectedSound (rate, 5);
    test::FakeFaults slow;
    slow.frameMs = 1;
    PluginFixture fixture (slow);
    const PluginEnvironment environment (fixture.folder.path());

    HostedPlugin plugin (format.name, format.bundle, rate, 8192);
    plugin.load (renderedScene (5));
    for (const int block : { 512, 1, 17, 64, 8192 }) // the first one while it is being rendered
    {
        CAPTURE (block);
        CHECK ((plugin.bounce (0, (std::int64_t) expected.size(), block) == expected));
    }
    CHECK (fixture.engine.jobs() == 5);
    CHECK ((*plugin).getLatencySamples() == 0);
    CHECK ((*plugin).getTotalNumOutputChannels() == 2);
}

TEST_CASE ("A host's pre-roll is silent, and the first sample comes at 0", "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    constexpr std::int64_t before = 4'801;
    auto expected = expectedSound (48'000.0, 5);
    expected.resize (9'600);
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, 8192);
    plugin.load (renderedScene (5));
    for (const int block : { 1, 17, 512, 8192 })
    {
        CAPTURE (block);
        const auto heard = plugin.bounce (-before, (std::int64_t) expected.size(), block);
        CHECK ((std::vector (heard.begin(), heard.begin() + before) == std::vector<float> (before, 0.0f)));
        CHECK ((std::vector (heard.begin() + before, heard.end()) == expected));
    }
}

TEST_CASE ("A host sees few parameters", "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, 512);
    CHECK ((*plugin).getParameters().size() <= 4);
    const auto find = [&] (const char* name) -> juce::AudioProcessorParameter* {
        for (auto* each : (*plugin).getParameters())
            if (each->getName (40) == name)
                return each;
        return nullptr;
    };
    REQUIRE (find ("Wait for render") != nullptr);
    REQUIRE (find ("Rendered") != nullptr);
    if (std::string (format.name) == "VST3")
    {
        CHECK_FALSE (find ("Rendered")->isAutomatable());
        REQUIRE ((*plugin).getBypassParameter() != nullptr);
        CHECK ((*plugin).getBypassParameter()->getName (40) == "Bypass");
    }
}

TEST_CASE ("A VST3 host can switch on a bus for each speaker", "[plugin][host]")
{
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, 24'000.0, 512);
    CHECK ((*plugin).getBusCount (false) == 17);
    CHECK ((*plugin).getBus (false, 16)->getName() == "Speaker 16");
    CHECK_FALSE ((*plugin).getBus (false, 1)->isEnabled());
    CHECK (HostedPlugin ("LV2", TABLEREAD_LV2, 24'000.0, 512)->getBusCount (false) == 1);
}

TEST_CASE ("A VST3's speaker bus has that speaker's own samples, in mono or as wide as the host has it",
           "[plugin][host]")
{
    constexpr int buses = 16, block = 8'192;
    const int width = GENERATE (1, 2); // two: as it was before, and as sessions may have it
    CAPTURE (width);
    const auto expected = expectedSound (48'000.0, 5);
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, 48'000.0, block);
    plugin.load (StateText {
        scene, 5, true, [] (project::Project& source) {
            for (const auto& [speaker, voice, bus] :
                 { std::tuple ("Anna", "anna", 16), std::tuple ("Ben", "ben", 3) })
            {
                auto member = memberWith (speaker, { voice, {} });
                member.bus = bus;
                REQUIRE (source.edit (project::SetMember { member }));
            }
        } }.text());
    plugin->releaseResources();
    REQUIRE (plugin->enableAllBuses());
    auto layout = plugin->getBusesLayout();
    CHECK (layout.outputBuses[16] == juce::AudioChannelSet::mono());
    for (int bus = 1; width == 2 && bus <= buses; ++bus)
        layout.outputBuses.getReference (bus) = juce::AudioChannelSet::stereo();
    REQUIRE (plugin->setBusesLayout (layout));
    plugin.prepare (48'000.0, block);
    const int channels = 2 + buses * width, ben = 2 + 2 * width, anna = 2 + 15 * width;
    REQUIRE (plugin->getTotalNumOutputChannels() == channels);

    std::int64_t annas = 0, bens = 0, wrong = 0;
    juce::MidiBuffer midi;
    for (int at = 0; at < (int) expected.size(); at += block)
    {
        juce::AudioBuffer<float> audio (channels, std::min (block, (int) expected.size() - at));
        plugin.transport().sample = at;
        plugin->processBlock (audio, midi);
        for (int i = 0; i < audio.getNumSamples(); ++i)
        {
            const auto speech = expected[(std::size_t) at + (std::size_t) i],
                       hers = audio.getSample (anna, i), his = audio.getSample (ben, i);
            annas += hers != 0.0f;
            bens += his != 0.0f;
            const auto isRight = [&] (int channel) { // nobody else speaks at that time
                return audio.getSample (channel, i) == (channel < 2                       ? speech
                                                        : channel / width == anna / width ? hers
                                                        : channel / width == ben / width  ? his
                                                                                          : 0.0f);
            };
            wrong += (hers != 0.0f && his != 0.0f) || hers + his != speech;
            for (int channel = 0; channel < channels; ++channel)
                wrong += ! isRight (channel);
        }
    }
    CHECK (annas > 10'000);
    CHECK (bens > 10'000);
    CHECK (wrong == 0);
}

TEST_CASE ("An LV2 host without MIDI sends its position to a plain event input", "[plugin][host]")
{
    std::ifstream file (std::filesystem::path (TABLEREAD_LV2) / "dsp.ttl");
    const std::string ttl { std::istreambuf_iterator<char> (file), {} };
    REQUIRE (ttl.find ("time:Position") != std::string::npos);
    CHECK (ttl.find ("midi:MidiEvent") == std::string::npos); // Ardour: positions come there only with MIDI
    CHECK (ttl.find ("a lv2:InstrumentPlugin") !=
           std::string::npos); // Ardour: no outputs on MIDI tracks else
}

TEST_CASE ("A host's session brings the plugin's state back", "[plugin][host][state]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    const auto state = StateText {
        "Anna: \u00bbGr\u00fc\u00dfe\u00ab \\ \"quotes\" and\ttabs.\nBen: \u3053\u3093\u306b\u3061\u306f", 77,
        false,
        [] (project::Project& source) {
            project::Member ben;
            ben.speaker = "Ben";
            ben.isChosen = true;
            ben.moods.emplace_back().voice.name = "david";
            REQUIRE (source.edit (project::SetMember { ben }));
        }
    }.text();
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, 512);
    plugin.load (state);
    CHECK (plugin.save() == state);
}

TEST_CASE ("A host that saves right after its bounce saves all that was heard", "[plugin][host][state]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, 512);
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
    {
        const auto expected = expectedSound (48'000.0, seed);
        plugin.load (StateText { scene, seed, false }.text());
        CHECK ((plugin.bounce (0, (std::int64_t) expected.size(), 512) == expected));
        CHECK (documentIn (plugin.save()).takes.size() == 5);
    }
}

TEST_CASE ("A host gets a state back that could not be opened", "[plugin][host][state]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    const std::string state = GENERATE (R"({"tableread_state": 77, "scenes": [1, 2]})", "no state at all");
    CAPTURE (format.name, state);
    PluginFixture fixture;
    const PluginEnvironment environment (fixture.folder.path());
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, 512);
    plugin.load (state);
    CHECK (plugin.save() == state);
}

TEST_CASE ("A hosted plugin starts its own engine", "[plugin][host]")
{
    const test::TemporaryFolder folder;
    const PluginEnvironment environment (folder.path(), TABLEREAD_FAKE_ENGINE);
    const auto expected = expectedSound (48'000.0, 1);
    {
        HostedPlugin plugin ("VST3", TABLEREAD_VST3, 48'000.0, 512);
        plugin.load (renderedScene (1));
        CHECK ((plugin.bounce (0, (std::int64_t) expected.size(), 512) == expected));
    }
    // The engine outlives the plugin, for the next one; its process id is in a file next to the socket.
    HostedPlugin next ("VST3", TABLEREAD_VST3, 48'000.0, 512);
    next.load (renderedScene (1));
    CHECK ((next.bounce (0, (std::int64_t) expected.size(), 512) == expected));
    std::ifstream file (folder.path() / "engine.pids");
    const std::vector<pid_t> started { std::istream_iterator<pid_t> (file), {} };
    REQUIRE (started.size() == 1);
    ::kill (started[0], SIGTERM);
}

TEST_CASE ("A plugin without an engine loads, saves, and bounces a slate", "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    const test::TemporaryFolder folder;
    const PluginEnvironment environment (folder.path(), "/nowhere/tableread-engine");
    HostedPlugin plugin (format.name, format.bundle, 48'000.0, 512);
    plugin.load (renderedScene (2));
    const auto heard = plugin.bounce (0, 10'000, 512);
    CHECK (*std::max_element (heard.begin(), heard.end()) == Approx (0.1f).margin (1e-3));
    const auto saved = documentIn (plugin.save()), loaded = documentIn (renderedScene (2));
    CHECK (saved == loaded);
}
