// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace tableread
{
/** The model's fixed rate. The checkpoint decides the number of samples in a frame (3200 in the released ones). */
inline constexpr std::int64_t modelSampleRateHz = 24'000;

/** Positions and durations that must not be mixed: each rate has its own type. */
template <typename Tag>
struct Count
{
    std::int64_t value = 0;

    constexpr auto operator<=> (const Count&) const = default;
    constexpr Count operator+ (Count other) const { return { value + other.value }; }
    constexpr Count operator- (Count other) const { return { value - other.value }; }
    constexpr Count& operator+= (Count other)
    {
        value += other.value;
        return *this;
    }
};

using ModelSamples = Count<struct ModelSamplesTag>; // at 24 000 Hz
using HostSamples = Count<struct HostSamplesTag>;   // at the host's rate
using ModelFrames = Count<struct ModelFramesTag>;   // one step of the model

constexpr ModelSamples modelSamplesOf (int milliseconds)
{
    static_assert (modelSampleRateHz % 1000 == 0, "milliseconds are whole numbers of samples");
    return { milliseconds * (modelSampleRateHz / 1000) };
}
} // namespace tableread
