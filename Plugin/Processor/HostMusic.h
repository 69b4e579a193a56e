// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Playback/Timing.h"

namespace tableread::plugin
{
/** The host's bars and beats along the timeline: from where its music is now, at one tempo and in one time signature. Bar 1
    begins at quarter 0. */
struct HostMusic
{
    playback::HostBeat beat {};
    double tempo = 120.0;              // quarters a minute, above 0
    int beatsPerBar = 4, beatUnit = 4; // the time signature, above 0

    double quartersAt (double seconds) const;
    double secondsAt (double quarters) const;
    double quartersPerBeat() const { return 4.0 / beatUnit; }
    double quartersPerBar() const { return quartersPerBeat() * beatsPerBar; }

    bool operator== (const HostMusic&) const = default;
};
} // namespace tableread::plugin
