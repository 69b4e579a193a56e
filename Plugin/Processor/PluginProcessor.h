// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

#include "Processor/HostClock.h"
#include "Processor/Session.h"
#include "Processor/Transport.h"
#include "Timeline/PlanReader.h"

namespace tableread::plugin
{
/** The plugin as a host sees it: plays the session's plan at the host's position. Thin: what needs no JUCE
    is in Session and Performance.

    Latency is 0: rendered speech is read, not computed, on the audio thread. Real time never waits; an offline
    bounce waits for speech that is still being rendered.
*/
class PluginProcessor : public juce::AudioProcessor
{
public:
    PluginProcessor();

    void prepareToPlay (double sampleRate, int maximumBlock) override;
    void releaseResources() override {}
    void processBlock (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi) override;
    using juce::AudioProcessor::processBlock;
    bool isBusesLayoutSupported (const BusesLayout& layouts) const override;

    juce::AudioProcessorEditor* createEditor() override;
    bool hasEditor() const override { return true; }

    const juce::String getName() const override { return "TableRead"; }
    bool acceptsMidi() const override { return wrapperType != wrapperType_LV2; } // CMakeLists.txt says why
    bool producesMidi() const override { return false; }
    double getTailLengthSeconds() const override { return 0.0; }

    int getNumPrograms() override { return 1; }
    int getCurrentProgram() override { return 0; }
    void setCurrentProgram (int) override {}
    const juce::String getProgramName (int) override { return "Default"; }
    void changeProgramName (int, const juce::String&) override {}

    void getStateInformation (juce::MemoryBlock& destination) override;
    void setStateInformation (const void* data, int size) override;

    Session session;
    Transport transport;
    const std::shared_ptr<HostClock> clock =
        std::make_shared<HostClock>(); // set where JUCE's wrapper passes no position before 0

private:
    struct Moment
    {
        HostSamples position;
        bool isPlaying = false;
    };

    Moment hostMoment (int samples) noexcept;

    PlanReader reader; // the audio thread's
    Moment following;  // the next block, if the host says nothing; the audio thread's
};
} // namespace tableread::plugin
