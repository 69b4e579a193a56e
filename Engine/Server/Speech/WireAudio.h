// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "EngineLink/Protocol.h"

namespace tableread::engine
{
/** Appends samples in wire format, little-endian. Int16: rounded to the nearest of 32767 steps, clamped.
    Float32: the exact bits. */
void appendSamples (std::string& bytes, std::span<const float> samples, protocol::SampleFormat format);
} // namespace tableread::engine
