// SPDX-License-Identifier: Apache-2.0
#include "Timeline/Timeline.h"

#include <algorithm>
#include <cmath>

#include "Timeline/PlanReader.h"

namespace tableread
{
namespace
{
/** What there is of an item at one moment, so that places and placements are of the same. */
struct Snapshot
{
    LayoutItem layout;
    Placement::State state = Placement::State::Growing;
    std::int64_t heard = 0; // host samples
};

Snapshot snapshotOf (const TimelineItem& item)
{
    Snapshot now { .layout = { .line = item.line,
                               .length = item.estimate,
                               .pauseBefore = item.pauseBefore,
                               .anchorSeconds = item.anchorSeconds,
                               .firstSpeaker = item.firstSpeaker,
                               .lastSpeaker = item.lastSpeaker,
                               .scene = item.scene } };
    if (item.isGivenUp) // whatever comes of its take: nothing may move in what is being bounced
    {
        now.layout.isLengthKnown = true;
        now.state = Placement::State::Broken;
        return now;
    }
    if (item.audio == nullptr)
        return now;

    const auto state = item.audio->take().state(); // before its samples
    now.layout.least = { item.audio->take().audio().rendered() };
    now.layout.length =
        state == TakeState::Done ? now.layout.least : std::max (item.estimate, now.layout.least);
    const bool isBroken = ! item.isWaitedFor && (state == TakeState::Failed || state == TakeState::Cancelled);
    now.layout.isLengthKnown = state == TakeState::Done || isBroken;
    if (isBroken)
    {
        now.state = Placement::State::Broken;
        now.heard = item.audio->rendered();
    }
    else if (state == TakeState::Done && item.audio->isComplete())
        now.state = Placement::State::Whole;
    return now;
}

std::vector<Snapshot> snapshotsOf (const Timeline& timeline)
{
    std::vector<Snapshot> all;
    all.reserve (timeline.items.size());
    for (const auto& item : timeline.items)
        all.push_back (snapshotOf (item));
    return all;
}

std::vector<Place> placesOf (const std::vector<Snapshot>& snapshots, const Gaps& gaps,
                             const std::optional<Playing>& playing)
{
    std::vector<LayoutItem> items;
    items.reserve (snapshots.size());
    for (const auto& snapshot : snapshots)
        items.push_back (snapshot.layout);
    return layOut (items, gaps, playing);
}

float factorOf (double gainDb)
{
    constexpr double most = 120.0;
    return std::isfinite (gainDb) ? (float) std::pow (10.0, std::clamp (gainDb, -most, most) / 20.0) : 1.0f;
}

/** The lane of each item, as bus and factor. */
class Lanes
{
public:
    explicit Lanes (const Timeline& timeline) : lanes (timeline.lanes)
    {
        for (const auto& item : timeline.items)
            hasSolo = hasSolo || of (item).isSolo;
    }

    int busOf (const TimelineItem& item) const
    {
        return std::clamp (of (item).bus, 0, (int) BusBlock::mostBuses);
    }

    float gainOf (const TimelineItem& item) const
    {
        const auto& lane = of (item);
        return lane.isMuted || (hasSolo && ! lane.isSolo) ? 0.0f : factorOf (lane.gainDb);
    }

private:
    const Lane& of (const TimelineItem& item) const
    {
        static constexpr Lane none;
        return item.lane < lanes.size() ? lanes[item.lane] : none;
    }

    const std::vector<Lane>& lanes;
    bool hasSolo = false;
};
} // namespace

std::vector<Place> placesOf (const Timeline& timeline, const std::optional<Playing>& playing)
{
    return placesOf (snapshotsOf (timeline), timeline.gaps, playing);
}

ModelSamples endOf (const Timeline& timeline, std::span<const Place> places)
{
    ModelSamples end;
    for (const auto& place : places)
        end = std::max (end, place.end());
    return places.empty() ? end + timeline.silenceAfter
                          : std::max (end, places.back().end() + timeline.silenceAfter);
}

Arrangement arrange (const Timeline& timeline, const ArrangeOptions& options)
{
    const auto snapshots = snapshotsOf (timeline);
    const Lanes lanes (timeline);
    Arrangement made;
    made.places = placesOf (snapshots, timeline.gaps, options.playing);
    made.end = endOf (timeline, made.places);

    const auto hosted = [&] (ModelSamples position) { return toHost (position, options.hostRateHz); };
    std::vector<Placement> placements;
    placements.reserve (snapshots.size());
    for (std::size_t i = 0; i < snapshots.size(); ++i)
    {
        const auto& item = timeline.items[i];
        const auto& place = made.places[i];
        // The end is that of the line in the model's samples, so lines without a gap between them do not overlap.
        placements.push_back ({ .line = item.line,
                                .start = hosted (place.start),
                                .end = hosted (place.end()),
                                .audio = item.audio,
                                .state = snapshots[i].state,
                                .heard = snapshots[i].heard,
                                .gain = lanes.gainOf (item),
                                .bus = lanes.busOf (item),
                                .isSettled = place.isSettled(),
                                .earliest = hosted (place.earliest),
                                .waitsFor = place.isSettled() ? 0 : made.places[place.waitsFor].line });
    }
    made.plan = PlaybackPlan (std::move (placements), options.hostRateHz, options.playsSlate);
    return made;
}
} // namespace tableread
