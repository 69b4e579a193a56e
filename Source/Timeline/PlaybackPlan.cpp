// SPDX-License-Identifier: Apache-2.0
#include "Timeline/PlaybackPlan.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "Timeline/PlanReader.h"
#include "Timeline/Slate.h"

namespace tableread
{
using State = Placement::State;

PlaybackPlan::PlaybackPlan (std::vector<Placement> placements, double hostRateHz, bool playsSlate)
    : takes (std::move (placements))
    , reach (takes.size())
    , growthRoom (std::llround (growthSeconds * hostRateHz))
{
    std::stable_sort (takes.begin(), takes.end(),
                      [] (const Placement& a, const Placement& b) { return a.start < b.start; });
    const bool isBroken = std::any_of (takes.begin(), takes.end(),
                                       [] (const Placement& take) { return take.state == State::Broken; });
    if (playsSlate && isBroken)
        tone = std::make_shared<const std::vector<float>> (makeSlate (hostRateHz));
    indexRange (0, takes.size());
    summarise();
}

void PlaybackPlan::summarise()
{
    for (const auto& take : takes)
    {
        latestEnd = std::max (latestEnd, take.end.value);
        if (take.state == State::Growing)
            ++growing;
        if (take.gain == 0.0f || (take.isSettled && take.state != State::Growing))
            continue;
        const Wait found = take.isSettled ? Wait { Wait::For::Speech, take.line, take.start }
                                          : Wait { Wait::For::Length, take.waitsFor, take.earliest };
        if (! wait || found.from < wait->from)
            wait = found;
    }
}

std::int64_t PlaybackPlan::reachOf (const Placement& placement) const noexcept
{
    switch (placement.state)
    {
        case State::Growing:
            return placement.end.value + growthRoom;
        case State::Broken:
            return std::max (placement.end.value, placement.start.value + (std::int64_t) slate().size());
        case State::Whole:
            break;
    }
    return placement.end.value;
}

std::int64_t PlaybackPlan::indexRange (std::size_t first, std::size_t last)
{
    if (first == last)
        return std::numeric_limits<std::int64_t>::min();
    const auto root = middle (first, last);
    reach[root] = std::max ({ indexRange (first, root), reachOf (takes[root]), indexRange (root + 1, last) });
    return reach[root];
}

PlaybackPlan::Sounding PlaybackPlan::soundingNow (const Placement& placement) const noexcept
{
    const auto start = placement.start.value, end = placement.end.value;
    if (placement.state == State::Whole)
        return { end, end, end, false };
    if (placement.state == State::Broken)
        return { tone != nullptr ? start : std::min (start + placement.heard, end), end, end,
                 tone != nullptr };

    // Asked first: then rendered() has all of it.
    const bool isWhole = placement.audio != nullptr && placement.audio->isComplete();
    const auto rendered = placement.audio != nullptr ? placement.audio->rendered() : 0;
    const auto most = reachOf (placement), until = std::min (start + rendered, most);
    if (isWhole)
        return { until, until, until, false };
    return { until, rendered > 0 ? most : end, most, false };
}

PlaybackPlan::Span PlaybackPlan::boundsOf (HostSamples position, std::size_t count) noexcept
{
    constexpr auto furthest = std::int64_t { 1 } << 61;
    const auto from = std::clamp (position.value, -furthest, furthest);
    return { from, from + (std::int64_t) count };
}

std::size_t PlaybackPlan::read (HostSamples position, std::span<float> out) const noexcept
{
    return PlanReader().read (*this, position, { out });
}

std::size_t PlaybackPlan::missing (HostSamples position, std::size_t count) const noexcept
{
    const auto [from, to] = boundsOf (position, count);
    std::int64_t lacking = 0;
    forEach (from, to, [&, first = from, last = to] (const Placement& take) {
        const auto now = soundingNow (take);
        if (take.gain != 0.0f)
            lacking += std::max<std::int64_t> (
                std::min (now.missingUntil, last) - std::max ({ now.until, take.start.value, first }), 0);
    });
    return (std::size_t) lacking;
}

std::vector<Hole> PlaybackPlan::holes (HostSamples position, std::size_t count) const
{
    const auto [from, to] = boundsOf (position, count);
    std::vector<Hole> found;
    forEach (from, to, [&, first = from, last = to] (const Placement& take) {
        const auto now = soundingNow (take);
        const auto begin = std::max ({ now.until, take.start.value, first }),
                   end = std::min (now.missingUntil, last);
        if (take.gain != 0.0f && begin < end)
            found.push_back ({ take.line, { begin }, begin - take.start.value, end - begin });
    });
    std::stable_sort (found.begin(), found.end(),
                      [] (const Hole& a, const Hole& b) { return a.position < b.position; });
    return found;
}

std::optional<Wait> PlaybackPlan::waiting (HostSamples position, std::size_t count) const noexcept
{
    const auto to = boundsOf (position, count).to;
    return wait && wait->from.value < to ? wait : std::nullopt;
}
} // namespace tableread
