// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace tableread
{
/** XXH3-128 of the samples' bytes (little-endian float32) as 32 hexadecimal digits: the same audio has the same hash,
    whatever file it came from. */
std::string contentHash (std::span<const float> samples);
} // namespace tableread
