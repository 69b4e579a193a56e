// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

#include "Editor/Timeline/Model/Scale.h"
#include "Processor/HostMusic.h"

namespace tableread::plugin
{
/** What a clip that is dragged snaps to. All but Off also hold on to where other clips begin and end. */
enum class SnapMode
{
    Off,
    Clips,
    Frames, // of the model
    Seconds,
    Beats
};

/** A place for an anchor: in quarters too if it is one of the host's music. */
struct SnapPlace
{
    double seconds = 0.0;
    std::optional<double> quarters {};

    bool operator== (const SnapPlace&) const = default;
};

struct SnapGrid
{
    SnapMode mode = SnapMode::Off;
    double step = 0.0; // seconds, or quarters for Beats
    HostMusic music {};

    /** The next place of the grid; the same place if there is none. */
    SnapPlace nearest (double seconds) const;

    /** One step of the grid, in seconds, for a key that nudges: at least a hundredth of a second. */
    double stepSeconds() const;
};

/** The grid as fine as the ruler at this zoom. */
SnapGrid snapGridOf (SnapMode mode, const TimelineScale& scale, const HostMusic& music);

/** Where something of this length begins so that its start or its end is at the nearest of `edges`, which ascend; empty if
    none is within `reach` seconds. */
std::optional<double> caughtByEdge (double start, double length, std::span<const double> edges, double reach);
} // namespace tableread::plugin
