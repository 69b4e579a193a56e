// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "Audio/Format.h"

namespace tableread
{
/** The header of a WAV with so many bytes of samples; both sizes are 0xFFFFFFFF if that is not known or too much, as
    players and OpenAI's clients expect of a stream. Mono; 16-bit integer or 32-bit float samples. */
std::string wavHeader (SampleType samples, std::int64_t sampleRateHz,
                       std::optional<std::size_t> dataBytes = {});
} // namespace tableread
