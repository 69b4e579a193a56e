// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "Core/Error.h"

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

/** What a file's name asks for: .wav, .flac, .ogg, .opus or .mp3, in any case. A device has no such ending: it gets
    WAV. @returns InvalidInput for another ending, and for floats in a format that has none. */
[[nodiscard]] Result<AudioFormat> formatOf (const std::filesystem::path& file, SampleType samples);

/** ".flac" and so on. */
const char* extensionOf (Container container);
} // namespace tableread
