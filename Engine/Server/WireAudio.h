// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "EngineLink/Protocol.h"

namespace tableread::engine
{
/** The header of a WAV stream whose end is not known yet: both sizes are 0xFFFFFFFF, as players and OpenAI's clients
    expect of one. Mono; 16-bit integer or 32-bit float samples. */
std::string streamingWavHeader (protocol::SampleFormat format, std::int64_t sampleRateHz);

/** Appends samples as they go over the wire, little-endian. Int16: rounded to the nearest of 32767 steps, clamped.
    Float32: the very bits. */
void appendSamples (std::string& bytes, std::span<const float> samples, protocol::SampleFormat format);
} // namespace tableread::engine
