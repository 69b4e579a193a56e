// SPDX-License-Identifier: GPL-3.0-or-later
// Long because all of it needs the same plugin and play head.
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
/** A plugin that uses the fixture's engine. */
struct Plugin
{
    explicit Plugin (const PluginFixture& fixture, double rate, int block = 512)
        : Plugin (fixture.options(), rate, block)
    {}

    explicit Plugin (const Workspace::Options& options, double rate, int block = 512)
        : processor (std::make_unique<PluginProcessor> (options))
    {
        head.rate = rate;
        processor->setPlayHead (&head);
        processor->setRateAndBufferSizeDetails (rate, block);
        processor->prepareToPlay (rate, block);
    }

    Workspace& workspace() const { return processor->workspace; }

    void render() const
    {
        workspace().setScript (scene);
        REQUIRE (workspace().render());
        REQUIRE (eventually ([&] { return workspace().player().stage().view()->parts.size() == 5; }));
    }

    /** While no block is played. */
    void renderAll() const
    {
        render();
        constexpr std::size_t all = 1u << 30;
        REQUIRE (eventually ([&] { return isRendered (workspace()); }));
        REQUIRE (eventually ([&] {
            return ! workspace().player().stage().planFor ({ {}, 0, false, false }).waiting ({ 0 }, all);
        }));
    }

    template <typename Parameter>
    Parameter& parameter (const juce::String& id) const
    {
        for (auto* each : processor->getParameters())
            if (auto* found = dynamic_cast<Parameter*> (each); found != nullptr && found->paramID == id)
                return *found;
        throw std::runtime_error (("no parameter " + id).toStdString());
    }

    std::vector<float> play (std::int64_t from, std::int64_t to, int block)
    {
        return test::play (*processor, head, from, to, block);
    }

    juce::ScopedJuceInitialiser_GUI juce;
    FakePlayHead head;
    std::unique_ptr<PluginProcessor> processor;
};

/** Counts how often the host is told that something has changed that is no parameter. */
struct HostEar : juce::AudioProcessorListener
{
    void audioProcessorParameterChanged (juce::AudioProcessor*, int, float) override {}
    void audioProcessorChanged (juce::AudioProcessor*, const ChangeDetails& details) override
    {
        told += details.nonParameterStateChanged ? 1 : 0;
    }

    int told = 0;
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
    const auto heard = plugin.play (0, (std::int64_t) expected.size(), block);
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
    CHECK ((plugin.play (0, (std::int64_t) expected.size(), 512) == expected));
}

TEST_CASE ("An offline bounce ends when the engine cannot go on", "[plugin][processor]")
{
    test::FakeFaults refusing;
    refusing.refuseStatus = 404;
    PluginFixture fixture (refusing);
    Plugin plugin (fixture, 48'000.0);
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
    Plugin plugin (fixture, 48'000.0);
    plugin.render();
    const auto begun = std::chrono::steady_clock::now();
    CHECK (plugin.play (0, 4'800, 480) == std::vector<float> (4'800, 0.0f));
    CHECK (std::chrono::steady_clock::now() - begun < std::chrono::seconds (30));
    CHECK (plugin.processor->transport.missed > 0);
}

TEST_CASE ("The host's transport decides what is heard", "[plugin][processor]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 48'000.0);
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
    PluginFixture fixture;
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_LV2);
    Plugin plugin (fixture, 48'000.0);
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_Undefined);
    plugin.renderAll();
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

TEST_CASE ("A rate change and a state in between leave the sound as it is", "[plugin][processor]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 24'000.0);
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

TEST_CASE ("After an edit the bounce speaks the new words, though nobody has rendered them",
           "[plugin][processor]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 24'000.0);
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
    Plugin plugin (fixture, 24'000.0);
    plugin.processor->setNonRealtime (true);
    plugin.workspace().setScript (scene);
    const auto expected = expectedSound (24'000.0);
    std::vector<float> heard;
    std::thread audio ([&] { heard = plugin.play (0, (std::int64_t) expected.size(), 512); });
    audio.join(); // this is the message thread
    CHECK ((heard == expected));
}

TEST_CASE ("The host is told of edits, not of what is rendered", "[plugin][processor]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 48'000.0);
    HostEar host;
    plugin.processor->addListener (&host);
    plugin.renderAll();
    plugin.processor->poll();
    CHECK (host.told == 1); // the script
    plugin.processor->poll();
    CHECK (host.told == 1);
    REQUIRE (plugin.workspace().undo());
    plugin.processor->poll();
    CHECK (host.told == 2);
    plugin.processor->removeListener (&host);
}

TEST_CASE ("The parameters are few, fixed, and part of the state", "[plugin][processor]")
{
    PluginFixture fixture;
    juce::MemoryBlock state;
    {
        Plugin plugin (fixture, 48'000.0);
        CHECK (plugin.processor->getParameters().size() == 3);
        auto& rendered = plugin.parameter<juce::AudioParameterFloat> ("rendered");
        CHECK_FALSE (rendered.isAutomatable());
        plugin.workspace().setScript (scene);
        CHECK (eventually ([&] {
            plugin.processor->poll();
            return rendered.get() == 0.0f;
        }));
        plugin.renderAll();
        plugin.processor->poll();
        CHECK (rendered.get() == 1.0f);
        plugin.parameter<juce::AudioParameterChoice> ("wait") = 2;
        plugin.parameter<juce::AudioParameterBool> ("bypass") = true;
        plugin.processor->getStateInformation (state);
    }
    Plugin plugin (fixture, 48'000.0);
    plugin.processor->setStateInformation (state.getData(), (int) state.getSize());
    CHECK (plugin.parameter<juce::AudioParameterChoice> ("wait").getIndex() == 2);
    CHECK (plugin.parameter<juce::AudioParameterBool> ("bypass").get());
    CHECK (plugin.processor->getBypassParameter() == &plugin.parameter<juce::AudioParameterBool> ("bypass"));
    CHECK (plugin.play (0, 10'000, 512) == std::vector<float> (10'000, 0.0f));
    plugin.parameter<juce::AudioParameterBool> ("bypass") = false;
    plugin.parameter<juce::AudioParameterChoice> ("wait") = 0;
    plugin.processor->setNonRealtime (true);
    CHECK (plugin.play (0, 10'000, 512) != std::vector<float> (10'000, 0.0f));
}

TEST_CASE ("A switch makes blocks wait in real time, or never", "[plugin][processor]")
{
    test::FakeFaults slow;
    slow.frameMs = 5;
    PluginFixture fixture (slow);
    Plugin plugin (fixture, 24'000.0);
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
        CHECK (plugin.processor->transport.missed > 0);
    }
}

TEST_CASE ("A speaker can have a bus, which is off until the host wants it", "[plugin][processor]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 24'000.0);
    auto& processor = *plugin.processor;
    CHECK (processor.getBusCount (false) == 17);
    CHECK (processor.getTotalNumOutputChannels() == 2);
    auto layout = processor.getBusesLayout();
    layout.outputBuses.getReference (3) = juce::AudioChannelSet::stereo();
    REQUIRE (processor.setBusesLayout (layout));
    CHECK (processor.getTotalNumOutputChannels() == 4);
    layout.outputBuses.getReference (3) = juce::AudioChannelSet::create5point1();
    CHECK_FALSE (processor.checkBusesLayoutSupported (layout));

    plugin.workspace().setScript (scene);
    project::Member ben;
    ben.speaker = "Ben";
    ben.bus = 3;
    ben.gainDb = -6.0;
    REQUIRE (plugin.workspace().edit (project::SetMember { ben }));
    REQUIRE (test::renderAll (plugin.workspace()));
    processor.setNonRealtime (true);
    const auto end = (int) expectedSound (24'000.0).size();
    juce::AudioBuffer<float> audio (4, end);
    juce::MidiBuffer midi;
    plugin.head.sample = 0;
    processor.processBlock (audio, midi);
    const auto view = plugin.workspace().player().stage().view();
    REQUIRE (view->parts.size() == 5);
    const auto& anna = view->parts[0];
    const auto& own = view->parts[1]; // Ben's
    const auto peak = [&] (int channel, const playback::PartView& part) {
        return audio.getMagnitude (channel, (int) part.place.start.value, (int) part.place.length.value);
    };
    CHECK (peak (0, anna) > 0.01f);
    CHECK (peak (2, anna) == 0.0f);
    CHECK (peak (2, own) > 0.01f);
    for (int channel : { 1, 2, 3 })
        CHECK (peak (channel, own) == peak (0, own));
    std::vector<float> speech ((std::size_t) own.place.length.value);
    own.take->audio().read (0, speech);
    CHECK (peak (2, own) ==
           Approx (*std::max_element (speech.begin(), speech.end()) * 0.501187f).epsilon (1e-3));
}

TEST_CASE ("An LV2 has the main bus alone, and no bypass of its own", "[plugin][processor]")
{
    PluginFixture fixture;
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_LV2);
    const Plugin plugin (fixture, 48'000.0);
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_Undefined);
    CHECK (plugin.processor->getBusCount (false) == 1);
    CHECK (plugin.processor->getBypassParameter() == nullptr);
    CHECK (plugin.processor->getParameters().size() == 2);
}

TEST_CASE ("The host's tempo places what is anchored to beats", "[plugin][processor]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 24'000.0);
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
    Plugin plugin (fixture, 48'000.0);
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
    const auto expected = expectedSound (48'000.0, 29);
    CHECK ((plugin.play (0, (std::int64_t) expected.size(), 480) == expected));
}

TEST_CASE ("A line is heard by itself, over the timeline or while the transport is stopped",
           "[plugin][processor][audition]")
{
    PluginFixture fixture;
    Plugin plugin (fixture, 24'000.0);
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
    Plugin plugin (fixture, 24'000.0);
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
    Plugin plugin (fixture, 24'000.0);
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
