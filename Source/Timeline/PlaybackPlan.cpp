// SPDX-License-Identifier: Apache-2.0
#include "Timeline/PlaybackPlan.h"

#include <algorithm>
#include <limits>

namespace tableread
{
PlaybackPlan::PlaybackPlan (std::vector<Placement> placements, End end)
    : takes (std::move (placements))
    , kind (end)
{}

std::size_t PlaybackPlan::read (HostSamples position, std::span<float> out) const noexcept
{
    // Checked before the audio is read: speech that arrives in between is heard, and at worst counted as missing.
    const auto lacking = missing (position, out.size());
    std::fill (out.begin(), out.end(), 0.0f);

    const auto from = position.value;
    const auto to = from + (std::int64_t) out.size();
    auto next =
        std::upper_bound (takes.begin(), takes.end(), from,
                          [] (std::int64_t at, const Placement& take) { return at < take.start.value; });
    if (next != takes.begin())
        --next;
    for (; next != takes.end() && next->start.value < to; ++next)
    {
        const auto following = next + 1 == takes.end() ? to : std::min (to, (next + 1)->start.value);
        const auto first = std::max (from, next->start.value);
        if (first < following)
            next->audio->read (first - next->start.value,
                               out.subspan ((std::size_t) (first - from), (std::size_t) (following - first)));
    }
    return lacking;
}

std::size_t PlaybackPlan::missing (HostSamples position, std::size_t count) const noexcept
{
    if (isComplete())
        return 0;
    const auto known = end().value;
    return (std::size_t) std::clamp<std::int64_t> (position.value + (std::int64_t) count - known, 0,
                                                   (std::int64_t) count);
}

HostSamples PlaybackPlan::end() const noexcept
{
    return takes.empty() ? HostSamples { 0 }
                         : HostSamples { takes.back().start.value + takes.back().audio->rendered() };
}

bool PlaybackPlan::isComplete() const noexcept
{
    return kind == End::Closed && (takes.empty() || takes.back().audio->isComplete());
}
} // namespace tableread
