// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Snap.h"

#include <algorithm>
#include <cmath>

#include "Core/Units.h"
#include "Editor/Timeline/Model/Ticks.h"

namespace tableread::plugin
{
namespace
{
constexpr double frameSeconds = 3200.0 / (double) modelSampleRateHz; // of the released models
constexpr double leastNudge = 0.01;
} // namespace

SnapPlace SnapGrid::nearest (double seconds) const
{
    if (step <= 0.0)
        return { seconds };
    if (mode != SnapMode::Beats)
        return { std::round (seconds / step) * step };
    const auto quarters = std::round (music.quartersAt (seconds) / step) * step;
    return { music.secondsAt (quarters), quarters };
}

double SnapGrid::stepSeconds() const
{
    return std::max (leastNudge,
                     mode == SnapMode::Beats ? music.secondsAt (step) - music.secondsAt (0.0) : step);
}

SnapGrid snapGridOf (SnapMode mode, const TimelineScale& scale, const HostMusic& music)
{
    switch (mode)
    {
        case SnapMode::Off:
        case SnapMode::Clips:
            break;
        case SnapMode::Frames:
            return { mode, frameSeconds, music };
        case SnapMode::Seconds:
            return { mode, stepsOfSeconds (scale).small, music };
        case SnapMode::Beats:
            return { mode, stepsOfQuarters (scale, music).small, music };
    }
    return { mode, 0.0, music };
}

std::optional<double> caughtByEdge (double start, double length, std::span<const double> edges, double reach)
{
    std::optional<double> caught;
    for (const auto offset : { 0.0, length })
    {
        const auto after = std::lower_bound (edges.begin(), edges.end(), start + offset);
        for (auto edge = after == edges.begin() ? after : std::prev (after);
             edge != edges.end() && edge <= after; ++edge)
            if (const auto distance = std::abs (*edge - offset - start); distance <= reach)
            {
                reach = distance;
                caught = *edge - offset;
            }
    }
    return caught;
}
} // namespace tableread::plugin
