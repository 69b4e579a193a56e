// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "EngineLink/Protocol.h"

namespace tableread::engine
{
/** Turns samples into the bytes of an answer while they are made. Threads: one at a time. */
class SpeechEncoder
{
public:
    struct Format
    {
        protocol::Container container = protocol::Container::Pcm;
        protocol::SampleFormat samples = protocol::SampleFormat::Int16;
        std::int64_t sampleRateHz = 24'000;
    };

    static std::unique_ptr<SpeechEncoder> make (const Format& format);
    virtual ~SpeechEncoder() = default;

    virtual const char* contentType() const = 0;

    /** Appends the bytes that are ready: the header first. */
    virtual void append (std::span<const float> samples, std::string& bytes) = 0;

    /** Appends what is left, after the last sample. */
    virtual void end (std::string& bytes) = 0;
};
} // namespace tableread::engine
