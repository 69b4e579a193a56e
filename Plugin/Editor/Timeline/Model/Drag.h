// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "Editor/Timeline/Model/Selection.h"
#include "Editor/Timeline/Model/Snap.h"
#include "Project/Edit.h"

namespace tableread::plugin
{
/** Clips that are being moved, and the edit that this makes. A clip without an anchor follows the one before it, so only the
    first of those that are moved together gets one; what follows moves along, selected or not, up to the next anchor. It
    refers to the clips as they were when it began. */
class ClipDrag
{
public:
    /** @param heldLine the clip under the mouse; it is moved too, selected or not. @param playhead in seconds, to snap to as
        to an edge. */
    ClipDrag (const TimelineClips& clips, const TimelineSelection& selection, project::LineId heldLine,
              std::optional<double> playhead);

    /** Moves the held clip to begin at `seconds`, or near it: where the grid or, within `reach` seconds, another clip's edge
        is. No clip goes before 0 that was not there. */
    void moveTo (double seconds, const SnapGrid& grid, double reach);

    double offset() const { return moved; } // seconds, of all that move
    double heldStart() const { return held.start + moved; }
    project::LineId heldLine() const { return held.line; }

    /** Seconds that a clip is moved by; 0 for those that stay. */
    double shiftOf (project::LineId line) const { return moving.count (line) > 0 ? moved : 0.0; }

    /** The anchors, in quarters for lines that have such a one or if the grid has; empty if nothing was moved. */
    std::optional<project::Edit> edit() const;

private:
    struct Held
    {
        project::LineId line;
        double start = 0.0, length = 0.0;
    };

    /** One that gets an anchor. */
    struct Anchored
    {
        project::LineId line;
        double start = 0.0;
        bool isInBeats = false;
    };

    project::Anchor anchorOf (const Anchored& clip) const;

    Held held;
    std::vector<Anchored> anchored;
    std::set<project::LineId> moving;
    std::vector<double> edges; // of those that stay, ascending
    double leastOffset = 0.0;
    double moved = 0.0;
    SnapGrid lastGrid;
    std::optional<double> heldQuarters; // that were snapped to
};

/** Takes the anchors away from those of these lines that have one; empty if none has. */
std::optional<project::Edit> withoutAnchors (const TimelineClips& clips, const TimelineSelection& selection);

/** Gives those of these lines that have none an anchor where they are now; empty if all have one. */
std::optional<project::Edit> withAnchors (const TimelineClips& clips, const TimelineSelection& selection);
} // namespace tableread::plugin
