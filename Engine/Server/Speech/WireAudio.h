// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "EngineLink/Protocol.h"

namespace tableread::engine
{
/** The header of a WAV with so many bytes of samples; both sizes are 0xFFFFFFFF if that is not known or too much, as
    players and OpenAI's clients expect of a stream. Mono; 16-bit integer or 32-bit float samples. */
std::string wavHeader (protocol::SampleFormat format, std::int64_t sampleRateHz,
                       std::optional<std::size_t> dataBytes = {});

/** Appends samples in wire format, little-endian. Int16: rounded to the nearest of 32767 steps, clamped.
    Float32: the exact bits. */
void appendSamples (std::string& bytes, std::span<const float> samples, protocol::SampleFormat format);
} // namespace tableread::engine
