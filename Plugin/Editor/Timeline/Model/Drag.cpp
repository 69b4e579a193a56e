// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Drag.h"

#include <algorithm>
#include <cmath>

#include "Core/Units.h"

namespace tableread::plugin
{
namespace
{
using project::LineId;

/** An exact number of samples. */
project::AtSeconds atSample (double seconds)
{
    constexpr auto rate = (double) modelSampleRateHz;
    return { std::round (seconds * rate) / rate };
}

project::AtBeats atQuarters (double quarters)
{
    constexpr double parts = 1e6; // what a sum of doubles adds is cut off
    return { std::round (quarters * parts) / parts };
}

std::optional<project::Edit> editOf (std::vector<project::SetAnchor> anchors)
{
    if (anchors.empty())
        return {};
    if (anchors.size() == 1)
        return anchors.front();
    return project::SetAnchors { std::move (anchors) };
}
} // namespace

ClipDrag::ClipDrag (const TimelineClips& clips, const TimelineSelection& selection, LineId heldLine,
                    std::optional<double> playhead)
{
    if (playhead)
        edges.push_back (*playhead);
    bool isCarried = false;
    auto earliest = 0.0;
    for (const auto& clip : clips.all())
    {
        const auto line = clip.line();
        const bool isWanted = line == heldLine || (selection.has (heldLine) && selection.has (line));
        isCarried = isCarried && ! clip.isAnchored();
        if (line == heldLine)
            held = { line, clip.start, clip.length };
        if (isWanted && ! isCarried)
        {
            anchored.push_back (
                { line, clip.start,
                  clip.isAnchored() && std::holds_alternative<project::AtBeats> (*clip.first->anchor) });
            isCarried = true;
        }
        if (! isCarried)
        {
            edges.push_back (clip.start);
            edges.push_back (clip.end());
            continue;
        }
        moving.insert (line);
        earliest = moving.size() == 1 ? clip.start : std::min (earliest, clip.start);
    }
    std::sort (edges.begin(), edges.end());
    leastOffset = -std::max (0.0, earliest);
}

void ClipDrag::moveTo (double seconds, const SnapGrid& grid, double reach)
{
    lastGrid = grid;
    auto place = grid.nearest (seconds);
    if (grid.mode != SnapMode::Off)
        if (const auto edge = caughtByEdge (seconds, held.length, edges, reach))
            place = { *edge };
    moved = std::max (leastOffset, place.seconds - held.start);
    heldQuarters = moved > leastOffset ? place.quarters : std::nullopt;
}

project::Anchor ClipDrag::anchorOf (const Anchored& clip) const
{
    const auto seconds = clip.start + moved;
    if (! clip.isInBeats && lastGrid.mode != SnapMode::Beats)
        return atSample (seconds);
    if (clip.line == held.line && heldQuarters)
        return atQuarters (*heldQuarters);
    return atQuarters (lastGrid.music.quartersAt (seconds));
}

std::optional<project::Edit> ClipDrag::edit() const
{
    constexpr double leastMove = 0.5 / (double) modelSampleRateHz;
    if (std::abs (moved) < leastMove)
        return {};
    std::vector<project::SetAnchor> anchors;
    anchors.reserve (anchored.size());
    for (const auto& clip : anchored)
        anchors.push_back ({ clip.line, anchorOf (clip) });
    return editOf (std::move (anchors));
}

std::optional<project::Edit> withoutAnchors (const TimelineClips& clips, const TimelineSelection& selection)
{
    std::vector<project::SetAnchor> anchors;
    for (const auto& clip : clips.all())
        if (clip.isAnchored() && selection.has (clip.line()))
            anchors.push_back ({ clip.line(), {} });
    return editOf (std::move (anchors));
}

std::optional<project::Edit> withAnchors (const TimelineClips& clips, const TimelineSelection& selection)
{
    std::vector<project::SetAnchor> anchors;
    for (const auto& clip : clips.all())
        if (! clip.isAnchored() && selection.has (clip.line()))
            anchors.push_back ({ clip.line(), atSample (clip.start) });
    return editOf (std::move (anchors));
}
} // namespace tableread::plugin
