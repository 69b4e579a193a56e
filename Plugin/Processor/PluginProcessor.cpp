// SPDX-License-Identifier: GPL-3.0-or-later
#include "Processor/PluginProcessor.h"

#include <cmath>

#include "Editor/PluginEditor.h"

namespace tableread::plugin
{
PluginProcessor::PluginProcessor()
    : AudioProcessor (BusesProperties().withOutput ("Speech", juce::AudioChannelSet::stereo(), true))
{}

void PluginProcessor::prepareToPlay (double sampleRate, int)
{
    following = {};
    transport.setRate (sampleRate);
    session.performance().setHostRate (sampleRate);
}

bool PluginProcessor::isBusesLayoutSupported (const BusesLayout& layouts) const
{
    const auto out = layouts.getMainOutputChannelSet();
    return out == juce::AudioChannelSet::mono() || out == juce::AudioChannelSet::stereo();
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
    if (const auto exact = clock->now())
        now.position.value = *exact;
    following = { { now.position.value + (now.isPlaying ? samples : 0) }, now.isPlaying };
    return now;
}

void PluginProcessor::processBlock (juce::AudioBuffer<float>& audio, juce::MidiBuffer& midi)
{
    const juce::ScopedNoDenormals noDenormals;
    midi.clear();
    const auto count = audio.getNumSamples();

    Moment now;
    if (wrapperType == wrapperType_Standalone)
    {
        const auto own = transport.advance (count);
        now = { own.sample, own.isPlaying };
    }
    else
    {
        now = hostMoment (count);
        transport.show ({ now.position, now.isPlaying });
    }
    if (! now.isPlaying || audio.getNumChannels() == 0)
    {
        audio.clear();
        return;
    }

    auto& performance = session.performance();
    const auto samples = (std::size_t) count;
    const auto& plan = isNonRealtime() ? performance.waitFor (now.position, samples) : performance.plan();
    const auto missing = reader.read (plan, now.position, { { audio.getWritePointer (0), samples } });
    transport.missed.fetch_add ((std::int64_t) missing, std::memory_order_relaxed);
    for (int channel = 1; channel < audio.getNumChannels(); ++channel)
        audio.copyFrom (channel, 0, audio, 0, 0, count);
}

juce::AudioProcessorEditor* PluginProcessor::createEditor()
{
    return new PluginEditor (*this);
}

void PluginProcessor::getStateInformation (juce::MemoryBlock& destination)
{
    const auto text = session.save();
    destination.replaceAll (text.data(), text.size());
}

void PluginProcessor::setStateInformation (const void* data, int size)
{
    session.load ({ static_cast<const char*> (data), (std::size_t) std::max (size, 0) });
}
} // namespace tableread::plugin
