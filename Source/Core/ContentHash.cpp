// SPDX-License-Identifier: Apache-2.0
#include "Core/ContentHash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>
#include <functional>
#include <random>

#include <xxhash.h>

namespace tableread
{
static_assert (std::endian::native == std::endian::little, "the hash is of little-endian samples");

std::string hashOfBytes (std::span<const std::byte> bytes)
{
    const auto hash = XXH3_128bits (bytes.data(), bytes.size());
    char text[33];
    std::snprintf (text, sizeof text, "%016llx%016llx", (unsigned long long) hash.high64,
                   (unsigned long long) hash.low64);
    return text;
}

std::string contentHash (std::span<const float> samples)
{
    return hashOfBytes (std::as_bytes (samples));
}

std::string randomHash()
{
    std::random_device random;
    std::array<std::random_device::result_type, 4> drawn {};
    std::generate (drawn.begin(), drawn.end(), std::ref (random));
    return hashOfBytes (std::as_bytes (std::span (drawn)));
}

bool isContentHash (std::string_view text)
{
    constexpr std::size_t digits = 32;
    return text.size() == digits && text.find_first_not_of ("0123456789abcdef") == std::string_view::npos;
}
} // namespace tableread
