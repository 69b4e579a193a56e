// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "EngineLink/Protocol.h"

namespace tableread::engine
{
/** The header of a WAV stream of unknown length: both sizes are 0xFFFFFFFF, as players and OpenAI's clients
    expect. Mono; 16-bit integer or 32-bit float samples. */
std::string streamingWavHeader (protocol::SampleFormat format, std::int64_t sampleRateHz);

/** Appends samples in wire format, little-endian. Int16: rounded to the nearest of 32767 steps, clamped.
    Float32: the exact bits. */
void appendSamples (std::string& bytes, std::span<const float> samples, protocol::SampleFormat format);
} // namespace tableread::engine
