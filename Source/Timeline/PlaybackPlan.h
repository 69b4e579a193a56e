// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "Core/Units.h"
#include "Timeline/HostAudio.h"

namespace tableread
{
/** One take on the timeline, in host samples. */
struct Placement
{
    HostSamples start;
    std::shared_ptr<const HostAudio> audio;
};

/** Which take plays when on the host's timeline. The plan is immutable, but the takes in it may still grow.

    A placement plays until it ends or the next one starts. Only the last may still be growing, since where a take
    starts depends on the length of those before it. An open plan is one that more takes will follow.
    Threads   read() and the queries of positions: any thread, wait-free, also on the audio thread.
    Memory    owns its takes, so it must not be destroyed on the audio thread: see PlanExchange.
*/
class PlaybackPlan
{
public:
    enum class End
    {
        Open,  // more takes will follow the last one
        Closed // nothing follows: after the last take there is silence
    };

    /** An empty plan is silence. */
    PlaybackPlan() = default;

    /** @param placements in the order of their starts. */
    PlaybackPlan (std::vector<Placement> placements, End end);

    /** Fills `out` with the audio from `position` on; positions before 0 are silence.
        @returns how many samples of `out` are silent only because their speech is not yet rendered. */
    std::size_t read (HostSamples position, std::span<float> out) const noexcept;

    /** How many of the `count` samples from `position` on are not yet available to read(). */
    std::size_t missing (HostSamples position, std::size_t count) const noexcept;

    /** Where the speech that is known so far ends. */
    HostSamples end() const noexcept;

    /** Nothing will be added: every take has ended, and no other follows. */
    bool isComplete() const noexcept;

    const std::vector<Placement>& placements() const noexcept { return takes; }

private:
    std::vector<Placement> takes;
    End kind = End::Closed;
};
} // namespace tableread
