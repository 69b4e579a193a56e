// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "Core/Error.h"
#include "EngineLink/Protocol.h"

namespace tableread::engine
{
/** Turns samples into the bytes of an answer while they are made: all at the end, if a whole file is wanted. The same
    samples in any division give the same bytes, and a stream decodes to those of the whole file (Audio/Encoder.h).
    Threads: one at a time. */
class SpeechEncoder
{
public:
    struct Format
    {
        protocol::Container container = protocol::Container::Pcm;
        protocol::SampleFormat samples = protocol::SampleFormat::Int16;
        std::int64_t sampleRateHz = 24'000;
        bool isWhole = false;
        std::uint32_t oggNumber = 1; // streams that a client joins need different ones
    };

    /** The format is compressed: a second of speech takes milliseconds. */
    static bool isCostly (const Format& format);

    /** @returns Unsupported for a rate that the format does not have. */
    [[nodiscard]] static Result<std::unique_ptr<SpeechEncoder>> make (const Format& format);
    virtual ~SpeechEncoder() = default;

    virtual const char* contentType() const = 0;

    /** Appends the bytes that are ready: the header first. @throws Exception if the encoder fails. */
    virtual void append (std::span<const float> samples, std::string& bytes) = 0;

    /** Appends what is left, after the last sample. @throws likewise. */
    virtual void end (std::string& bytes) = 0;

    /** How many bytes it keeps. */
    virtual std::size_t held() const = 0;
};
} // namespace tableread::engine
