// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "Core/Units.h"
#include "Timeline/Hole.h"
#include "Timeline/HostAudio.h"

namespace tableread
{
/** One passage on the timeline, in host samples. */
struct Placement
{
    enum class State : std::uint8_t
    {
        Whole,   // all of its speech is there
        Growing, // or waiting for it: what is there is heard
        Broken   // some of its speech is missing, and will not come
    };

    std::uint64_t line = 0;
    HostSamples start = {},
                end = {}; // of its speech; unless it is Whole, as far as that is known or estimated
    std::shared_ptr<const HostAudio> audio = {}; // null: nothing is there
    State state = State::Whole;
    std::int64_t heard = 0; // of a broken one: how many samples sound
    float gain = 1.0f;      // 0: it is not heard, and nothing waits for its speech
    int bus = 0;            // 1 to BusBlock::mostBuses; 0: main alone

    bool isSettled = true;      // `start` stays; else …
    HostSamples earliest = {};  // … it will not be before this, and …
    std::uint64_t waitsFor = 0; // … this line's length is missing
};

/** What an offline bounce waits for. */
struct Wait
{
    enum class For : std::uint8_t
    {
        Speech, // of the line itself
        Length  // of the line, for the place of one behind it
    };

    For what = For::Speech;
    std::uint64_t line = 0; // which has to be rendered, or given up
    HostSamples from;       // all before this can be read
};

/** Which take plays when on the host's timeline. The plan is immutable, but the takes in it may still grow. Takes that
    overlap are summed in the order of their starts, then of the placements, so a sample depends on neither the block's size
    nor the threads. PlanReader reads it.

    Offline   only what was whole or broken when the plan was made is read: see waiting(). Whole lines are untouched.
    Threads   all queries: any thread, wait-free, also on the audio thread, except holes(), which allocates.
    Memory    owns its takes, so it must not be destroyed on the audio thread: see PlanExchange.
*/
class PlaybackPlan
{
public:
    static constexpr double growthSeconds =
        10.0; // how far a take may outgrow its placement until the next plan

    /** An empty plan is silence. */
    PlaybackPlan() = default;

    /** playsSlate: each broken placement is a tone of a second, 1 kHz at -20 dBFS, in place of what there is of it. */
    PlaybackPlan (std::vector<Placement> placements, double hostRateHz, bool playsSlate = false);

    /** Fills `out` with the main bus from `position` on; what is missing fades: see PlanReader.
        @returns how many samples of speech were missing. */
    std::size_t read (HostSamples position, std::span<float> out) const noexcept;

    /** How many samples of speech within the `count` from `position` on are not there, or are played as a slate. */
    std::size_t missing (HostSamples position, std::size_t count) const noexcept;

    /** The same as places, in the order of their positions. Allocates. */
    std::vector<Hole> holes (HostSamples position, std::size_t count) const;

    /** What has to come before the `count` samples from `position` on can be read offline; nothing: read on. */
    std::optional<Wait> waiting (HostSamples position, std::size_t count) const noexcept;

    /** Where the last speech ends, as far as is known or estimated. */
    HostSamples end() const noexcept { return { latestEnd }; }

    /** No take will grow, and no place will change. */
    bool isComplete() const noexcept { return growing == 0; }

    /** In the order in which they are summed. */
    const std::vector<Placement>& placements() const noexcept { return takes; }

    /** What of a placement can be heard now. */
    struct Sounding
    {
        std::int64_t until = 0; // position behind the last sample that is there
        std::int64_t missingUntil =
            0; // as far as one knows speech is missing up to here; at most `until`: none is
        std::int64_t openUntil = 0; // but there may be some up to here
        bool isSlate = false;
    };
    Sounding soundingNow (const Placement& placement) const noexcept;

    std::span<const float> slate() const noexcept
    {
        return tone != nullptr ? std::span<const float> (*tone) : std::span<const float>();
    }

    /** Calls visit (placement) for each that may sound from `from` up to `to`, in the order of summation. The time it takes
        grows with their number, and with the logarithm of the number of all. */
    template <typename Visit>
    void forEach (std::int64_t from, std::int64_t to, Visit&& visit) const
    {
        visitRange (0, takes.size(), { from, to }, visit);
    }

    /** Positions from `from` up to but without `to`. */
    struct Span
    {
        std::int64_t from = 0, to = 0;
    };

    /** No host gets further than where this cuts off: half a million years. */
    static Span boundsOf (HostSamples position, std::size_t count) noexcept;

private:
    /** The middle of a range is the root of a tree of intervals, and the halves beside it are its subtrees. */
    static std::size_t middle (std::size_t first, std::size_t last) { return first + (last - first) / 2; }

    template <typename Visit>
    void visitRange (std::size_t first, std::size_t last, Span span, Visit& visit) const
    {
        if (first == last)
            return;
        const auto root = middle (first, last);
        if (reach[root] <= span.from)
            return;
        visitRange (first, root, span, visit);
        if (takes[root].start.value >= span.to)
            return;
        if (reachOf (takes[root]) > span.from)
            visit (takes[root]);
        visitRange (root + 1, last, span, visit);
    }

    std::int64_t reachOf (const Placement& placement) const noexcept;
    std::int64_t indexRange (std::size_t first, std::size_t last);
    void summarise();

    std::vector<Placement> takes;
    std::vector<std::int64_t> reach;                // where the last sound of each subtree ends
    std::shared_ptr<const std::vector<float>> tone; // null: no slate
    std::int64_t growthRoom = 0;
    std::int64_t latestEnd = 0;
    std::size_t growing = 0;
    std::optional<Wait> wait; // the first
};
} // namespace tableread
