// SPDX-License-Identifier: Apache-2.0
#include "Audio/ChannelStatistics.h"

#include <algorithm>
#include <cmath>

namespace tableread
{
ChannelStatistics::ChannelStatistics (int channelCount)
    : channels ((std::size_t) channelCount)
    , last ((std::size_t) channelCount, 0.0f)
{}

void ChannelStatistics::add (std::span<const float> interleaved)
{
    constexpr float fullScale = 0.992f; // 127 of 128: the most that 8 bits can say
    for (std::size_t i = 0; i < interleaved.size(); ++i)
    {
        auto& before = last[i % channels];
        const float now = interleaved[i];
        clipped += std::min (now, before) >= fullScale || std::max (now, before) <= -fullScale;
        before = now;
    }
    frames += (std::int64_t) (interleaved.size() / channels);
    if (channels != 2)
        return;
    for (std::size_t i = 0; i + 1 < interleaved.size(); i += 2)
    {
        const double left = interleaved[i], right = interleaved[i + 1];
        sum[0] += left;
        sum[1] += right;
        squares[0] += left * left;
        squares[1] += right * right;
        products += left * right;
    }
}

double ChannelStatistics::variance (std::size_t side) const
{
    const auto count = (double) std::max<std::int64_t> (1, frames);
    return std::max (0.0, squares[side] / count - sum[side] / count * (sum[side] / count));
}

int ChannelStatistics::louderSide() const
{
    return variance (1) > variance (0) ? 1 : 0;
}

ChannelStatistics::SideFault ChannelStatistics::sideFault() const
{
    constexpr double silent = 1e-6; // -60 dB of full scale
    constexpr double quieter = 1e-2, inverted = -0.5;
    const double quiet = std::min (variance (0), variance (1)), loud = std::max (variance (0), variance (1));
    if (channels != 2 || ! (loud > 0))
        return SideFault::None;
    if (quiet < silent && quiet < loud * quieter)
        return SideFault::Silent;
    const auto count = (double) std::max<std::int64_t> (1, frames);
    const double covariance = products / count - sum[0] / count * (sum[1] / count);
    return covariance < inverted * std::sqrt (quiet * loud) ? SideFault::Inverted : SideFault::None;
}

double ChannelStatistics::clippedFraction() const
{
    return (double) clipped / (double) std::max<std::int64_t> (1, frames * (std::int64_t) channels);
}
} // namespace tableread
