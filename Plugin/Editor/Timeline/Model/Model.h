// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "Editor/Timeline/Model/Clips.h"
#include "Editor/Timeline/Model/Drag.h"
#include "Editor/Timeline/Model/Follow.h"
#include "Editor/Timeline/Model/Peaks.h"
#include "Editor/Timeline/Model/Scale.h"
#include "Editor/Timeline/Model/Selection.h"

namespace tableread::plugin
{
/** What the app's transport plays again and again. */
struct LoopRange
{
    double from = 0.0, to = 0.0; // seconds
    bool isOn = false;           // else it is only kept

    bool operator== (const LoopRange&) const = default;
};

/** What the timeline is told, some thirty times a second. */
struct TimelineInput
{
    std::shared_ptr<const project::Document> document {}; // never null
    std::shared_ptr<const playback::View> view {};        // never null; may be of the document before
    double playhead = 0.0;                                // seconds
    bool isPlaying = false;
    std::optional<HostMusic> music {}; // empty: there is no host that has bars
    std::optional<LoopRange> loop {};  // empty: none was set, or it is the host's
};

/** What the timeline's window shows and does, without the window. Message thread. */
class TimelineModel
{
public:
    static constexpr double roomBehind = 30.0; // seconds behind the last clip that can be scrolled to
    static constexpr double grip = 4.0;        // pixels: the least that can be clicked on
    static constexpr double catchReach = 8.0;  // pixels from another clip's edge
    static constexpr double finestNudge = 0.001;

    std::function<void (const project::Edit&)> onEdit;

    struct News
    {
        bool isOther = false;           // everything has to be drawn
        std::vector<std::size_t> grown; // else these clips
    };

    News show (const TimelineInput& input);

    const TimelineClips& clips() const { return allClips; }
    const TimelineScale& scale() const { return visiblePart; }
    const HostMusic& music() const { return hostMusic; }
    bool hasBars() const { return isInBars; }
    double playhead() const { return lastPlayhead; }
    const std::optional<LoopRange>& loop() const { return loopRange; }

    /** From the first of the selected clips to the end of the last; empty: nothing is selected. */
    std::optional<LoopRange> selectedRange() const;
    TimelineSelection selection;
    TimelinePeaks peaks;

    // What is on the screen. All but setWidth() and reveal() is the user's scrolling, which ends following.
    void setWidth (double pixels) { visiblePart.setWidth (pixels); }
    void scrollTo (double seconds);
    void scrollPages (double pages);
    void zoom (double factor, double x);
    void fitAll();
    void revealFocus();
    bool follows() const { return page.isOn(); }
    void setFollows (bool isWanted);

    /** Where a clip is drawn: a drag has moved it, or will have once the view says so. */
    double startOf (const TimelineClip& clip) const;

    /** The uppermost clip at a place; null: none. */
    const TimelineClip* clipAt (std::size_t lane, double x) const;
    std::vector<project::LineId> clipsIn (std::size_t firstLane, std::size_t lastLane, double fromX,
                                          double toX) const;
    const TimelineClip* focused() const; // null: none

    // Moving clips. Nothing is edited before endDrag().
    SnapMode snap = SnapMode::Clips;
    void beginDrag (project::LineId held);
    void dragTo (double seconds, bool isFree); // where the held clip begins; free: snaps to nothing
    bool nudge (int direction, bool isFine);   // the selection, by a step of the grid; false if there is none
    bool moveToPlayhead();                     // the selection; likewise
    void endDrag();
    void cancelDrag() { drag.reset(); }
    bool isDragging() const { return drag.has_value(); }
    std::optional<double> draggedStart() const; // seconds, of the held clip

    // Edits; false if they would change nothing.
    bool removeAnchors();
    bool anchorHere();

private:
    void makeDrag (project::LineId held);
    bool tell (const std::optional<project::Edit>& edit);
    void settle();
    SnapGrid grid() const { return snapGridOf (snap, visiblePart, hostMusic); }
    const ClipDrag* shown() const;

    TimelineClips allClips;
    TimelineScale visiblePart;
    PageFollow page;
    HostMusic hostMusic;
    bool isInBars = false, plays = false;
    double lastPlayhead = 0.0;
    std::optional<LoopRange> loopRange;

    struct Wish // where a drag was told to go
    {
        double seconds = 0.0;
        SnapGrid grid {};
        double reach = 0.0;
    };

    std::optional<ClipDrag> drag, settling; // settling: done, and not yet seen in the view
    Wish wish;
    double settledFrom = 0.0;
    int patience = 0; // calls of show() until what was dragged is drawn where the view has it
};
} // namespace tableread::plugin
