// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Scale.h"

#include <algorithm>

namespace tableread::plugin
{
void TimelineScale::setWidth (double wanted)
{
    pixelWidth = std::max (1.0, wanted);
    pixels = std::max (pixels, leastPixels());
    scrollTo (left);
}

void TimelineScale::setRange (double from, double to)
{
    first = from;
    last = std::max (to, from + shortestRange);
    pixels = std::max (pixels, leastPixels());
    scrollTo (left);
}

double TimelineScale::leastPixels() const
{
    return std::min (mostPixels, pixelWidth / (last - first));
}

void TimelineScale::scrollTo (double seconds)
{
    left = std::max (first, std::min (seconds, last - visible()));
}

void TimelineScale::zoom (double factor, double x)
{
    const auto fixed = toSeconds (x);
    pixels = std::clamp (pixels * factor, leastPixels(), mostPixels);
    scrollTo (fixed - x / pixels);
}

void TimelineScale::fit (double from, double to)
{
    const auto length = std::max (to - from, shortestRange);
    pixels = std::clamp (pixelWidth / length, leastPixels(), mostPixels);
    scrollTo (from);
}

void TimelineScale::reveal (double from, double to)
{
    const auto margin = visible() * revealMargin;
    if (from >= left && to <= end())
        return;
    if (from < left || to - from > visible() - 2.0 * margin)
        scrollTo (from - margin);
    else
        scrollTo (to + margin - visible());
}
} // namespace tableread::plugin
