// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <mutex>

#include <juce_audio_processors/juce_audio_processors.h>

#include "Processor/HostLink.h"
#include "Processor/HostMusic.h"
#include "Processor/TempoCell.h"
#include "Processor/Transport.h"
#include "Processor/Workspace.h"
#include "Timeline/PlanReader.h"

namespace tableread::plugin
{
/** The plugin as a host sees it: plays the workspace's project at the host's position. Thin: what needs no JUCE is in
    Workspace.

    Buses     Main, and sixteen of speakers, which are off until the host switches them on. In LV2 and in Ardour main alone,
              since these switch all of them on.
    Latency   0: rendered speech is read, not computed, on the audio thread.
    Waiting   Real time never waits. Offline, or as the parameter "wait" says, a block waits for its speech.
*/
class PluginProcessor : public juce::AudioProcessor, private juce::Timer
{
public:
    static constexpr int speakerBuses = (int) BusBlock::mostBuses;

    explicit PluginProcessor (Workspace::Options options = Workspace::currentOptions());
    ~PluginProcessor() override;

    void processorLayoutsChanged() override; // no block is being processed
    void prepareToPlay (double sampleRate, int maximumBlock) override;
    void releaseResources() override;
    void processBlock (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi) override;
    void processBlockBypassed (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi) override;
    using juce::AudioProcessor::processBlock;
    using juce::AudioProcessor::processBlockBypassed;
    bool isBusesLayoutSupported (const BusesLayout& layouts) const override;

    /** Tells the host what has changed, and follows its tempo and parameters; called by a timer. Message thread. */
    void poll();

    /** The host's bars and beats; empty: it has said nothing of them. */
    std::optional<HostMusic> music() const;

    juce::AudioProcessorEditor* createEditor() override;
    bool hasEditor() const override;

    const juce::String getName() const override { return "TableRead"; }
    bool acceptsMidi() const override { return wrapperType != wrapperType_LV2; } // CMakeLists.txt says why
    bool producesMidi() const override { return false; }
    double getTailLengthSeconds() const override { return 0.0; }
    juce::AudioProcessorParameter* getBypassParameter() const override { return bypass; }

    int getNumPrograms() override { return 1; }
    int getCurrentProgram() override { return 0; }
    void setCurrentProgram (int) override {}
    const juce::String getProgramName (int) override { return "Default"; }
    void changeProgramName (int, const juce::String&) override {}

    void getStateInformation (juce::MemoryBlock& destination) override;
    void setStateInformation (const void* data, int size) override;

private:
    std::atomic<bool> hasUserEdit { false };

public:
    Workspace workspace;
    Transport transport;
    const std::shared_ptr<HostLink> link = std::make_shared<HostLink>();

private:
    struct Moment
    {
        HostSamples position;
        bool isPlaying = false;
    };

    bool canAddBus (bool isInput) const override { return ! isInput && busesToAdd > 0; }
    bool canApplyBusCountChange (bool isInput, bool isAdding, BusProperties& added) override;
    void timerCallback() override { poll(); }
    void process (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi, bool isBypassed);
    Moment hostMoment (int samples) noexcept;
    void speak (juce::AudioBuffer<float>& audio, const Moment& now, bool isBypassed);
    void noteTempo (const juce::AudioPlayHead::PositionInfo& host, HostSamples position) noexcept;
    void followTempo();
    void followParameters();
    bool hasProgress();
    void tellProgress();
    void tellProgressInBlock();
    void read (juce::AudioBuffer<float>& audio, const PlaybackPlan& plan) noexcept;
    void addAudition (juce::AudioBuffer<float>& audio, bool isBypassed) noexcept;
    void endBounce();

    juce::AudioParameterBool* bypass = nullptr; // null in LV2, which has its own
    juce::AudioParameterChoice* wait = nullptr;
    juce::AudioParameterFloat* rendered = nullptr;

    /** Of a bus, in the buffer of all. */
    struct BusChannels
    {
        int first = 0, count = 0;
    };

    std::array<BusChannels, speakerBuses + 1> busChannels {};
    int busCount = 0;
    int busesToAdd = 0;        // while it is made: the host cannot add any
    Moment following;          // the next block, if the host says nothing; the audio thread's
    float toldFraction = 1.0f; // likewise, to an LV2's host
    TempoCell tempo;
    std::mutex mutex; // guards everything below; not for the audio thread in real time
    TempoCell::Tempo followed;
    project::HostSettings shown; // of the project, as the parameters have them
};
} // namespace tableread::plugin
