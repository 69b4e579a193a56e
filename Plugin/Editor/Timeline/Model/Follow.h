// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Editor/Timeline/Model/Scale.h"

namespace tableread::plugin
{
/** Turns the page when the playhead leaves the screen. It leaves the view alone once the user has scrolled while playing,
    until playing starts anew, the playhead jumps, or the user wants it again. */
class PageFollow
{
public:
    bool isOn() const { return wanted && ! isHeld; }
    void setOn (bool follows);
    void userScrolled() { isHeld = wasPlaying; }

    /** @returns whether the view was scrolled. */
    bool follow (TimelineScale& scale, double playhead, bool isPlaying);

private:
    bool wanted = true, isHeld = false, wasPlaying = false;
    double last = 0.0; // playhead
};
} // namespace tableread::plugin
