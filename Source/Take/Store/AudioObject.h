// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"

namespace tableread
{
/** How samples lie in a file. Either gives the float32 samples back bit for bit. */
enum class AudioForm
{
    Flac, // 24 bits: where each sample is one of these 2^24 numbers
    Wav   // 32-bit float: everything else, and so nearly all that an engine has computed
};

/** A take's samples in a file: mono, 24 000 Hz. */
struct AudioObject
{
    static constexpr std::int64_t mostSamples = std::int64_t { 24'000 } * 60 * 90; // 90 minutes, 518 MB

    std::string hash;         // contentHash() of the samples
    std::int64_t samples = 0; // their number
    AudioForm form = AudioForm::Wav;

    bool operator== (const AudioObject&) const = default;

    static AudioObject of (std::span<const float> samples);
};

/** "flac", "wav": also the endings of the files. */
const char* nameOf (AudioForm form);
[[nodiscard]] Result<AudioForm> audioFormOf (std::string_view name);

/** The size of a file of 32-bit floats. */
std::int64_t bytesOfWav (std::int64_t samples);

/** Writes samples to an empty file. The same samples give the same bytes. @returns 0 or errno. */
int writeAudio (int descriptor, AudioForm form, std::span<const float> samples);

/** Whether a file has as many samples as `object`, unless it does not say. */
bool isOfLength (const std::filesystem::path& file, const AudioObject& object);

/** Reads a file that may hold anything. @returns the samples, if they are those of `object`; NotFound if there is no file; Io
    if it cannot be read; InvalidInput with a part of a sentence if it is damaged. */
[[nodiscard]] Result<std::vector<float>> readAudio (const std::filesystem::path& file,
                                                    const AudioObject& object);
} // namespace tableread
