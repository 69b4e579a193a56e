// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace tableread::engine
{
/** The purpose of a stream of random numbers: streams of different domains never overlap. */
enum class NoiseDomain : std::uint32_t
{
    Diffusion = 0, // keyed by the take's seed, one stream per frame
    Voice = 1      // keyed by the voice's audio, one stream per frame
};

/** Philox 4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): four words of
    random bits from a counter and a key, the same on any machine and in any order. */
std::array<std::uint32_t, 4> philox (std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/** Fills `out` with N(0, 1) by Box-Muller. Element i depends only on key, domain, stream and i:
    counter (i / 4, stream low, stream high, domain), two normals from each pair of words. */
void normals (std::uint64_t key, NoiseDomain domain, std::uint64_t stream, std::span<float> out);
} // namespace tableread::engine
