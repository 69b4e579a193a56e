// SPDX-License-Identifier: Apache-2.0
#include "Network/Sampler/Philox.h"

#include <cmath>
#include <numbers>

namespace tableread::engine
{
std::array<std::uint32_t, 4> philox (std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key)
{
    constexpr std::uint64_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57;
    for (int round = 0; round < 10; ++round)
    {
        const auto a = multiplier0 * counter[0], b = multiplier1 * counter[2];
        counter = { (std::uint32_t) (b >> 32) ^ counter[1] ^ key[0], (std::uint32_t) b,
                    (std::uint32_t) (a >> 32) ^ counter[3] ^ key[1], (std::uint32_t) a };
        key[0] += 0x9E3779B9;
        key[1] += 0xBB67AE85;
    }
    return counter;
}

void normals (std::uint64_t key, NoiseDomain domain, std::uint64_t stream, std::span<float> out)
{
    // Computed in double, so that libraries that differ in the last bit of a float's logarithm give the same noise.
    const auto uniform = [] (std::uint32_t word) { return ((double) word + 0.5) * 0x1p-32; };
    for (std::size_t i = 0; i < out.size(); i += 4)
    {
        const auto words = philox ({ (std::uint32_t) (i / 4), (std::uint32_t) stream,
                                     (std::uint32_t) (stream >> 32), (std::uint32_t) domain },
                                   { (std::uint32_t) key, (std::uint32_t) (key >> 32) });
        for (std::size_t pair = 0; pair < 2; ++pair)
        {
            const double radius = std::sqrt (-2.0 * std::log (uniform (words[2 * pair])));
            const double angle = 2.0 * std::numbers::pi * uniform (words[2 * pair + 1]);
            if (i + 2 * pair < out.size())
                out[i + 2 * pair] = (float) (radius * std::cos (angle));
            if (i + 2 * pair + 1 < out.size())
                out[i + 2 * pair + 1] = (float) (radius * std::sin (angle));
        }
    }
}
} // namespace tableread::engine
