// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "Timeline/Lane.h"
#include "Timeline/Layout.h"
#include "Timeline/PlaybackPlan.h"

namespace tableread
{
/** One passage with its take. */
struct TimelineItem
{
    std::uint64_t line = 0;                   // names it: no other item has it
    std::shared_ptr<HostAudio> audio = {};    // at the rate of the plan; null: no take yet
    ModelSamples estimate = {};               // its length until it is known, and if its take fails
    bool isGivenUp = false;                   // nothing waits for its take, and nothing of it is heard
    bool isWaitedFor = false;                 // until it is given up, also if its take fails
    ModelSamples pauseBefore = {};            // that the script asks for; 0: the gap
    std::optional<double> anchorSeconds = {}; // where it starts; a caller turns beats into seconds
    int firstSpeaker = 0, lastSpeaker = 0;    // numbers that tell speakers apart
    int scene = 0;
    std::size_t lane = 0; // index into Timeline::lanes
};

struct Timeline
{
    std::vector<TimelineItem> items; // in the script's order
    std::vector<Lane> lanes;         // an item without one is heard on the main bus
    Gaps gaps;
    ModelSamples silenceAfter; // the last item
};

/** Where the items are now: see layOut. An item's length is that of its take if that is whole; else the estimate, or more if
    there is more of it. */
std::vector<Place> placesOf (const Timeline& timeline, const std::optional<Playing>& playing = {});

/** Where the last of them ends, with the silence after them; at least 0. */
ModelSamples endOf (const Timeline& timeline, std::span<const Place> places);

struct ArrangeOptions
{
    double hostRateHz = (double) modelSampleRateHz;
    bool playsSlate = false;             // offline: marks what is given up or has failed
    std::optional<Playing> playing = {}; // empty: nothing is held, as for everything offline
};

struct Arrangement
{
    std::vector<Place> places; // of the items, in their order
    PlaybackPlan plan;
    ModelSamples end; // as endOf
};

/** The plan for what there is now. Make another one when a take begins or ends, when it has outgrown its place, and when
    anything else in the timeline changes. */
Arrangement arrange (const Timeline& timeline, const ArrangeOptions& options);
} // namespace tableread
