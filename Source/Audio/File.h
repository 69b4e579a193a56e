// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "Audio/ChannelStatistics.h"
#include "Core/Error.h"

struct sf_private_tag;

namespace tableread
{
/** A sound file that is read from start to end, one block at a time, with its channels averaged to one. libsndfile
    decodes it, from bytes whose chunk sizes have been checked (Audio/Chunks.h), read through Audio/FileBytes.h. */
class AudioFile
{
public:
    /** @returns NotFound, InvalidInput or Io with the file's name in the message. */
    [[nodiscard]] static Result<AudioFile> open (const std::filesystem::path& file);
    ~AudioFile();
    AudioFile (AudioFile&& other) noexcept;
    AudioFile& operator= (AudioFile&&) = delete;

    int sampleRateHz() const { return rateHz; }
    int channels() const { return channelCount; }

    /** What the header says; 0 if it does not know, and an estimate in an MP3 file. */
    double promisedSeconds() const;

    /** Fills `mono` with the next block; empty at the end and where a truncated file stops. */
    void read (std::vector<float>& mono);

    /** Begins again, with this channel alone instead of the average of all. */
    [[nodiscard]] Result<void> restart (int channel);

    /** After reading to the end: Io if the drive failed, or if the file changed meanwhile. */
    [[nodiscard]] Result<void> checkRead() const;

    /** Of what read() has delivered since the start. */
    const ChannelStatistics& statistics() const { return *channelStatistics; }

    /** The header gave no size for the samples, because the recording was not ended properly. */
    bool wasNeverClosed() const;

    /** After reading to the end: the seconds that the header promised but the file lacks; rounding is ignored. */
    double missingSeconds() const;

private:
    struct Input;
    struct Deleter
    {
        void operator() (sf_private_tag* open) const;
    };

    explicit AudioFile (std::unique_ptr<Input> source);
    Result<void> start();

    std::unique_ptr<Input> input; // outlives the handle
    std::unique_ptr<sf_private_tag, Deleter> handle;
    int rateHz = 0, channelCount = 0;
    std::optional<int> onlyChannel;
    std::int64_t promisedFrames = 0, readFrames = 0;
    std::optional<ChannelStatistics> channelStatistics;
    std::vector<float> interleaved;
};
} // namespace tableread
