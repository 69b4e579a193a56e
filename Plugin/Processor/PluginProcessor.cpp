// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/PluginProcessor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "Editor/PluginEditor.h"
#include "Processor/Display.h"

namespace tableread::plugin
{
namespace
{
constexpr int polledHz = 10;

/** Tells the stage at once, since the thread that polls may be blocked while a host bounces. */
class WaitChoice : public juce::AudioParameterChoice
{
public:
    explicit WaitChoice (playback::Stage& played)
        : AudioParameterChoice (juce::ParameterID { "wait", 1 }, "Wait for render",
                                { "Auto", "Always", "Never" }, 0)
        , stage (played)
    {}

private:
    void valueChanged (int index) override { stage.setWaitMode ((playback::WaitMode) index); }

    playback::Stage& stage;
};

std::unique_ptr<juce::AudioParameterFloat> progressParameter()
{
    using Category = juce::AudioProcessorParameter;
    return std::make_unique<juce::AudioParameterFloat> (
        juce::ParameterID { HostLink::meterId, 1 }, "Rendered", juce::NormalisableRange<float> (0.0f, 1.0f),
        1.0f,
        juce::AudioParameterFloatAttributes().withAutomatable (false).withCategory (Category::otherMeter));
}

bool isOneOrTwo (const juce::AudioChannelSet& channels)
{
    return channels == juce::AudioChannelSet::mono() || channels == juce::AudioChannelSet::stereo();
}

/** JUCE's LV2 wrapper and Ardour switch all buses on; on an audio track or a bus Ardour's panner then lets nothing through. */
bool offersSpeakerBuses (juce::AudioProcessor::WrapperType wrapper)
{
    return wrapper != juce::AudioProcessor::wrapperType_LV2 && ! juce::PluginHostType().isArdour();
}
} // namespace

PluginProcessor::PluginProcessor (Workspace::Options options)
    : AudioProcessor (BusesProperties().withOutput ("Speech", juce::AudioChannelSet::stereo(), true))
    , workspace (std::move (options))
{
    workspace.onUserEdit = [this] { hasUserEdit = true; };
    addParameter (wait = new WaitChoice (workspace.player().stage()));
    addParameter (rendered = progressParameter().release());
    if (wrapperType != wrapperType_LV2)
        addParameter (bypass =
                          new juce::AudioParameterBool (juce::ParameterID { "bypass", 1 }, "Bypass", false));
    if (offersSpeakerBuses (wrapperType))
        for (busesToAdd = speakerBuses; busesToAdd > 0; --busesToAdd)
            addBus (false);
    startTimerHz (polledHz);
}

PluginProcessor::~PluginProcessor()
{
    stopTimer();
}

bool PluginProcessor::canApplyBusCountChange (bool isInput, bool isAdding, BusProperties& added)
{
    if (isInput || ! isAdding || busesToAdd == 0)
        return false;
    added = { "Speaker " + juce::String (speakerBuses - busesToAdd + 1), juce::AudioChannelSet::mono(),
              false };
    return true;
}

void PluginProcessor::prepareToPlay (double sampleRate, int)
{
    following = {};
    processorLayoutsChanged();
    transport.setRate (sampleRate);
    endBounce();
    workspace.player().stage().setHostRate (sampleRate);
    workspace.player().stage().settle();
    workspace.audition().setHostRate (sampleRate);
}

void PluginProcessor::releaseResources()
{
    endBounce();
    workspace.audition().stop();
}

/** No block is being processed. */
void PluginProcessor::endBounce()
{
    workspace.player().stage().planFor ({ transport.current().sample, 0, false, false });
}

bool PluginProcessor::isBusesLayoutSupported (const BusesLayout& layouts) const
{
    for (int bus = 1; bus < layouts.outputBuses.size(); ++bus)
        if (const auto& channels = layouts.outputBuses.getReference (bus);
            ! channels.isDisabled() && ! isOneOrTwo (channels))
            return false;
    return isOneOrTwo (layouts.getMainOutputChannelSet());
}

PluginProcessor::Moment PluginProcessor::hostMoment (int samples) noexcept
{
    const auto* host = getPlayHead();
    const auto position = host != nullptr ? host->getPosition() : juce::nullopt;
    Moment now;
    if (position && position->getTimeInSamples())
        now = { { *position->getTimeInSamples() }, position->getIsPlaying() };
    else if (position && position->getTimeInSeconds())
        now = { { std::llround (*position->getTimeInSeconds() * getSampleRate()) },
                position->getIsPlaying() };
    else if (wrapperType == wrapperType_LV2)
        now = following; // LV2 hosts report their position when it changes, not in each block
    if (const auto exact = link->position())
        now.position.value = *exact;
    if (position)
        noteTempo (*position, now.position);
    following = { { now.position.value + (now.isPlaying ? samples : 0) }, now.isPlaying };
    return now;
}

void PluginProcessor::noteTempo (const juce::AudioPlayHead::PositionInfo& host, HostSamples position) noexcept
{
    constexpr double secondsPerMinute = 60.0;
    const auto quartersAMinute = host.getBpm().orFallback (0.0),
               quarters = host.getPpqPosition().orFallback (0.0);
    if (! (quartersAMinute > 0.0) || ! host.getPpqPosition() || getSampleRate() <= 0.0)
        return;
    const auto seconds = (double) position.value / getSampleRate();
    TempoCell::Tempo now { quartersAMinute, seconds - quarters * secondsPerMinute / quartersAMinute };
    if (const auto signature = host.getTimeSignature();
        signature && signature->numerator > 0 && signature->denominator > 0)
    {
        now.beatsPerBar = signature->numerator;
        now.beatUnit = signature->denominator;
    }
    tempo.set (now);
}

std::optional<HostMusic> PluginProcessor::music() const
{
    const auto now = tempo.get();
    if (! now)
        return {};
    return HostMusic { .beat = { .seconds = now->origin, .quarters = 0.0 },
                       .tempo = now->quartersAMinute,
                       .beatsPerBar = now->beatsPerBar,
                       .beatUnit = now->beatUnit };
}

void PluginProcessor::processBlock (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi)
{
    process (audio, midi, bypass != nullptr && bypass->get());
}

void PluginProcessor::processBlockBypassed (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi)
{
    process (audio, midi, true);
}

/** While it is bypassed, too, the transport is followed. */
void PluginProcessor::process (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi, bool isBypassed)
{
    const juce::ScopedNoDenormals noDenormals;
    midi.clear();
    const auto count = audio.getNumSamples();
    if (wrapperType == wrapperType_LV2)
        tellProgressInBlock();
    if (wrapperType != wrapperType_Standalone)
    {
        const auto now = hostMoment (count);
        transport.show ({ now.position, now.isPlaying });
        return speak (audio, now, isBypassed);
    }
    for (int done = 0; done < count;) // more than one where a loop begins again
    {
        const auto piece = transport.advance (count - done);
        juce::AudioBuffer<float> part (audio.getArrayOfWritePointers(), audio.getNumChannels(), done,
                                       (int) piece.count);
        speak (part, { piece.sample, piece.isPlaying }, isBypassed);
        done += part.getNumSamples();
    }
}

void PluginProcessor::speak (juce::AudioBuffer<float>& audio, const Moment& now, bool isBypassed)
{
    const bool isHeard = now.isPlaying && audio.getNumChannels() > 0 && ! isBypassed;
    const bool isOffline = isNonRealtime();
    const bool mayWait = isOffline || wait->getIndex() == (int) playback::WaitMode::Always;
    if (isHeard && mayWait) // the message thread may be waiting for the end of the bounce
    {
        followTempo();
        if (! workspace.isSettled())
            workspace.settle();
    }
    const auto& plan = workspace.player().stage().planFor (
        { now.position, (std::size_t) audio.getNumSamples(), isHeard, isOffline });
    if (isHeard)
        read (audio, plan);
    else
        audio.clear();
    addAudition (audio, isBypassed);
}

void PluginProcessor::addAudition (juce::AudioBuffer<float>& audio, bool isBypassed) noexcept
{
    auto& audition = workspace.audition();
    if (isBypassed)
        return audition.refuse (Audition::Refusal::Bypassed);
    if (isNonRealtime() || workspace.player().stage().isInBounce())
        return audition.refuse (Audition::Refusal::Bouncing);
    std::array<float*, 2> channels {}; // of the main bus
    const auto count =
        std::min ({ getMainBusNumOutputChannels(), audio.getNumChannels(), (int) channels.size() });
    for (int channel = 0; channel < count; ++channel)
        channels[(std::size_t) channel] = audio.getWritePointer (channel);
    audition.mix (std::span (channels).first ((std::size_t) count), (std::size_t) audio.getNumSamples());
}

/** Speech is mono: all channels of a bus are the same. */
void PluginProcessor::read (juce::AudioBuffer<float>& audio, const PlaybackPlan& plan) noexcept
{
    const auto count = audio.getNumSamples();
    BusBlock block { { audio.getWritePointer (0), (std::size_t) count } };
    for (int bus = 1; bus < busCount; ++bus)
        if (const auto [first, channels] = busChannels[(std::size_t) bus]; channels > 0)
            block.buses[(std::size_t) bus - 1] = audio.getWritePointer (first);
    workspace.player().stage().read (plan, block);
    for (int bus = 0; bus < busCount; ++bus)
        for (int channel = 1; channel < busChannels[(std::size_t) bus].count; ++channel)
        {
            const auto first = busChannels[(std::size_t) bus].first;
            audio.copyFrom (first + channel, 0, audio, first, 0, count);
        }
}

/** JUCE looks through all buses for each of these, which took two thirds of a block's time. */
void PluginProcessor::processorLayoutsChanged()
{
    busCount = std::min (getBusCount (false), speakerBuses + 1);
    for (int bus = 0; bus < busCount; ++bus)
        busChannels[(std::size_t) bus] = { getChannelIndexInProcessBlockBuffer (false, bus, 0),
                                           getChannelCountOfBus (false, bus) };
}

void PluginProcessor::poll()
{
    if (hasUserEdit.exchange (false))
        updateHostDisplay (ChangeDetails().withNonParameterStateChanged (true));
    followTempo();
    followParameters();
    if (hasProgress())
        tellProgress();
}

bool PluginProcessor::hasProgress()
{
    constexpr float visible = 0.005f;
    const auto fraction = (float) workspace.player().stage().view()->fraction(),
               shownFraction = rendered->get();
    return std::abs (fraction - shownFraction) >= visible || (fraction == 1.0f && shownFraction != 1.0f);
}

/** A host hears of it with the next block: JUCE's VST3 wrapper would pass a change on as an edit by the user (performEdit), for
    which hosts mark the session as changed, and the LV2 wrapper stops listening on whatever thread unloads it. */
void PluginProcessor::tellProgress()
{
    const auto fraction = (float) workspace.player().stage().view()->fraction();
    link->setMeter (fraction);
    if (wrapperType != wrapperType_LV2)
        static_cast<juce::AudioProcessorParameter*> (rendered)->setValue (fraction); // a VST3's layer tells
}

/** JUCE does not tell an LV2's host what it has told last, although the host may have set another value since: then the nearest
    one comes first. */
void PluginProcessor::tellProgressInBlock()
{
    const auto now = link->meter(), nearest = std::nextafter (now, 0.5f), shownFraction = rendered->get();
    if (shownFraction == now)
        return;
    const bool isToldAlready = std::exchange (toldFraction, now) == now && shownFraction != nearest;
    *rendered = isToldAlready ? nearest : now;
}

void PluginProcessor::followTempo()
{
    const std::lock_guard lock (mutex);
    const auto now = tempo.get();
    if (! now || ! now->isOther (followed))
        return;
    followed = *now;
    workspace.player().setBeat (now->quartersAMinute, { now->origin, 0.0 });
}

/** What is a parameter and stands in the project: the one that has changed decides. */
void PluginProcessor::followParameters()
{
    const std::lock_guard lock (mutex);
    const auto stored = workspace.document()->settings.host;
    auto now = stored;
    now.wait = (project::RenderWait) wait->getIndex();
    if (bypass != nullptr)
        now.isBypassed = bypass->get();
    if (now.wait == shown.wait && now.isBypassed == shown.isBypassed) // then the project may have another one
    {
        if (stored.wait != now.wait)
            *wait = (int) stored.wait;
        if (bypass != nullptr && stored.isBypassed != now.isBypassed)
            *bypass = stored.isBypassed;
        shown = stored;
        return;
    }
    workspace.project().setHost (now);
    shown = now;
}

juce::AudioProcessorEditor* PluginProcessor::createEditor()
{
    return new PluginEditor (*this);
}

/** An LV2's files are written where there may be no display, and its hosts bring a window of their own. */
bool PluginProcessor::hasEditor() const
{
    return wrapperType == wrapperType_LV2 || hasDisplay();
}

void PluginProcessor::getStateInformation (juce::MemoryBlock& destination)
{
    followParameters();
    const auto text = workspace.save();
    destination.replaceAll (text->data(), text->size());
}

void PluginProcessor::setStateInformation (const void* data, int size)
{
    followParameters(); // else what the host has set just before would be newer than the state
    workspace.load ({ static_cast<const char*> (data), (std::size_t) std::max (size, 0) });
    followParameters();
}
} // namespace tableread::plugin
