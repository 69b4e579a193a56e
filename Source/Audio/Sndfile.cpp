// SPDX-License-Identifier: Apache-2.0
#include "Audio/Sndfile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <ctime>
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

/** As much of it as fits, without a part of a character at its end. */
std::string_view beginningOf (std::string_view text, std::size_t bytes)
{
    if (text.size() <= bytes)
        return text;
    while (bytes > 0 && ((unsigned char) text[bytes] & 0xc0u) == 0x80u)
        --bytes;
    return text.substr (0, bytes);
}

template <std::size_t size>
void fill (char (&field)[size], std::string_view text)
{
    const auto part = beginningOf (text, size);
    std::copy (part.begin(), part.end(), field); // the rest is zero; a full field has no zero at its end
}

/** By the clock on the wall. */
std::string timeText (std::chrono::sys_seconds time, const char* form)
{
    const auto seconds = (std::time_t) time.time_since_epoch().count();
    std::tm parts = {};
    ::localtime_r (&seconds, &parts);
    std::array<char, 16> text {};
    return { text.data(), std::strftime (text.data(), text.size(), form, &parts) };
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

void setBroadcastNote (sf_private_tag* handle, const BroadcastNote& note)
{
    constexpr std::int16_t notMeasured = 0x7fff;
    SF_BROADCAST_INFO info = {};
    const auto reference = (std::uint64_t) std::max<std::int64_t> (note.timeReference, 0);
    fill (info.description, note.description);
    fill (info.originator, "TableRead");
    fill (info.origination_date, timeText (note.made, "%Y-%m-%d"));
    fill (info.origination_time, timeText (note.made, "%H:%M:%S"));
    info.time_reference_low = (std::uint32_t) (reference & 0xffffffffu);
    info.time_reference_high = (std::uint32_t) (reference >> 32u);
    for (auto* const loudness : { &info.loudness_value, &info.loudness_range, &info.max_true_peak_level,
                                  &info.max_momentary_loudness, &info.max_shortterm_loudness })
        *loudness = notMeasured;
    sf_command (handle, SFC_SET_BROADCAST_INFO, &info, sizeof info);
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
