// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Command/Interrupt.h"
#include "Command/Session.h"
#include "Command/Sweep.h"

namespace tableread::engine
{
/** What every point of a sweep speaks. */
struct SweepWork
{
    VoiceAudio voice;
    std::string text;
    RenderSettings settings; // exactFrames above 0
};

/** Loads the model once for each combination of the axes, empty ones staying as `load` has them, and measures it.
    @throws Exception Cancelled if it was interrupted. */
std::vector<SweepPoint> measureSweep (Session& session, const LoadOptions& load, const SweepAxes& axes,
                                      const SweepWork& work, const Interrupt& interrupt);
} // namespace tableread::engine
