// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tableread
{
/** What is noticed about a recording's channels while it is read. */
class ChannelStatistics
{
public:
    explicit ChannelStatistics (int channelCount);

    /** Whole frames, channels interleaved. */
    void add (std::span<const float> interleaved);

    /** Why the average of a stereo recording's sides would be worse than the louder one alone. */
    enum class SideFault
    {
        None,
        Silent,  // below -60 dB of full scale, and 20 dB or more below the other
        Inverted // the sides' correlation is below -0.5
    };
    SideFault sideFault() const;
    int louderSide() const; // 0 or 1

    /** Of all samples, those in a row at full scale: tops that were cut off. */
    double clippedFraction() const;

private:
    double variance (std::size_t side) const;

    std::size_t channels;
    std::int64_t frames = 0, clipped = 0;
    std::array<double, 2> sum {}, squares {}; // of a stereo recording's sides
    double products = 0;
    std::vector<float> last; // of each channel
};
} // namespace tableread
