// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <filesystem>
#include <numbers>
#include <stdexcept>
#include <vector>

#include <sndfile.h>

namespace tableread::test
{
/** The content of a sound file, channels interleaved. */
struct Sound
{
    std::vector<float> samples;
    int sampleRateHz = 24'000, channels = 1, format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
};

inline void writeSound (const std::filesystem::path& file, const Sound& sound)
{
    SF_INFO info {};
    info.samplerate = sound.sampleRateHz;
    info.channels = sound.channels;
    info.format = sound.format;
    auto* handle = sf_open (file.c_str(), SFM_WRITE, &info);
    if (handle == nullptr)
        throw std::runtime_error (sf_strerror (nullptr));
    sf_write_float (handle, sound.samples.data(), (sf_count_t) sound.samples.size());
    sf_close (handle);
}

inline Sound readSound (const std::filesystem::path& file)
{
    SF_INFO info {};
    auto* handle = sf_open (file.c_str(), SFM_READ, &info);
    if (handle == nullptr)
        throw std::runtime_error (sf_strerror (nullptr));
    Sound sound { {}, info.samplerate, info.channels, info.format };
    std::array<float, 4096> block; // a stream does not tell how many there are
    for (sf_count_t count = 1; count > 0;)
    {
        count = sf_read_float (handle, block.data(),
                               (sf_count_t) (block.size() / (std::size_t) info.channels) * info.channels);
        sound.samples.insert (sound.samples.end(), block.begin(), block.begin() + count);
    }
    sf_close (handle);
    return sound;
}

/** A sine of `hz`, `seconds` long, the same on each channel. */
inline Sound sine (double hz, double seconds, int sampleRateHz = 24'000, int channels = 1,
                   double amplitude = 0.5)
{
    Sound sound;
    sound.sampleRateHz = sampleRateHz;
    sound.channels = channels;
    for (int i = 0; i < (int) std::lround (seconds * sampleRateHz); ++i)
        sound.samples.insert (sound.samples.end(), (std::size_t) channels,
                              (float) (amplitude * std::sin (2 * std::numbers::pi * hz * i / sampleRateHz)));
    return sound;
}
} // namespace tableread::test
