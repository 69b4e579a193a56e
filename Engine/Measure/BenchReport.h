// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Measure/Farm/Worker.h"
#include "Measure/MachineLimits.h"
#include "Measure/ModelWork.h"
#include "Measure/Spread.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** The raw measurements; derived numbers are computed when they are shown. */
struct BenchReport
{
    std::string processor, commit, dtype, text;
    int processors = 0, threads = 0;
    ModelInfo model;
    double startMs = 0; // of the process, until it loads the model
    std::vector<double> loadsMs;
    double voiceMs = 0;
    std::int64_t peakBytes = 0; // of host memory
    DeviceReport device;        // without a name on a CPU
    std::vector<RenderReport> runs;
    WorkerSpeed worker;      // with several passages at once
    bool identical = true;   // all runs gave the same samples
    std::string samplesHash; // contentHash() of the first run's samples
    ModelWork work;          // of one frame
    MachineLimits limits;    // of the device that computed; a GPU's arithmetic is not measured
};

/** One part of a frame compared with its floor. */
struct PartResult
{
    std::string name;
    Spread msPerFrame;
    double share = 0;         // of a frame's time
    PartWork work;            // zero: not counted
    double memoryFloorMs = 0; // time for the work's bytes at the machine's rates
    double arithmeticFloorMs = 0;

    /** "memory" or "arithmetic": the higher floor; empty if the work is not counted. */
    std::string bound() const;
    /** The fraction of the floor's rate that is reached, 0 to 1. */
    double efficiency() const;
};

std::vector<PartResult> partsOf (const BenchReport& report);
Spread realTimeFactor (const BenchReport& report);

nlohmann::json toJson (const BenchReport& report);
std::string describe (const BenchReport& report);
} // namespace tableread::engine
