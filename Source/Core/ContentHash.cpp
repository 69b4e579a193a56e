// SPDX-License-Identifier: Apache-2.0
#include "Core/ContentHash.h"

#include <bit>
#include <cstdio>

#include <xxhash.h>

namespace tableread
{
static_assert (std::endian::native == std::endian::little, "the hash is of little-endian samples");

std::string contentHash (std::span<const float> samples)
{
    const auto hash = XXH3_128bits (samples.data(), samples.size_bytes());
    char text[33];
    std::snprintf (text, sizeof text, "%016llx%016llx", (unsigned long long) hash.high64,
                   (unsigned long long) hash.low64);
    return text;
}
} // namespace tableread
