// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Core/Error.h"
#include "Voice/Loudness.h"

namespace tableread
{
/** A reference recording as the model wants it. */
struct VoiceClip
{
    std::string name;
    std::vector<float> samples;     // mono, 24 kHz, normalised
    std::string hash;               // of the samples: the same audio has the same hash, whatever its file
    std::vector<std::string> notes; // sentences for the user: what may make the voice worse

    double seconds() const;
};

/** Reads a recording: any format that libsndfile knows (WAV, FLAC, OGG, MP3 …), 4 to 768 kHz, any number of channels,
    half a second to ten minutes. Channels are averaged, then resampled (soxr, high quality), then normalised.

    Memory    by what the file really holds and never by what its header claims; ten minutes take 60 MB.
    @returns InvalidInput or Io with the voice's name as `where`: no audio, too short or long, silent, not numbers. */
[[nodiscard]] Result<VoiceClip> readVoice (const std::filesystem::path& file, const std::string& name,
                                           const LoudnessTarget& target = {});
} // namespace tableread
