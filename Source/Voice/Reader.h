// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Core/Error.h"
#include "Voice/Loudness.h"
#include "Voice/ReaderProcess.h"

namespace tableread
{
/** A reference recording as the model needs it. */
struct VoiceClip
{
    std::string name;
    std::vector<float> samples; // mono, 24 kHz, normalised
    std::string hash;           // of the samples: the same audio has the same hash in any file format
    std::vector<std::string>
        notes; // sentences for the user about what was mended and what may impair the voice

    double seconds() const;
};

/** What its length may impair: " is 2 s long; 3 s or more give a better likeness."; empty: nothing. */
std::string remarkOnLength (double seconds);

/** Reads a recording: any format that libsndfile knows (WAV, FLAC, OGG, MP3 …), 4 to 768 kHz, any number of channels,
    half a second to ten minutes. Channels are averaged, then resampled (soxr, high quality), then normalised. What is
    certainly wrong is mended, with a note: Voice/Recording.h and Voice/Cleanup.h say what.

    Memory    grows with what the file really holds, not with what its header claims; ten minutes take 120 MB.
    @param process  where it is decoded; by default in the caller's process, where a decoder may hang, and where
                    libmpg123 writes what it thinks of an MP3 file to standard error
    @returns InvalidInput or Io with the voice's name as `where`: no audio, too short or long, silent, not finite; and
             what readInProcess() returns. */
[[nodiscard]] Result<VoiceClip> readVoice (const std::filesystem::path& file, const std::string& name,
                                           const LoudnessTarget& target = {},
                                           const ReaderProcess& process = {});
} // namespace tableread
