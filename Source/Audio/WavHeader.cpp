// SPDX-License-Identifier: Apache-2.0
#include "Audio/WavHeader.h"

#include "Audio/ChunkWalk.h"

namespace tableread
{
namespace
{
std::string littleEndian (std::uint64_t number, std::size_t bytes)
{
    return fourBytes (number, false).substr (0, bytes);
}
} // namespace

std::string wavHeader (SampleType samples, std::int64_t sampleRateHz, std::optional<std::size_t> dataBytes)
{
    constexpr std::uint64_t unknown = 0xffffffffu, integerPcm = 1, floatPcm = 3, channels = 1,
                            formatBytes = 16,
                            riffBytes = 36; // of the RIFF chunk without the samples
    const bool isKnown = dataBytes && *dataBytes < unknown - riffBytes;
    const auto data = isKnown ? *dataBytes : unknown;
    const bool isFloat = samples == SampleType::Float32;
    const std::uint64_t bytesPerSample = isFloat ? 4 : 2;
    const auto rate = static_cast<std::uint64_t> (sampleRateHz);

    std::string header = "RIFF";
    header += littleEndian (isKnown ? riffBytes + data : unknown, 4);
    header += "WAVEfmt ";
    header += littleEndian (formatBytes, 4);
    header += littleEndian (isFloat ? floatPcm : integerPcm, 2);
    header += littleEndian (channels, 2);
    header += littleEndian (rate, 4);
    header += littleEndian (rate * bytesPerSample * channels, 4);
    header += littleEndian (bytesPerSample * channels, 2);
    header += littleEndian (8 * bytesPerSample, 2);
    header += "data";
    header += littleEndian (data, 4);
    return header;
}
} // namespace tableread
