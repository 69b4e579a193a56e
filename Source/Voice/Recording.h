// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Core/Error.h"

namespace tableread
{
/** What a file of sound holds, before it is made a voice. */
struct Recording
{
    std::vector<float> samples; // mono, 24 kHz, at the file's own level; may hold numbers that are not finite
    std::vector<std::string> notes; // sentences that begin with the file's name

    static constexpr double mostSeconds = 600.0;
};

/** Decodes a file in this process: whatever libsndfile reads, channels averaged, resampled by soxr in high quality.
    Of a stereo recording with a silent or an inverted side, the louder side is used.
    @param mostSeconds  a longer one is refused, by its header if that tells, without reading the rest
    @returns NotFound, InvalidInput or Io with the file's name in the message. */
[[nodiscard]] Result<Recording> readRecording (const std::filesystem::path& file,
                                               double mostSeconds = Recording::mostSeconds);

/** A recording, or why there is none, as bytes for another process. */
std::string toBytes (const Result<Recording>& recording);

/** The reverse. Believes nothing: sizes, kinds of errors and the lengths of sentences are checked.
    @returns Internal with an empty message if the bytes are not what toBytes() writes. */
[[nodiscard]] Result<Recording> fromBytes (std::string_view bytes);

/** The most that toBytes() writes. */
inline constexpr std::size_t mostRecordingBytes = 64'000'000;
} // namespace tableread
