// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Timeline/Model/Follow.h"

#include <cmath>

namespace tableread::plugin
{
void PageFollow::setOn (bool follows)
{
    wanted = follows;
    isHeld = false;
}

bool PageFollow::follow (TimelineScale& scale, double playhead, bool isPlaying)
{
    constexpr double jump = 1.0;    // seconds: more than playing moves it from one look to the next
    constexpr double inPage = 0.05; // where it is on the new page
    const auto before = last;
    last = playhead;
    if ((isPlaying && ! wasPlaying) || std::abs (playhead - before) > jump)
        isHeld = false;
    wasPlaying = isPlaying;
    if (! isOn() || playhead == before || (playhead >= scale.start() && playhead < scale.end()))
        return false;
    const auto start = scale.start();
    scale.scrollTo (playhead - inPage * scale.visible());
    return scale.start() != start;
}
} // namespace tableread::plugin
