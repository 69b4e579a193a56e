// SPDX-License-Identifier: Apache-2.0
#include "Audio/Resampler.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <catch2/catch.hpp>

#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
std::vector<float> resample (const std::vector<float>& input, double from, double to,
                             std::size_t blockSamples, ResamplerQuality quality = ResamplerQuality::High)
{
    Resampler resampler (from, to, quality);
    std::vector<float> output;
    for (std::size_t at = 0; at < input.size(); at += blockSamples)
        resampler.process (std::span (input).subspan (at, std::min (blockSamples, input.size() - at)),
                           output);
    resampler.finish (output);
    return output;
}
} // namespace

// In addition, white noise at 8, 22.05, 44.1, 48, 96 and 192 kHz was compared with Python's soxr 1.1 at quality HQ,
// which the original's reader uses: equal within 2e-6.
TEST_CASE ("Resampler keeps pitch, level and position", "[source][voice]")
{
    const int from = GENERATE (8'000, 16'000, 22'050, 24'000, 44'100, 48'000, 96'000, 192'000, 44'101);
    CAPTURE (from);
    const auto input = sine (440.0, 1.0, from).samples;
    const auto [quality, tolerance] =
        GENERATE (table<ResamplerQuality, double> ({ { ResamplerQuality::High, 2e-5 },         // 20 bits
                                                     { ResamplerQuality::VeryHigh, 2e-6 } })); // float32's
    const auto output = resample (input, from, 24'000, 4096, quality);

    REQUIRE (output.size() == 24'000);
    double worst = 0;
    for (std::size_t i = 2'000; i < 22'000;
         ++i) // away from the edges, where the sine begins and ends abruptly
        worst = std::max (worst, std::abs (output[i] - 0.5 * std::sin (2 * std::numbers::pi * 440.0 *
                                                                       (double) i / 24'000)));
    CHECK (worst < tolerance);
}

TEST_CASE ("Resampler keeps nearly all that the lower rate can hold", "[source][voice]")
{
    const auto output = resample (sine (10'500.0, 0.5, 48'000).samples, 48'000, 24'000, 4096);
    CHECK (*std::max_element (output.begin() + 2'000, output.end() - 2'000) == Approx (0.5).margin (0.002));
}

TEST_CASE ("Resampler removes what the lower rate cannot hold", "[source][voice]")
{
    const auto output = resample (sine (15'000.0, 0.5, 48'000).samples, 48'000, 24'000, 4096);
    CHECK (*std::max_element (output.begin() + 2'000, output.end() - 2'000) < 1e-4f);
}

TEST_CASE ("At very high quality a resampler leaves less than float32's rounding", "[source][voice]")
{
    const auto output =
        resample (sine (13'000.0, 0.5, 48'000).samples, 48'000, 24'000, 4096, ResamplerQuality::VeryHigh);
    const auto loudest = *std::max_element (output.begin() + 2'000, output.end() - 2'000);
    CHECK (loudest < 3e-8f); // 2^-25, half a step at the sine's 0.5; here 1e-8, and 1.2e-7 at high quality
}

TEST_CASE ("Resampler gives the same samples for any block sizes", "[source][voice]")
{
    const auto input = sine (440.0, 0.3, 44'100).samples;
    const auto blockSamples = GENERATE (std::size_t (1), 7, 1'000, 50'000);
    CHECK (resample (input, 44'100, 24'000, blockSamples) == resample (input, 44'100, 24'000, 512));
}

TEST_CASE ("Resampler gives as many samples as the duration needs, rounded up", "[source][voice]")
{
    for (const std::size_t count : { 0U, 1U, 2U, 3U, 100U, 44'099U, 44'100U, 44'101U })
        CHECK (resample (std::vector<float> (count, 0.1f), 44'100, 24'000, 333).size() ==
               (std::size_t) std::ceil ((double) count * 24'000 / 44'100));
}
