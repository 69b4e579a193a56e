// SPDX-License-Identifier: Apache-2.0
#include "Timeline/Layout.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace tableread
{
namespace
{
constexpr double furthestSeconds = 1e10;
constexpr std::int64_t longest = std::int64_t { 1 }
                                 << 40; // a year and a half; sums of millions stay in range

ModelSamples possible (ModelSamples length)
{
    return { std::clamp<std::int64_t> (length.value, 0, longest) };
}

/** What keeps its place while it is played. */
class HeldPlaces
{
public:
    explicit HeldPlaces (const std::optional<Playing>& now)
    {
        if (! now)
            return;
        playhead = now->playhead;
        starts.reserve (now->places.size());
        for (const auto& place : now->places)
            starts.emplace (place.line, place.start);
    }

    /** Where an item starts that would start at `wanted`. */
    ModelSamples startOf (const LayoutItem& item, ModelSamples wanted) const
    {
        const auto found = starts.find (item.line);
        if (found == starts.end())
            return wanted;
        if (found->second <= playhead)
            return found->second;
        // It was ahead. Behind the playhead nobody would hear its beginning.
        return item.anchorSeconds ? wanted : std::max (wanted, playhead + ModelSamples { 1 });
    }

private:
    ModelSamples playhead;
    std::unordered_map<std::uint64_t, ModelSamples> starts;
};
} // namespace

ModelSamples samplesOfSeconds (double seconds)
{
    if (std::isnan (seconds))
        return {};
    return { std::llround (std::clamp (seconds, -furthestSeconds, furthestSeconds) *
                           (double) modelSampleRateHz) };
}

ModelSamples silenceBefore (const LayoutItem* previous, const LayoutItem& item, const Gaps& gaps)
{
    if (item.pauseBefore.value > 0)
        return possible (item.pauseBefore);
    if (previous == nullptr)
        return {};
    auto silence = gaps.line;
    if (previous->lastSpeaker != item.firstSpeaker)
        silence = std::max (silence, gaps.speaker);
    if (previous->scene != item.scene)
        silence = std::max (silence, gaps.scene);
    return possible (silence);
}

std::vector<Place> layOut (std::span<const LayoutItem> items, const Gaps& gaps,
                           const std::optional<Playing>& playing)
{
    const HeldPlaces held (playing);
    std::vector<Place> places;
    places.reserve (items.size());
    ModelSamples end, earliestEnd; // of the item before
    auto unknown = Place::nothing; // the first since the last anchor
    for (std::size_t i = 0; i < items.size(); ++i)
    {
        const auto& item = items[i];
        Place place { .line = item.line, .length = possible (item.length) };
        if (item.anchorSeconds)
        {
            place.start = place.earliest = samplesOfSeconds (*item.anchorSeconds);
            unknown = Place::nothing;
        }
        else
        {
            const auto silence = silenceBefore (i == 0 ? nullptr : &items[i - 1], item, gaps);
            place.start = end + silence;
            place.earliest = earliestEnd + silence;
        }
        place.start = held.startOf (item, place.start);
        place.waitsFor = unknown;
        end = place.end();
        earliestEnd = place.earliest + possible (item.isLengthKnown ? item.length : item.least);
        if (! item.isLengthKnown && unknown == Place::nothing)
            unknown = i;
        places.push_back (place);
    }
    return places;
}
} // namespace tableread
