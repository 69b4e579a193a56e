// SPDX-License-Identifier: Apache-2.0
#include "Timeline/Timeline.h"

namespace tableread
{
PlaybackPlan buildPlan (std::span<const TimelineEntry> entries, double hostRateHz)
{
    std::vector<Placement> placements;
    ModelSamples position;
    for (const auto& entry : entries)
    {
        position += entry.gapBefore;
        placements.push_back ({ toHost (position, hostRateHz), entry.audio });
        if (! entry.audio->isComplete())
            return { std::move (placements), PlaybackPlan::End::Open };
        position += { entry.audio->take().audio().rendered() };
    }
    return { std::move (placements), PlaybackPlan::End::Closed };
}
} // namespace tableread
