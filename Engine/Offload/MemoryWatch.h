// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "Device/StreamDevice.h"
#include "Offload/CacheTrim.h"
#include "Offload/Config.h"

namespace tableread::engine
{
/** Looks at the device's memory once a second and says in words, once each time that it begins, what is about to go
    wrong and what helps. On the device's clock; on the render thread. */
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
    static constexpr std::size_t trendSamples = 6; // in a row that must all grow or shrink
    static constexpr std::int64_t stableFrames = 100;

    MemoryWatch (StreamDevice& device, const OffloadConfig& config, const CacheTrim& trim);

    /** To be called after each frame. @returns what is to be said now; mostly nothing. */
    std::vector<std::string> frameMade();

    /** The last sample; before the first second is over, the one taken at the beginning. */
    const Sample& latest() const { return samples.back(); }

private:
    enum class Trend
    {
        Growing,
        Shrinking
    };

    /** How much a value has moved in one direction over all kept samples; 0 if it moved back once. */
    std::int64_t moved (std::int64_t DeviceMemory::*value, Trend trend) const;
    static void say (bool holds, bool& wasSaid, const std::string& sentence, std::vector<std::string>& to);

    StreamDevice& device;
    OffloadConfig config;
    const CacheTrim& trim;
    std::vector<Sample> samples; // the last few, oldest first
    Sample stableSince;
    std::int64_t frames = 0, trimsWhenStable = 0;
    bool saidGrowth = false, saidFragments = false, saidShrinking = false, saidFull = false,
         saidStable = false;
};
} // namespace tableread::engine
