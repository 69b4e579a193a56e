// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "TestTakes.h"
#include "Timeline/PlanReader.h"

namespace tableread::test
{
/** A main bus and those of speakers. */
using BusSamples = std::array<std::vector<float>, 1 + BusBlock::mostBuses>;

/** What is drawn for one test. */
class Dice
{
public:
    explicit Dice (unsigned seed) : random (seed) {}

    std::int64_t upTo (std::int64_t most)
    {
        return std::uniform_int_distribution<std::int64_t> (0, most) (random);
    }
    bool oneIn (int count) { return upTo (count - 1) == 0; }

private:
    std::mt19937 random;
};

/** Lines of some speakers, with pauses, gaps, anchors that let them overlap, gains and buses. The takes are to come. */
inline Timeline randomTimeline (Dice& dice, int lines)
{
    Timeline timeline;
    timeline.gaps = { { dice.upTo (100) }, { dice.upTo (300) }, { dice.upTo (500) } };
    for (int i = 0; i < 5; ++i)
        timeline.lanes.push_back ({ .bus = (int) dice.upTo (BusBlock::mostBuses),
                                    .gainDb = dice.oneIn (3) ? 0.0 : (double) dice.upTo (400) / 10.0 - 30.0,
                                    .isMuted = dice.oneIn (8),
                                    .isSolo = dice.oneIn (12) });
    for (int i = 0; i < lines; ++i)
    {
        const auto lane = (std::size_t) dice.upTo (5); // the last has no lane
        TimelineItem item { .line = (std::uint64_t) i + 1, .estimate = { dice.upTo (4000) }, .lane = lane };
        item.firstSpeaker = item.lastSpeaker = (int) lane;
        item.scene = (int) dice.upTo (1);
        if (dice.oneIn (4))
            item.pauseBefore = { dice.upTo (800) };
        if (dice.oneIn (4))
            item.anchorSeconds = (double) dice.upTo (12'000) / 24'000.0 - 0.1;
        timeline.items.push_back (std::move (item));
    }
    return timeline;
}

/** What takes that are whole sound like, the plainest way: sample by sample into long buffers. */
inline BusSamples plainMix (const Timeline& timeline, double rate, PlaybackPlan::Span span)
{
    const auto places = placesOf (timeline);
    bool hasSolo = false;
    const auto laneOf = [&] (const TimelineItem& item) {
        return item.lane < timeline.lanes.size() ? timeline.lanes[item.lane] : Lane();
    };
    for (const auto& item : timeline.items)
        hasSolo = hasSolo || laneOf (item).isSolo;

    std::vector<std::size_t> order;
    order.reserve (places.size());
    for (std::size_t i = 0; i < places.size(); ++i)
        order.push_back (i);
    std::stable_sort (order.begin(), order.end(), [&] (std::size_t a, std::size_t b) {
        return toHost (places[a].start, rate) < toHost (places[b].start, rate);
    });

    BusSamples sum;
    std::array<std::vector<char>, 1 + BusBlock::mostBuses> isSet;
    for (std::size_t bus = 0; bus < sum.size(); ++bus)
    {
        sum[bus].resize ((std::size_t) (span.to - span.from));
        isSet[bus].resize (sum[bus].size());
    }
    for (const auto i : order)
    {
        const auto& item = timeline.items[i];
        const auto lane = laneOf (item);
        if (lane.isMuted || (hasSolo && ! lane.isSolo))
            continue;
        const auto samples = allOf (*item.audio);
        const auto start = toHost (places[i].start, rate).value, end = toHost (places[i].end(), rate).value;
        const auto gain = (float) std::pow (10.0, lane.gainDb / 20.0);
        for (auto at = std::max (start, span.from); at < std::min (end, span.to); ++at)
        {
            const auto from = (std::size_t) (at - start), to = (std::size_t) (at - span.from);
            const float sample = from < samples.size() ? samples[from] * gain : 0.0f;
            const auto add = [&] (std::size_t bus) {
                sum[bus][to] = isSet[bus][to] != 0 ? sum[bus][to] + sample : sample;
                isSet[bus][to] = 1;
            };
            add (0);
            if (lane.bus > 0)
                add ((std::size_t) lane.bus);
        }
    }
    return sum;
}

/** Reads a span in blocks of sizes that `next` gives, each from its own pointers. */
template <typename Next>
BusSamples readBlocks (const PlaybackPlan& plan, PlaybackPlan::Span span, Next&& next)
{
    BusSamples heard;
    for (auto& bus : heard)
        bus.resize ((std::size_t) (span.to - span.from), 99.0f);
    PlanReader reader;
    for (auto at = span.from; at < span.to;)
    {
        const auto offset = (std::size_t) (at - span.from);
        const auto count = (std::size_t) std::min ((std::int64_t) next(), span.to - at);
        BusBlock block { std::span (heard[0]).subspan (offset, count) };
        for (std::size_t bus = 0; bus < BusBlock::mostBuses; ++bus)
            block.buses[bus] = heard[bus + 1].data() + offset;
        reader.read (plan, { at }, block);
        at += (std::int64_t) count;
    }
    return heard;
}
} // namespace tableread::test
