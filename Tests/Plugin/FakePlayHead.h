// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <juce_audio_processors/juce_audio_processors.h>

namespace tableread::test
{
/** A host's transport that a test sets by hand. */
class FakePlayHead : public juce::AudioPlayHead
{
public:
    juce::Optional<PositionInfo> getPosition() const override
    {
        if (isSilent)
            return {};
        PositionInfo info;
        if (hasSamples)
            info.setTimeInSamples (sample);
        info.setTimeInSeconds ((double) sample / rate);
        info.setIsPlaying (isPlaying);
        info.setBpm (bpm);
        info.setPpqPosition ((double) sample / rate * bpm / 60.0);
        info.setTimeSignature (TimeSignature { 4, 4 });
        return info;
    }

    juce::int64 sample = 0;
    double rate = 48'000.0, bpm = 120.0;
    bool isPlaying = true;
    bool hasSamples = true;
    bool isSilent = false; // says nothing at all
};

/** Plays `plugin` from `from` to `to` in blocks and returns its left channel; the right one must be the same. */
inline std::vector<float> play (juce::AudioProcessor& plugin, FakePlayHead& head, std::int64_t from,
                                std::int64_t to, int block)
{
    std::vector<float> heard;
    bool sidesDiffer = false;
    juce::MidiBuffer midi;
    for (auto at = from; at < to; at += block)
    {
        const auto count = (int) std::min<std::int64_t> (block, to - at);
        juce::AudioBuffer<float> audio (juce::jmax (2, plugin.getTotalNumOutputChannels()), count);
        for (int channel = 0; channel < audio.getNumChannels(); ++channel) // the old content must not remain
            juce::FloatVectorOperations::fill (audio.getWritePointer (channel), 0.77f, count);
        head.sample = at;
        plugin.processBlock (audio, midi);
        heard.insert (heard.end(), audio.getReadPointer (0), audio.getReadPointer (0) + count);
        const auto* left = audio.getReadPointer (0);
        sidesDiffer = sidesDiffer || ! std::equal (left, left + count, audio.getReadPointer (1));
    }
    if (sidesDiffer)
        heard.clear();
    return heard;
}
} // namespace tableread::test
