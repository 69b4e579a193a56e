// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "Core/Error.h"

struct sf_private_tag;

namespace tableread
{
/** A sound file that is read from its start to its end, a block at a time, its channels averaged to one. */
class AudioFile
{
public:
    /** @returns NotFound, InvalidInput or Io, the file's name in the message. */
    [[nodiscard]] static Result<AudioFile> open (const std::filesystem::path& file);

    int sampleRateHz() const { return rateHz; }
    int channels() const { return channelCount; }

    /** Fills `mono` with the next block; it is empty at the end, and where the file breaks off. */
    void read (std::vector<float>& mono);

    /** After reading to the end: seconds that the header promised and the file did not have; rounding is not told. */
    double missingSeconds() const;

private:
    AudioFile() = default;

    struct Deleter
    {
        void operator() (sf_private_tag* open) const;
    };
    std::unique_ptr<sf_private_tag, Deleter> handle;
    int rateHz = 0, channelCount = 0;
    std::int64_t promisedFrames = 0, readFrames = 0;
    std::vector<float> interleaved;
};
} // namespace tableread
