// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Rows.h"

#include <algorithm>
#include <cmath>

namespace tableread::plugin
{
void TimelineRows::setSize (double pixels, std::size_t laneCount)
{
    lanes = laneCount;
    pixelHeight = std::max (0.0, pixels);
    laneHeight = std::floor (
        std::clamp (pixelHeight / (double) std::max<std::size_t> (1, lanes), leastHeight, mostHeight));
    scrollTo (scrolled);
}

std::optional<std::size_t> TimelineRows::laneAt (double y) const
{
    const auto lane = std::floor ((y + scrolled) / laneHeight);
    return lane >= 0.0 && lane < (double) lanes ? std::optional ((std::size_t) lane) : std::nullopt;
}

std::size_t TimelineRows::nearestLane (double y) const
{
    const auto last = (double) std::max<std::size_t> (1, lanes) - 1.0;
    return (std::size_t) std::clamp (std::floor ((y + scrolled) / laneHeight), 0.0, last);
}

void TimelineRows::scrollTo (double pixels)
{
    scrolled = std::clamp (pixels, 0.0, std::max (0.0, whole() - pixelHeight));
}

void TimelineRows::reveal (std::size_t lane)
{
    const auto y = (double) lane * laneHeight;
    if (y < scrolled)
        scrollTo (y);
    else if (y + laneHeight > scrolled + pixelHeight)
        scrollTo (y + laneHeight - pixelHeight);
}
} // namespace tableread::plugin
