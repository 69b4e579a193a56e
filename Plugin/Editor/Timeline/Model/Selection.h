// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "Editor/Timeline/Model/Clips.h"

namespace tableread::plugin
{
/** The clips that are selected, and the one of them that keys start from. */
class TimelineSelection
{
public:
    enum class Step
    {
        Previous, // in time
        Next,
        LaneUp, // the nearest in time of another lane
        LaneDown,
        First,
        Last
    };

    const std::set<project::LineId>& lines() const { return chosen; }
    bool has (project::LineId line) const { return chosen.count (line) > 0; }
    bool isEmpty() const { return chosen.empty(); }
    project::LineId focus() const { return current; } // 0: none

    void clear();
    void set (project::LineId line);
    void setAll (std::vector<project::LineId> lines);
    void toggle (project::LineId line);

    /** Of those that are selected; another line is selected alone. */
    void focusOn (project::LineId line);

    /** Selects what lies in time between where the selection began and this, and nothing else. */
    void extendTo (project::LineId line, const TimelineClips& clips);

    /** A step from the focus, with `extends` as by extendTo(). Without a focus it goes to the clip at or after `seconds`.
        @returns whether there was somewhere to go. */
    bool move (Step step, bool extends, const TimelineClips& clips, double seconds);

    /** Forgets lines that have no clip any more. */
    void keep (const TimelineClips& clips);

private:
    std::optional<project::LineId> after (Step step, const TimelineClips& clips, double seconds) const;

    std::set<project::LineId> chosen;
    project::LineId current, pivot; // of extendTo()
};
} // namespace tableread::plugin
