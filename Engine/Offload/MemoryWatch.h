// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "Device/Device.h"
#include "Offload/CacheTrim.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** Checks the device's memory once a second and reports in words what is about to go wrong and what helps, once for
    each new problem. Uses the device's clock; runs on the render thread. */
class MemoryWatch
{
public:
    struct Sample
    {
        double atMs = 0;
        std::int64_t frames = 0; // made so far
        DeviceMemory memory;
    };

    static constexpr double betweenSamplesMs = 1000;
    static constexpr std::size_t trendSamples = 6; // in a row, all of which must grow or shrink
    static constexpr std::int64_t stableFrames = 100;

    MemoryWatch (Device& device, const OffloadConfig& config, const CacheTrim& trim);

    /** To be called after each frame. @returns new messages; usually none. */
    std::vector<std::string> frameMade();

    /** The last sample; during the first second, the one taken at the start. */
    const Sample& latest() const { return samples.back(); }

private:
    enum class Trend
    {
        Growing,
        Shrinking
    };

    /** How far a value has moved in one direction over all kept samples; 0 if it ever moved back. */
    std::int64_t moved (std::int64_t DeviceMemory::*value, Trend trend) const;
    static void say (bool holds, bool& wasSaid, const std::string& sentence, std::vector<std::string>& to);

    Device& device;
    OffloadConfig config;
    const CacheTrim& trim;
    std::vector<Sample> samples; // the last few, oldest first
    Sample stableSince;
    std::int64_t frames = 0, trimsWhenStable = 0;
    bool saidGrowth = false, saidFragments = false, saidShrinking = false, saidFull = false,
         saidStable = false;
};
} // namespace tableread::engine
