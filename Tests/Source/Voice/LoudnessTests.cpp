// SPDX-License-Identifier: Apache-2.0
#include "Voice/Loudness.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

using namespace tableread;

TEST_CASE ("Loudness is the root mean square in dB of full scale", "[source][voice]")
{
    CHECK (loudnessDbFs (std::vector<float> (100, -1.0f)) == Approx (0.0));
    CHECK (loudnessDbFs (std::vector<float> (100, 0.1f)) == Approx (-20.0));
    CHECK (loudnessDbFs (std::vector<float> { 1, -1, 0, 0 }) == Approx (-3.0103));
    CHECK (std::isinf (loudnessDbFs (std::vector<float> (100, 0.0f))));
    CHECK (std::isinf (loudnessDbFs ({})));
}

TEST_CASE ("normalizeLoudness brings speech to the target", "[source][voice]")
{
    const float level = GENERATE (0.001f, 0.05f, 0.9f, 300.0f);
    CAPTURE (level);
    std::vector<float> samples (1000);
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = level * (i % 2 == 0 ? 1.0f : -0.5f);

    normalizeLoudness (samples);
    CHECK (loudnessDbFs (samples) ==
           Approx (-25.0).margin (0.02)); // eps in the divisor: 1e-6 / 0.0008 is 0.01 dB
    normalizeLoudness (samples, { -20.0, 1e-6 });
    CHECK (loudnessDbFs (samples) == Approx (-20.0).margin (0.001));
}

TEST_CASE ("normalizeLoudness lowers what would peak above full scale", "[source][voice]")
{
    std::vector<float> samples (10'000, 0.0f);
    samples[7] = -0.5f; // alone, it would have to be 5.6 for -25 dB
    normalizeLoudness (samples);

    CHECK (samples[7] == Approx (-1.0).margin (1e-6));
    CHECK (std::abs (samples[7]) <= 1.0f);
}

TEST_CASE ("normalizeLoudness gives the original's values", "[source][voice]")
{
    // numpy: x * 10 ** (-25 / 20) / (sqrt (mean (x ** 2)) + 1e-6)
    std::vector<float> samples { 0.1f, -0.2f, 0.3f, -0.4f };
    normalizeLoudness (samples);
    CHECK (samples[0] == Approx (0.02053373).epsilon (1e-6));
    CHECK (samples[3] == Approx (-0.08213491).epsilon (1e-6));
}

TEST_CASE ("normalizeLoudness leaves silence silent", "[source][voice]")
{
    std::vector<float> samples (100, 0.0f);
    normalizeLoudness (samples);
    CHECK (std::all_of (samples.begin(), samples.end(), [] (float x) { return x == 0.0f; }));
    normalizeLoudness ({});
}
