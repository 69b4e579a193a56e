// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/WireAudio.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tableread::engine
{
namespace
{
template <int bytes>
void appendLittleEndian (std::string& out, std::uint32_t value)
{
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char> (value >> (8 * i) & 0xffu);
}
} // namespace

std::string wavHeader (protocol::SampleFormat format, std::int64_t sampleRateHz,
                       std::optional<std::size_t> dataBytes)
{
    constexpr std::uint32_t unknown = 0xffffffffu, integerPcm = 1, floatPcm = 3, channels = 1,
                            riffBytes = 36; // of the RIFF chunk without the samples
    const bool isKnown = dataBytes && *dataBytes < unknown - riffBytes;
    const auto data = isKnown ? static_cast<std::uint32_t> (*dataBytes) : unknown;
    const bool isFloat = format == protocol::SampleFormat::Float32;
    const std::uint32_t bytesPerSample = isFloat ? 4 : 2;
    const auto rate = static_cast<std::uint32_t> (sampleRateHz);

    std::string header = "RIFF";
    appendLittleEndian<4> (header, isKnown ? riffBytes + data : unknown);
    header += "WAVEfmt ";
    appendLittleEndian<4> (header, 16);
    appendLittleEndian<2> (header, isFloat ? floatPcm : integerPcm);
    appendLittleEndian<2> (header, channels);
    appendLittleEndian<4> (header, rate);
    appendLittleEndian<4> (header, rate * bytesPerSample * channels);
    appendLittleEndian<2> (header, bytesPerSample * channels);
    appendLittleEndian<2> (header, 8 * bytesPerSample);
    header += "data";
    appendLittleEndian<4> (header, data);
    return header;
}

void appendSamples (std::string& bytes, std::span<const float> samples, protocol::SampleFormat format)
{
    constexpr float fullScale = 32767.0f;
    for (const float sample : samples)
        if (format == protocol::SampleFormat::Float32)
            appendLittleEndian<4> (bytes, std::bit_cast<std::uint32_t> (sample));
        else
        {
            const float audible = std::isnan (sample) ? 0.0f : std::clamp (sample, -1.0f, 1.0f);
            appendLittleEndian<2> (bytes, static_cast<std::uint32_t> (std::lround (audible * fullScale)));
        }
}
} // namespace tableread::engine
