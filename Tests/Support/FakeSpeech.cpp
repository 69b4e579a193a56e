// SPDX-License-Identifier: Apache-2.0
#include "Support/FakeSpeech.h"

#include <cmath>
#include <numbers>

namespace tableread::test
{
namespace
{
void addTone (std::vector<float>& speech, double hertz, std::size_t frames)
{
    const auto count = frames * fakeFrameSamples;
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto phase = 2.0 * std::numbers::pi * hertz * (double) i / 24'000.0;
        const auto swell = std::sin (std::numbers::pi * (double) i / (double) count);
        speech.push_back ((float) (0.3 * swell * (std::sin (phase) + 0.3 * std::sin (3.0 * phase))));
    }
}
} // namespace

std::vector<float> fakeSpeech (const protocol::SpeechRequest& request)
{
    std::vector<float> speech;
    for (const auto& line : request.lines)
    {
        double hertz = 150.0 + 40.0 * line.speaker + (double) (request.seed % 97);
        if (! request.voices.empty())
            for (const char letter : request.voices[(std::size_t) line.speaker].name)
                hertz += (double) (letter % 16);
        unsigned int text = 0;
        for (const char letter : line.text)
            text = text * 31 + (unsigned char) letter;
        hertz += text % 61;
        addTone (speech, hertz, 2 + line.text.size() / 8);
    }
    if (request.lines.empty())
        addTone (speech, 150.0, 2 + request.input.size() / 8);
    return speech;
}
} // namespace tableread::test
