// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "Editor/Timeline/Model/Scale.h"
#include "Processor/HostMusic.h"

namespace tableread::plugin
{
/** A mark of the ruler. Those without a label are the smaller ones. */
struct Tick
{
    double seconds = 0.0;
    std::string label {};

    bool operator== (const Tick&) const = default;
};

/** How far the marks are apart: the shortest of the usual distances that leave room for labels. */
struct TickSteps
{
    double labelled = 1.0, small = 1.0; // a whole number of small ones is a labelled one

    bool operator== (const TickSteps&) const = default;
};

TickSteps stepsOfSeconds (const TimelineScale& scale);
TickSteps stepsOfQuarters (const TimelineScale& scale, const HostMusic& music); // in quarters

/** What is on the screen, from left to right, and the label that begins just before it. */
std::vector<Tick> ticksOfSeconds (const TimelineScale& scale);
std::vector<Tick> ticksOfBars (const TimelineScale& scale, const HostMusic& music);

/** "1:02", "1:02.50", "1:00:00", "-0:03". At most three decimals. */
std::string timeText (double seconds, int decimals = 0);

/** "17", "17.3" for its third beat, "17.3.50" in the middle of that. */
std::string barText (double quarters, const HostMusic& music);
} // namespace tableread::plugin
