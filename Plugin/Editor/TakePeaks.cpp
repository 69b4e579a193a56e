// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/TakePeaks.h"

#include <algorithm>
#include <array>

namespace tableread::plugin
{
bool TakePeaks::update()
{
    const auto end = source->audio().rendered();
    const bool grows = seen < end;
    std::array<float, (std::size_t) step> samples {};
    while (seen < end)
    {
        const auto cell = seen / step;
        const auto count = std::min (end - seen, (cell + 1) * step - seen);
        source->audio().read (seen, { samples.data(), (std::size_t) count });
        if ((std::size_t) cell == peaks.size())
            peaks.emplace_back();
        const auto [low, high] = std::minmax_element (samples.begin(), samples.begin() + count);
        peaks.back() = { std::min (peaks.back().low, *low), std::max (peaks.back().high, *high) };
        highest = std::max ({ highest, -*low, *high });
        seen += count;
    }
    return grows;
}

TakePeaks::Peak TakePeaks::between (std::int64_t from, std::int64_t to) const
{
    const auto first = (std::size_t) std::max<std::int64_t> (from / step, 0);
    const auto last =
        std::min (peaks.size(), (std::size_t) std::max<std::int64_t> ((to + step - 1) / step, 0));
    Peak all;
    for (auto i = first; i < last; ++i)
        all = { std::min (all.low, peaks[i].low), std::max (all.high, peaks[i].high) };
    return all;
}
} // namespace tableread::plugin
