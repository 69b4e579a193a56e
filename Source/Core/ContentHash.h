// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace tableread
{
/** XXH3-128 of the samples' bytes (little-endian float32) as 32 hexadecimal digits: the same audio has the same hash,
    from any file. */
std::string contentHash (std::span<const float> samples);
} // namespace tableread
