// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "Measure/Sweep.h"
#include "Measure/Work.h"

namespace tableread::engine
{
struct SweepRequest
{
    LoadOptions load; // settings that are not on an axis
    SweepAxes axes;
    MeasuredSpeech speech; // its exactFrames are above 0
};

/** Loads the model once for each combination of the axes, and measures it. onPoint: called with each measured
    point. @throws Exception Cancelled when it is stopped. */
std::vector<SweepPoint> measureSweep (const SweepRequest& request, const MeasureHooks& hooks,
                                      const std::function<void (const SweepPoint&)>& onPoint);
} // namespace tableread::engine
