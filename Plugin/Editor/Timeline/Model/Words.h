// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "Editor/Script/Marks.h"
#include "Editor/Timeline/Model/Clips.h"
#include "Processor/HostMusic.h"

namespace tableread::plugin
{
/** The state of a clip as the script's editor shows it. */
LineMark markOf (const TimelineClip& clip);

/** Where a clip is anchored: "Stays at 1:02.500", "Stays at bar 17, beat 3"; empty if it is not. */
std::string anchorText (const TimelineClip& clip, const HostMusic& music);

/** For who cannot see it: "Anna: Good evening. At 1:02.5, 2.4 seconds. Rendering, 40 %. Stays at bar 17." */
std::string describe (const TimelineClip& clip, const std::string& speaker, const HostMusic& music);

/** For a tip: its words, state and anchor, a row each. */
std::string tipFor (const TimelineClip& clip, const std::string& speaker, const HostMusic& music);
} // namespace tableread::plugin
