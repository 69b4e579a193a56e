// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/TakePeaks.h"

#include <algorithm>
#include <array>

namespace tableread::plugin
{
namespace
{
void join (TakePeaks::Peak& all, const TakePeaks::Peak& one)
{
    all = { std::min (all.low, one.low), std::max (all.high, one.high) };
}

TakePeaks::Peak peakOf (std::span<const float> samples)
{
    TakePeaks::Peak peak;
    for (const auto sample : samples)
        join (peak, { sample, sample });
    return peak;
}
} // namespace

bool TakePeaks::update (std::int64_t most)
{
    const auto begin = seen;
    const auto end = seen + std::min (most, source->audio().rendered() - seen);
    std::array<float, (std::size_t) step> samples {};
    while (seen < end)
    {
        const auto cell = (std::size_t) (seen / step);
        const auto count = (std::size_t) std::min (end - seen, step - seen % step);
        source->audio().read (seen, { samples.data(), count });
        peaks.resize (cell + 1);
        blocks.resize (cell / cellsInBlock + 1);
        const auto peak = peakOf ({ samples.data(), count });
        join (peaks.back(), peak);
        join (blocks.back(), peak);
        highest = std::max ({ highest, -peak.low, peak.high });
        seen += (std::int64_t) count;
    }
    return begin < seen;
}

TakePeaks::Peak TakePeaks::between (std::int64_t from, std::int64_t to) const
{
    from = std::max<std::int64_t> (from, 0);
    to = std::min (to, seen);
    if (from >= to)
        return {};
    if (to - from < 2 * step)
    {
        std::array<float, (std::size_t) (2 * step)> samples {};
        const auto part = std::span (samples).first ((std::size_t) (to - from));
        source->audio().read (from, part);
        return peakOf (part);
    }
    Peak all;
    const auto last = (std::size_t) ((to + step - 1) / step);
    for (auto cell = (std::size_t) (from / step); cell < last;)
        if (cell % cellsInBlock == 0 && cell + cellsInBlock <= last)
        {
            join (all, blocks[cell / cellsInBlock]);
            cell += cellsInBlock;
        }
        else
            join (all, peaks[cell++]);
    return all;
}
} // namespace tableread::plugin
