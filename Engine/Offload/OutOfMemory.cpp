// SPDX-License-Identifier: Apache-2.0
#include "Offload/OutOfMemory.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::array<std::int64_t, 3> intervals { 50, 20, 10 };
constexpr std::int64_t fewestLayers = 4; // of 28; below that, each layer less saves little
constexpr double gibibyte = 1024.0 * 1024.0 * 1024.0;

/** 8 → 6 → 4; higher numbers go down to the next even one. */
std::int64_t fewerLayers (std::int64_t layers)
{
    return std::max<std::int64_t> (0, (layers - 1) / 2 * 2);
}
/** 50 → 20 → 10, from never to 50; 0 if trims can hardly be more frequent. */
std::int64_t lowerInterval (const OffloadSettings& settings)
{
    for (const auto interval : intervals)
        if (settings.cacheTrimInterval == 0 || settings.cacheTrimInterval > interval)
            return interval;
    return 0;
}
} // namespace

std::string nextStepOfLadder (const OffloadConfig& config)
{
    const auto& settings = config.settings;
    const auto fewest = std::max<std::int64_t> (1, (fewestLayers * config.layers + 14) / 28);
    if (config.gpuLayers > fewest)
        return fmt::format ("Lower --gpu-layers to {}{}.", std::max (fewest, fewerLayers (config.gpuLayers)),
                            settings.weights == WeightsFormat::AsComputed ? ", or use --weights int8" : "");
    if (const auto interval = lowerInterval (settings); interval > 0)
        return fmt::format ("Lower --cache-trim-interval to {}.", interval);
    if (config.gpuLayers > 0)
        return "Lower --gpu-layers to 0, or close other programs that use the GPU.";
    return "Shorten the passage, or close other programs that use the GPU: no layer is resident any more.";
}

std::string fewerFragments (const OffloadConfig& config)
{
    const auto interval = lowerInterval (config.settings);
    return config.offloads() && interval > 0 ? fmt::format ("Lower --cache-trim-interval to {}.", interval)
                                             : nextStepOfLadder (config);
}

std::string stepWhenStable (const OffloadConfig& config)
{
    const auto interval = config.settings.cacheTrimInterval;
    if (! config.offloads() || interval == 0)
        return {};
    return fmt::format ("Memory has been stable: --cache-trim-interval {} costs less time.",
                        interval < 100 ? 100 : 0);
}

std::byte* allocateOrTrim (Device& device, CacheTrim& trim, const BlockRequest& block,
                           const OffloadConfig& config)
{
    if (auto* address = device.allocate (block.bytes))
        return address;
    trim.outOfMemory();
    if (auto* address = device.allocate (block.bytes))
        return address;
    const auto memory = device.memory();
    fail (ErrorCode::OutOfMemory,
          fmt::format (
              "{}: {} needs {:.2f} GiB, {:.2f} of {:.2f} GiB are free, also after a trim, with {} of {} "
              "layers resident. {}",
              device.name(), block.name, (double) block.bytes / gibibyte, (double) memory.free / gibibyte,
              (double) memory.total / gibibyte, config.gpuLayers, config.layers, nextStepOfLadder (config)));
}
} // namespace tableread::engine
