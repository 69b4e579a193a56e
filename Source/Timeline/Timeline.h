// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "Core/Units.h"
#include "Timeline/PlaybackPlan.h"

namespace tableread
{
/** One passage's take, and the silence between the end of the previous take (or the timeline's start) and its own
    first sample. */
struct TimelineEntry
{
    std::shared_ptr<HostAudio> audio;
    ModelSamples gapBefore;
};

/** Places the entries one after the other from 0 on, up to and including the first that is still growing: what
    follows it has no position yet. Positions are summed in the model's samples and rounded to the host's only at the
    end, so the same takes are at the same time at every host rate.
    The plan is closed if all entries are placed and none is growing. */
PlaybackPlan buildPlan (std::span<const TimelineEntry> entries, double hostRateHz);
} // namespace tableread
