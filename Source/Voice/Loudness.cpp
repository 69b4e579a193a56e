// SPDX-License-Identifier: Apache-2.0
#include "Voice/Loudness.h"

#include <algorithm>
#include <cmath>

namespace tableread
{
namespace
{
double rootMeanSquare (std::span<const float> samples)
{
    double sum = 0;
    for (const float sample : samples)
        sum += (double) sample * sample;
    return samples.empty() ? 0.0 : std::sqrt (sum / (double) samples.size());
}

/** Scales the samples. @returns their largest magnitude afterwards. */
double scale (std::span<float> samples, double factor)
{
    double peak = 0;
    for (float& sample : samples)
    {
        sample = (float) (sample * factor);
        peak = std::max (peak, std::abs ((double) sample));
    }
    return peak;
}
} // namespace

void normalizeLoudness (std::span<float> samples, const LoudnessTarget& target)
{
    const double wanted = std::pow (10.0, target.dbFs / 20.0);
    const double peak = scale (samples, wanted / (rootMeanSquare (samples) + target.eps));
    if (peak > 1.0)
        scale (samples, 1.0 / (peak + target.eps));
}

double loudnessDbFs (std::span<const float> samples)
{
    return 20.0 * std::log10 (rootMeanSquare (samples));
}
} // namespace tableread
