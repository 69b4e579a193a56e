// SPDX-License-Identifier: Apache-2.0
#include "Offload/Config.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t layersOfPresets = 28;
constexpr std::array presets {
    OffloadPreset { "high_end", 28 }, OffloadPreset { "mid_range", 20 }, OffloadPreset { "consumer", 12 },
    OffloadPreset { "budget", 8 },    OffloadPreset { "minimal", 4 },    OffloadPreset { "light", 20 },
    OffloadPreset { "moderate", 16 }, OffloadPreset { "balanced", 12 },  OffloadPreset { "aggressive", 8 },
    OffloadPreset { "extreme", 4 },
};

std::string describeTrims (const OffloadSettings& settings)
{
    if (settings.cacheTrimInterval == 0)
        return "never: memory may fragment in a long run; see --cache-trim-interval";
    return fmt::format ("each {} layer transfers{}", settings.cacheTrimInterval,
                        settings.trim == TrimPolicy::Always ? ", always"
                                                            : ", when there is something to return");
}
} // namespace

std::span<const OffloadPreset> offloadPresets()
{
    return presets;
}

std::optional<std::int64_t> presetLayers (std::string_view name, std::int64_t layers)
{
    const auto preset =
        std::ranges::find_if (presets, [name] (const auto& candidate) { return candidate.name == name; });
    if (preset == presets.end())
        return {};
    const auto scaled = (2 * preset->layersOf28 * layers + layersOfPresets) / (2 * layersOfPresets);
    return std::clamp<std::int64_t> (scaled, 1, layers);
}

std::int64_t layersAskedFor (const OffloadRequest& request, std::int64_t layers)
{
    if (request.mode == OffloadRequest::Mode::Layers)
    {
        if (request.gpuLayers < 0 || request.gpuLayers > layers)
            fail (ErrorCode::OutOfRange,
                  fmt::format ("--gpu-layers {}: this model has {} layers. Choose 0 to {}.",
                               request.gpuLayers, layers, layers));
        return request.gpuLayers;
    }
    if (request.mode != OffloadRequest::Mode::Preset)
        return layers;
    const auto chosen = presetLayers (request.preset, layers);
    if (! chosen)
    {
        std::vector<std::string_view> names;
        for (const auto& preset : offloadPresets())
            names.push_back (preset.name);
        fail (ErrorCode::InvalidInput, fmt::format ("--preset {}: there is no such preset. Choose one of {}.",
                                                    request.preset, fmt::join (names, ", ")));
    }
    return *chosen;
}

void check (const OffloadSettings& settings)
{
    if (settings.prefetch < 0)
        fail (ErrorCode::OutOfRange, fmt::format ("--prefetch {}: must be 0 or more.", settings.prefetch));
    if (settings.cacheTrimInterval < 0)
        fail (
            ErrorCode::OutOfRange,
            fmt::format ("--cache-trim-interval {}: the number of layer transfers from trim to trim is 1 or "
                         "more, or 0 for never.",
                         settings.cacheTrimInterval));
    if (settings.positions < 1 || settings.passages < 0)
        fail (ErrorCode::OutOfRange, "--context and --passages: must be 1 or more.");
    if (settings.deviceMemoryLimit < 0)
        fail (ErrorCode::OutOfRange, "--vram: must be more than 0.");
}

std::string_view nameOf (WeightsFormat format)
{
    switch (format)
    {
        case WeightsFormat::AsComputed:
            return "as computed";
        case WeightsFormat::Float8:
            return "fp8";
        case WeightsFormat::Int8:
            return "int8";
    }
    return "unknown";
}

WeightsFormat weightsFormat (std::string_view name)
{
    return name == "fp8"    ? WeightsFormat::Float8
           : name == "int8" ? WeightsFormat::Int8
                            : WeightsFormat::AsComputed;
}

std::string describe (const OffloadConfig& config)
{
    const auto& settings = config.settings;
    auto text = fmt::format ("layers        {} of {} resident, {} offloaded ({})\n", config.gpuLayers,
                             config.layers, config.layers - config.gpuLayers, config.chosenBy);
    text += fmt::format ("weights       {}\n", nameOf (settings.weights));
    if (settings.deviceMemoryLimit > 0)
        text += fmt::format ("memory limit  {:.2f} GB\n", (double) settings.deviceMemoryLimit / 1e9);
    if (! config.offloads())
        return text;
    const auto offloaded = config.layers - config.gpuLayers;
    if (offloaded <= settings.slots())
        text +=
            fmt::format ("slots         {}: they hold all offloaded layers, so nothing is copied after the "
                         "first sweep\n",
                         offloaded);
    else
        text += fmt::format ("slots         {}, {} ahead\n", settings.slots(), settings.prefetch);
    text += fmt::format ("host memory   {}\n", settings.pinMemory ? "pinned" : "pageable (--no-pin)");
    text += fmt::format ("cache trims   {}\n", describeTrims (settings));
    return text;
}
} // namespace tableread::engine
