// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "Core/Error.h"
#include "Core/Units.h"

namespace tableread
{
enum class Container
{
    Wav,
    Flac,
    Ogg, // Vorbis
    Opus,
    Mp3
};

enum class SampleType
{
    Int16,  // rounded to the nearest of 32767 steps, clamped; NaN becomes silence
    Float32 // unchanged; WAV only
};

/** How speech is stored in a file. */
struct AudioFormat
{
    Container container = Container::Wav;
    SampleType samples = SampleType::Int16;
};

/** What a WAV says of itself to an editor that puts it on a timeline: the chunk "bext" of a Broadcast Wave file (EBU Tech 3285).
    Its originator is TableRead. */
struct BroadcastNote
{
    std::string description {}; // UTF-8; 256 bytes at most are written, cut between two characters
    std::int64_t timeReference =
        0; // where the first sample is, in samples at the file's rate; before 0 it is 0
    std::chrono::sys_seconds made =
        std::chrono::floor<std::chrono::seconds> (std::chrono::system_clock::now());
};

/** What a file's name asks for: .wav, .flac, .ogg, .opus or .mp3, in any case. A pipe or a device may have another
    ending or none: it gets WAV then.
    @returns InvalidInput for another ending, for floats in a format that has none, and for a rate that the format does not
             have. */
[[nodiscard]] Result<AudioFormat> formatOf (const std::filesystem::path& file, SampleType samples,
                                            std::int64_t sampleRateHz = modelSampleRateHz);

/** Whether a format has a rate. */
bool hasRate (Container container, std::int64_t sampleRateHz);

/** ".flac" and so on. */
const char* extensionOf (Container container);
} // namespace tableread
