// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tableread::test
{
/** What the session program renders: 24 bits, which FLAC holds, for even seeds. */
inline std::vector<float> samplesOfSession (std::uint64_t seed)
{
    constexpr std::size_t count = 5'000;
    constexpr float steps = 8'388'608.0f;
    std::vector<float> samples (count);
    for (std::size_t i = 0; i < count; ++i)
    {
        samples[i] = 0.7f * std::sin ((float) (i + 1) * 0.01f + (float) seed);
        if (seed % 2 == 0)
            samples[i] = std::floor (samples[i] * steps) / steps + 0.0f; // + 0: no negative zero
    }
    return samples;
}
} // namespace tableread::test
