// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "Audio/Format.h"
#include "Core/Units.h"

namespace tableread
{
/** Turns mono speech into the bytes of a FLAC, Opus (in Ogg) or MP3 file while it is made, in memory.

    Stream     bytes are given away when they are there and never changed any more: a FLAC's header tells neither how long
               it is nor its MD5, which the format allows.
    Whole      all bytes come at the end, and the header tells both.
    Samples    a stream decodes to those of the whole file. So an MP3 has no Xing frame, which could tell only in a whole
               file what a decoder cuts off, and has one rate, so that players know its length without; it is longer by
               the encoder's delay and its last frame. Speech without samples becomes one sample of silence.
    Bytes      the same samples in any division give the same bytes: an Ogg's stream number is chosen here, not by chance.
    Delay      less than 1 200 samples in FLAC, 2 100 in Opus, 2 500 in MP3.

    Threads    one at a time.
*/
class AudioEncoder
{
public:
    struct Options
    {
        Container container = Container::Flac;
        std::int64_t sampleRateHz = modelSampleRateHz;
        bool isWhole = false;
        std::uint32_t oggNumber = 1; // streams that are joined in one file need different ones
    };

    /** @returns Unsupported for another container, and for a rate that the format does not have. */
    [[nodiscard]] static Result<std::unique_ptr<AudioEncoder>> create (const Options& wanted);
    ~AudioEncoder();

    /** Encodes samples and appends the bytes that can be given away. @returns OutOfMemory, or Internal if the encoder
        fails; nothing may follow then. */
    [[nodiscard]] Result<void> append (std::span<const float> samples, std::string& bytes);

    /** Appends what is left, after the last sample. */
    [[nodiscard]] Result<void> end (std::string& bytes);

    /** How many bytes it keeps. */
    std::size_t held() const;

private:
    struct Output;
    AudioEncoder (const Options& wanted, std::unique_ptr<Output> made);
    Result<void> checked (bool hasWorked, const char* message) const;
    void give (std::string& bytes);

    Options options;
    std::unique_ptr<Output> output;
};
} // namespace tableread
