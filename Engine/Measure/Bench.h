// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "Measure/BenchReport.h"
#include "Measure/Work.h"
#include "Render/GpuMeasures.h"

namespace tableread::engine
{
struct BenchRequest
{
    LoadOptions load;
    MeasuredSpeech speech;
    int runs = 5;
    std::function<std::optional<GpuMeasures>()> measureGpu = {}; // empty: a GPU's limits are not known
};

/** Loads the model, renders the speech `runs` times, then several passages at once, and measures the machine's limits.
    @throws Exception Cancelled when it is stopped. */
BenchReport measureBench (const BenchRequest& request, const MeasureHooks& hooks);
} // namespace tableread::engine
