// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "Offload/Plan/FramePrediction.h"
#include "Offload/Plan/ModelMemory.h"

namespace tableread::engine
{
/** What a GPU can do, measured or assumed. */
struct GpuSpeed
{
    double linkBytesPerSecond = 25e9;    // host → GPU: what PCIe 4.0 x16 gives for large copies
    double memoryBytesPerSecond = 760e9; // of an RTX 3080
};

/** How close a GPU comes to its limits. The times that plan predicts are based on these. */
struct SpeedAssumptions
{
    double shareOfMemorySpeed = 0.8; // estimate: for products of few rows
    double hostMsAFrame = 0.5;       // estimate: launches, and the host's decisions between frames
};

struct PlanQuestion
{
    MemorySettings memory;
    OffloadSettings settings;
    GpuSpeed speed;
    SpeedAssumptions assumptions;
    int steps = 10;
    std::optional<std::int64_t> free; // bytes of device memory; empty: not known
    bool hasContext = false;          // the driver's context is already subtracted from `free`
};

/** What plan shows: for each preset the memory and the time of a frame. */
struct PlanReport
{
    struct Row
    {
        std::vector<std::string> names; // of presets, and "auto"
        OffloadConfig config;
        std::int64_t peakBytes = 0, hostBytes = 0;
        bool fits = true;
        FramePrediction frame;
    };

    std::string model;
    PlanQuestion question;
    MemoryNeeds needs;
    FrameTimes times;
    std::vector<Row> rows;                 // from all layers resident to none
    std::optional<std::int64_t> automatic; // gpuLayers; empty: nothing fits, or `free` is not known
};

PlanReport plan (const Checkpoint& checkpoint, const PlanQuestion& question);

/** Tables for people. */
std::string describe (const PlanReport& report);
nlohmann::json toJson (const PlanReport& report);
} // namespace tableread::engine
