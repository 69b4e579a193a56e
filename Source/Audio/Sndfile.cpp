// SPDX-License-Identifier: Apache-2.0
#include "Audio/Sndfile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <sndfile.h>

namespace tableread
{
namespace
{
std::int16_t toInt16 (float sample)
{
    const float audible = std::isnan (sample) ? 0.0f : std::clamp (sample, -1.0f, 1.0f);
    return (std::int16_t) std::lround (audible * 32767.0f);
}
} // namespace

int sndfileFormat (const AudioFormat& format)
{
    switch (format.container)
    {
        case Container::Flac:
            return SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
        case Container::Ogg:
            return SF_FORMAT_OGG | SF_FORMAT_VORBIS;
        case Container::Opus:
            return SF_FORMAT_OGG | SF_FORMAT_OPUS;
        case Container::Mp3:
            return SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
        case Container::Wav:
            break;
    }
    return SF_FORMAT_WAV | (format.samples == SampleType::Int16 ? SF_FORMAT_PCM_16 : SF_FORMAT_FLOAT);
}

std::string trimmedMessage (std::string text)
{
    if (constexpr std::string_view frame = "System error : "; text.starts_with (frame))
        text.erase (0, frame.size());
    while (text.ends_with ('.') || text.ends_with (' '))
        text.pop_back();
    return text;
}

std::int64_t writeSamples (sf_private_tag* handle, SampleType type, std::span<const float> samples)
{
    if (type == SampleType::Float32)
        return sf_write_float (handle, samples.data(), (sf_count_t) samples.size());
    std::array<std::int16_t, 4096> block;
    std::int64_t done = 0;
    while (done < (std::int64_t) samples.size())
    {
        const auto part = samples.subspan ((std::size_t) done,
                                           std::min (block.size(), samples.size() - (std::size_t) done));
        std::transform (part.begin(), part.end(), block.begin(), toInt16);
        const auto written = sf_write_short (handle, block.data(), (sf_count_t) part.size());
        done += written;
        if (written != (std::int64_t) part.size())
            break;
    }
    return done;
}
} // namespace tableread
