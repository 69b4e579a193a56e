// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "Timeline/HoleLog.h"
#include "Timeline/PlaybackPlan.h"

namespace tableread
{
/** Where a block goes: mono, each bus as long as `main`, which gets everybody. */
struct BusBlock
{
    static constexpr std::size_t mostBuses = 16;

    std::span<float> main;
    std::array<float*, mostBuses> buses = {}; // of speakers, from bus 1 on; null: nobody listens
};

/** Plays plans block by block. Where speech is missing it is silent, with a fade of 128 samples to and from the silence; a fade
    only touches a line that is not whole, or was not when playing came to it, and counts as missing. All else has the very
    samples of the takes, times the gain, whatever the block's size. Playing from another position begins without a fade.

    Threads   one at a time; wait-free: no lock, no allocation, no system call. Rounding is the standard one, with
              denormals, whatever the host has set for its thread.
*/
class PlanReader
{
public:
    static constexpr int fadeSamples = 128;

    /** @returns how many samples of speech were missing as far as one knows; two lines at once count twice.
        `log`: gets their places, and those of what there may be of takes that are longer than they were estimated. */
    std::size_t read (const PlaybackPlan& plan, HostSamples position, const BusBlock& out,
                      HoleLog* log = nullptr) noexcept;

private:
    static constexpr std::size_t mostFades = 32; // more lines than that at once are cut off hard

    struct Fade
    {
        std::uint64_t line = 0;
        int level = fadeSamples; // of the last sample; `fadeSamples`: full
    };

    class Pass;

    std::array<Fade, mostFades> fades {}; // of lines that are not at full level
    std::size_t fading = 0;
    std::int64_t following = std::numeric_limits<std::int64_t>::min(); // the position behind the last block
};
} // namespace tableread
