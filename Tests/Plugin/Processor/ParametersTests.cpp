// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <cmath>

#include "PlayedPlugin.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** Counts how often JUCE's wrappers are told that a parameter has changed, or something that is none. */
struct HostEar : juce::AudioProcessorListener
{
    void audioProcessorParameterChanged (juce::AudioProcessor*, int, float) override { ++changes; }
    void audioProcessorChanged (juce::AudioProcessor*, const ChangeDetails& details) override
    {
        told += details.nonParameterStateChanged ? 1 : 0;
    }

    int told = 0;
    std::atomic<int> changes { 0 };
};
} // namespace

TEST_CASE ("The host is told of edits, not of what is rendered", "[plugin][processor]")
{
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 48'000.0);
    HostEar host;
    plugin.processor->addListener (&host);
    const auto shows = [&] (float progress) {
        return eventually ([&] {
            plugin.processor->poll();
            return plugin.parameter<juce::AudioParameterFloat> ("rendered").get() == progress;
        });
    };
    plugin.workspace().setScript (scene);
    CHECK (shows (0.0f));
    CHECK (plugin.processor->link->changedMeter() == 0.0f); // which goes with a block
    plugin.renderAll();
    CHECK (shows (1.0f));
    CHECK (plugin.processor->link->changedMeter() == 1.0f);
    CHECK (host.changes == 0);
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
        PlayedPlugin plugin (fixture, 48'000.0);
        CHECK (plugin.processor->getParameters().size() == 3);
        auto& rendered = plugin.parameter<juce::AudioParameterFloat> ("rendered");
        CHECK_FALSE (rendered.isAutomatable());
        plugin.workspace().setScript (scene);
        CHECK (eventually ([&] {
            plugin.processor->poll();
            return rendered.get() == 0.0f;
        }));
        plugin.renderAll();
        CHECK (eventually ([&] {
            plugin.processor->poll();
            return rendered.get() == 1.0f;
        }));
        plugin.parameter<juce::AudioParameterChoice> ("wait") = 2;
        plugin.parameter<juce::AudioParameterBool> ("bypass") = true;
        plugin.processor->getStateInformation (state);
    }
    PlayedPlugin plugin (fixture, 48'000.0);
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

TEST_CASE ("A speaker can have a bus, which is off until the host wants it", "[plugin][processor]")
{
    const bool isStereo = GENERATE (false, true);
    CAPTURE (isStereo);
    PluginFixture fixture;
    PlayedPlugin plugin (fixture, 24'000.0);
    auto& processor = *plugin.processor;
    CHECK (processor.getBusCount (false) == 17);
    CHECK (processor.getBus (false, 3)->getLastEnabledLayout() == juce::AudioChannelSet::mono());
    CHECK (processor.getTotalNumOutputChannels() == 2);
    auto layout = processor.getBusesLayout();
    layout.outputBuses.getReference (3) =
        isStereo ? juce::AudioChannelSet::stereo() : juce::AudioChannelSet::mono();
    REQUIRE (processor.setBusesLayout (layout));
    const int channels = isStereo ? 4 : 3;
    CHECK (processor.getTotalNumOutputChannels() == channels);
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
    juce::AudioBuffer<float> audio (channels, end);
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
    std::vector<float> speech ((std::size_t) own.place.length.value);
    own.take->audio().read (0, speech);
    const auto gain = (float) std::pow (10.0, -6.0 / 20.0);
    for (auto& sample : speech)
        sample *= gain;
    for (int channel = 0; channel < channels; ++channel) // the sample itself in each
        CHECK (std::equal (speech.begin(), speech.end(),
                           audio.getReadPointer (channel) + own.place.start.value));
}

TEST_CASE ("An LV2 has the main bus alone, and no bypass of its own", "[plugin][processor]")
{
    PluginFixture fixture;
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_LV2);
    const PlayedPlugin plugin (fixture, 48'000.0);
    juce::AudioProcessor::setTypeOfNextNewPlugin (juce::AudioProcessor::wrapperType_Undefined);
    CHECK (plugin.processor->getBusCount (false) == 1);
    CHECK (plugin.processor->getBypassParameter() == nullptr);
    CHECK (plugin.processor->getParameters().size() == 2);
}
