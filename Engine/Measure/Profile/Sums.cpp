// SPDX-License-Identifier: Apache-2.0
#include "Measure/Profile/Sums.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "Measure/Profile/FrameSums.h"

namespace tableread::engine
{
namespace
{
using What = ProfileSums::What;

class AllFrames
{
public:
    using Value = std::function<double (const FrameSums&)>;

    std::vector<FrameSums> frames;

    Spread spread (const Value& value) const { return spreadOf (valuesOf (value)); }

    double total (const Value& value) const
    {
        const auto values = valuesOf (value);
        return std::accumulate (values.begin(), values.end(), 0.0);
    }

    double share (const Value& value) const
    {
        const double all = total (&FrameSums::allMs);
        return all > 0 ? total (value) / all : 0.0;
    }

    /** The keys that any frame has in one of the maps of FrameSums. */
    template <typename Key>
    std::set<Key> keys (std::map<Key, double> FrameSums::*sums) const
    {
        std::set<Key> found;
        for (const auto& frame : frames)
            for (const auto& [key, ms] : frame.*sums)
                found.insert (key);
        return found;
    }

    /** A frame's value for one of them. */
    template <typename Key>
    static Value value (std::map<Key, double> FrameSums::*sums, const Key& key)
    {
        return [sums, key] (const FrameSums& frame) {
            const auto found = (frame.*sums).find (key);
            return found == (frame.*sums).end() ? 0.0 : found->second;
        };
    }

private:
    std::vector<double> valuesOf (const Value& value) const
    {
        std::vector<double> values;
        for (const auto& frame : frames)
            values.push_back (value (frame));
        return values;
    }
};
} // namespace

ProfileSums sumsOf (std::span<const ProfileSpan> spans, std::int64_t settlingFrames)
{
    ProfileSums sums;
    sums.onGpu = std::ranges::any_of (
        spans, [] (const auto& span) { return trackOf (span.kind) == ProfileTrack::Compute; });
    AllFrames all;
    for (const auto& frame : framesOf (spans, settlingFrames))
        all.frames.push_back (sumsOfFrame (frame, sums.onGpu));
    sums.frames = static_cast<std::int64_t> (all.frames.size());
    sums.frameMs = all.spread (&FrameSums::allMs);

    auto rows = all.keys (&FrameSums::rows);
    for (const auto what : { What::ExposedWait, What::Trims }) // shown even if there are none
        rows.insert ({ what, FramePart::None });
    for (const auto& row : rows)
    {
        const auto value = AllFrames::value (&FrameSums::rows, row);
        sums.rows.push_back ({ row.first, row.second, all.spread (value), all.share (value) });
    }

    auto& copies = sums.copies;
    copies.ms = all.spread (&FrameSums::copyMs);
    copies.share = all.share (&FrameSums::copyMs);
    copies.layers = all.spread (&FrameSums::copies).median;
    copies.bytes = all.spread (&FrameSums::copiedBytes).median;
    if (const auto ms = all.total (&FrameSums::copyMs); ms > 0)
        copies.bytesPerSecond = 1000.0 * all.total (&FrameSums::copiedBytes) / ms;
    sums.trims = static_cast<std::int64_t> (all.total (&FrameSums::trims));

    if (sums.onGpu)
        for (const auto part : all.keys (&FrameSums::issueMs))
            sums.host.push_back ({ part, all.spread (AllFrames::value (&FrameSums::issueMs, part)),
                                   all.spread (AllFrames::value (&FrameSums::waitMs, part)) });
    return sums;
}
} // namespace tableread::engine
