// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Measure/BenchReport.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** Lists of settings; every combination of them is measured. */
struct SweepAxes
{
    std::vector<std::int64_t> gpuLayers, intervals, batches;

    /** Adds the axis in `text`: "gpu-layers=0,8,20", "interval=1,50,0" or "batch=1,8".
        @throws Exception InvalidInput with a sentence. */
    void add (const std::string& text);
    bool empty() const { return gpuLayers.empty() && intervals.empty() && batches.empty(); }
};

/** One combination, and what was measured with it. */
struct SweepPoint
{
    OffloadConfig config; // in effect
    std::int64_t batch = 1;

    std::int64_t frames = 0;        // of each passage
    std::string samplesHash;        // contentHash() of the samples of all passages, concatenated
    Spread frameMs;                 // from frame to frame of a passage, after the first ones
    double audioSecondsASecond = 0; // all passages together
    double voiceMs = 0,
           firstAudioMs = 0; // encoding a voice; from the call to the first samples; both warm
    double loadMs = 0;
    std::int64_t bytesAFrame = 0;  // over the link
    double linkBytesPerSecond = 0; // measured with this point
    std::int64_t plannedPeakBytes = 0;
    DeviceReport device; // its counters are those of all renders of the point
};

/** The least time that copies take in a frame of a point. */
double linkFloorMs (const SweepPoint& point);

/** A table for people, one line per point; the same for programs as JSON and with a header line; a plot of ms per
    frame. */
std::string describeSweep (const std::vector<SweepPoint>& points);
nlohmann::json toJson (const std::vector<SweepPoint>& points);
std::string sweepCsv (const std::vector<SweepPoint>& points);
std::string sweepSvg (const std::vector<SweepPoint>& points);
} // namespace tableread::engine
