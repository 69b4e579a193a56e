// SPDX-License-Identifier: GPL-3.0-or-later
// What pluginval asks of any plugin at its strictest, of ours, and more: with speech, and the very samples. That a block
// allocates nothing is in AudioThreadTests; editors are in EditorTests.
#include <atomic>
#include <chrono>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

#include "HostedPlugin.h"
#include "PluginEnvironment.h"
#include "PluginFixture.h"
#include "PluginFormats.h"
#include "Project/Lookup.h"
#include "StateText.h"
#include "Support/CommaLocale.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
constexpr std::uint64_t sceneSeed = 5;

std::string sceneState()
{
    return StateText { scene, sceneSeed }.text();
}

/** For StateText::change: numbers that are not whole. */
void makeFractional (project::Project& source)
{
    auto settings = source.document()->settings;
    settings.guidanceScale = 1.35f;
    auto anna = *project::memberOf (*source.document(), "Anna");
    anna.gainDb = -6.25;
    REQUIRE (source.edit (project::SetSettings { settings }));
    REQUIRE (source.edit (project::SetMember { anna }));
}

/** As much of the scene's start as `count` samples. */
std::vector<float> expectedStart (double rate, std::size_t count)
{
    auto sound = expectedSound (rate, sceneSeed);
    sound.resize (count);
    return sound;
}

/** A plugin with the scene, in a format. */
struct Hosted
{
    explicit Hosted (const PluginFormat& format, double rate = 48'000.0, int block = 512)
        : environment (fixture.folder.path())
        , plugin (format.name, format.bundle, rate, block)
    {
        plugin.load (sceneState());
    }

    std::vector<float> start (std::size_t count, int block)
    {
        return plugin.bounce (0, (std::int64_t) count, block);
    }

    /** As it should be. */
    std::vector<float> rightStart()
    {
        auto expected = expectedStart (48'000.0, 3'000);
        REQUIRE ((start (3'000, 512) == expected));
        return expected;
    }

    /** Waits until all takes are in the state, which then changes no more by itself. */
    void untilWrittenDown()
    {
        project::Document document;
        const bool isWritten = eventually ([&] {
            document = documentIn (plugin.save());
            return document.takes.size() == 5 && ! document.id.empty();
        });
        CAPTURE (document.takes.size(), document.id);
        REQUIRE (isWritten);
    }

    PluginFixture fixture;
    const PluginEnvironment environment;
    HostedPlugin plugin;
};

/** The parameters that a host may set, by a host's random hand. */
void setAtRandom (HostedPlugin& plugin, std::mt19937& random)
{
    std::uniform_real_distribution<float> any (0.0f, 1.0f);
    for (auto* parameter : plugin->getParameters())
        parameter->setValueNotifyingHost (any (random));
}

/** As texts, since a host may remember a value between two choices. */
std::map<std::string, std::string> valuesOf (HostedPlugin& plugin)
{
    std::map<std::string, std::string> values;
    for (auto* parameter : plugin->getParameters())
        if (const auto name = parameter->getName (40).toStdString(); name != "Rendered") // which no host sets
            values[name] = parameter->getCurrentValueAsText().toStdString();
    return values;
}
} // namespace

TEST_CASE (
    "A plugin that is prepared anew, released before or not, gives the same samples at each rate and block",
    "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    const bool releases = GENERATE (true, false);
    CAPTURE (format.name, releases);
    Hosted hosted (format);
    for (const double rate : { 44'100.0, 48'000.0, 96'000.0, 22'050.0, 192'000.0 })
    {
        const auto expected = expectedStart (rate, 3'000);
        for (const int block : { 64, 1'024, 128, 512, 256 })
        {
            CAPTURE (rate, block);
            if (releases)
                hosted.plugin->releaseResources();
            hosted.plugin.prepare (rate, block);
            CHECK ((hosted.start (3'000, block) == expected));
        }
    }
    if (std::string (format.name) == "VST3")       // JUCE makes an LV2 anew
        CHECK (hosted.fixture.engine.jobs() <= 5); // no rate asks for speech again
}

TEST_CASE ("Blocks larger than a plugin was prepared for sound all the same", "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    Hosted hosted (format, 48'000.0, 64);
    for (const int block : { 128, 1'000, 65, 64 })
    {
        CAPTURE (block);
        CHECK ((hosted.start (3'000, block) == expectedStart (48'000.0, 3'000)));
    }
}

TEST_CASE ("No value of a parameter changes what is bounced, and a state brings all values back",
           "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    Hosted hosted (format);
    const auto expected = hosted.rightStart();
    hosted.untilWrittenDown();
    const auto values = valuesOf (hosted.plugin);
    juce::MemoryBlock state;
    hosted.plugin->getStateInformation (state);
    const auto saved = hosted.plugin.save();

    std::mt19937 random (1);
    for (int i = 0; i < 100; ++i)
    {
        setAtRandom (hosted.plugin, random);
        if (auto* bypass = hosted.plugin->getBypassParameter())
            bypass->setValueNotifyingHost (0.0f); // a plugin that is bypassed is silent
        CHECK ((hosted.start (320, 32) == std::vector (expected.begin(), expected.begin() + 320)));
    }
    hosted.plugin->setStateInformation (state.getData(), (int) state.getSize());
    hosted.start (512, 512); // parameters come with a block
    CHECK (valuesOf (hosted.plugin) == values);
    CHECK (hosted.plugin.save() == saved);
}

TEST_CASE ("A host shows the choices of a parameter by their names, and each reaches the plugin",
           "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    Hosted hosted (format);
    for (auto* parameter : hosted.plugin->getParameters())
    {
        if (parameter->getName (40) != "Wait for render")
            continue;
        CHECK (parameter->getNumSteps() == 3);
        const char* const names[] = { "Auto", "Always", "Never" };
        for (int choice = 2; choice >= 0; --choice)
        {
            const auto value = (float) choice / 2.0f;
            CAPTURE (choice);
            CHECK (parameter->getText (value, 40) == names[choice]);
            CHECK (parameter->getValueForText (names[choice]) == Approx (value));
            parameter->setValueNotifyingHost (value);
            hosted.start (512, 512); // parameters come with a block
            CHECK ((int) documentIn (hosted.plugin.save()).settings.host.wait == choice);
        }
        return;
    }
    FAIL ("there is no such parameter");
}

TEST_CASE ("Buses that are switched on and off leave the main one as it is", "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    Hosted hosted (format);
    const auto expected = expectedStart (48'000.0, 3'000);
    const auto usual = hosted.plugin->getBusesLayout();
    const auto check = [&] (int channels) {
        hosted.plugin.prepare (48'000.0, 512);
        CHECK (hosted.plugin->getTotalNumOutputChannels() == channels);
        CHECK ((hosted.start (3'000, 512) == expected));
        hosted.plugin->releaseResources();
    };
    hosted.plugin->releaseResources();
    REQUIRE (hosted.plugin->enableAllBuses());
    check (std::string (format.name) == "VST3" ? 18 : 2);
    REQUIRE (hosted.plugin->disableNonMainBuses());
    check (2);
    REQUIRE (hosted.plugin->setBusesLayout (usual));
    check (2);
}

TEST_CASE ("Notes, and programs that a host changes to, make no difference", "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    Hosted hosted (format);
    const auto expected = hosted.rightStart();
    juce::MidiBuffer notes;
    for (int channel = 1; channel <= 16; ++channel)
        notes.addEvent (juce::MidiMessage::noteOn (channel, 8 * channel - 1, 1.0f), channel);
    juce::AudioBuffer<float> audio (2, 512);
    hosted.plugin->processBlock (audio, notes);
    hosted.untilWrittenDown();
    const auto state = hosted.plugin.save();
    for (int i = 0; i < hosted.plugin->getNumPrograms(); ++i)
    {
        CHECK (hosted.plugin->getProgramName (i).isNotEmpty());
        hosted.plugin->setCurrentProgram (i);
    }
    CHECK (hosted.plugin.save() == state);
    CHECK ((hosted.start (3'000, 512) == expected));
}

TEST_CASE ("States are saved and loaded and parameters set while a host plays on another thread",
           "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    Hosted hosted (format);
    const auto expected = hosted.rightStart();
    juce::MemoryBlock state;
    hosted.plugin->getStateInformation (state);
    hosted.plugin->setNonRealtime (false);

    std::atomic<bool> isPlaying { true };
    std::atomic<int> strange { 0 };
    std::thread audio ([&] {
        for (std::int64_t at = 0; isPlaying; at = (at + 256) % 2'048)
        {
            {
                const juce::ScopedLock lock (hosted.plugin->getCallbackLock()); // as JUCE's hosts do
                const auto heard = hosted.plugin.bounce (at, at + 256, 256);
                strange += heard.size() == 256 ? 0 : 1; // the sides differ
                for (const auto sample : heard)
                    strange += std::fpclassify (sample) == FP_NORMAL || sample == 0.0f ? 0 : 1;
            }
            std::this_thread::sleep_for (std::chrono::microseconds (100));
        }
    });
    std::mt19937 random (2);
    for (int i = 0; i < 50; ++i)
    {
        juce::MemoryBlock saved;
        hosted.plugin->getStateInformation (saved);
        setAtRandom (hosted.plugin, random);
        hosted.plugin->setStateInformation (saved.getData(), (int) saved.getSize());
    }
    isPlaying = false;
    audio.join();
    CHECK (strange == 0);
    hosted.plugin->setNonRealtime (true);
    hosted.plugin->setStateInformation (state.getData(), (int) state.getSize());
    CHECK ((hosted.start (3'000, 512) == expected));
}

TEST_CASE ("A host's locale stays as it is, and changes nothing of what a plugin says and saves",
           "[plugin][host]")
{
    const auto format = pluginFormats[GENERATE (0, 1)];
    CAPTURE (format.name);
    Hosted hosted (format);
    hosted.plugin.load (StateText { scene, sceneSeed, true, makeFractional }.text());
    const auto sound = hosted.start (3'000, 512);
    REQUIRE ((sound != expectedStart (48'000.0, 3'000))); // a fraction is heard
    hosted.untilWrittenDown();
    const auto saved = hosted.plugin.save();
    CHECK_THAT (saved, Catch::Contains ("-6.25") && Catch::Contains ("1.35"));

    const CommaLocale comma;
    {
        HostedPlugin another (format.name, format.bundle, 48'000.0, 512);
        another.load (saved);
        CHECK ((another.bounce (0, 3'000, 512) == sound));
        CHECK (another.save() == saved);
    }
    CHECK (comma.isKept());
}
