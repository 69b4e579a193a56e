// SPDX-License-Identifier: Apache-2.0
#include "Offload/Plan/MemoryPlan.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "Core/Error.h"

namespace tableread::engine
{
namespace
{
double gibibytes (std::int64_t bytes)
{
    return (double) bytes / (1024.0 * 1024.0 * 1024.0);
}

std::int64_t slotsFor (const MemoryNeeds& needs, std::int64_t gpuLayers, int slots)
{
    return std::min<std::int64_t> (slots, needs.layers - gpuLayers);
}

std::int64_t layersOf (const OffloadRequest& request, std::int64_t layers)
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

[[noreturn]] void failToFit (const MemoryNeeds& needs, const OffloadConfig& config, std::int64_t free,
                             const std::string& device)
{
    const auto& settings = config.settings;
    const auto fitting = mostLayers (needs, settings.slots(), free);
    const bool canShrink = settings.weights == WeightsFormat::AsComputed;
    const auto needed = gibibytes (peakBytes (needs, config.gpuLayers, settings.slots()));
    if (fitting)
        fail (
            ErrorCode::OutOfMemory,
            fmt::format ("{} layers need {:.1f} GiB on {}, {:.1f} GiB are free. Lower --gpu-layers to {}{}.",
                         config.gpuLayers, needed, device, gibibytes (free), *fitting,
                         canShrink ? ", or use --weights int8" : ""));
    fail (ErrorCode::OutOfMemory,
          fmt::format (
              "even with all layers offloaded the model needs {:.1f} GiB on {}, {:.1f} GiB are free. {}lose "
              "other programs that use the GPU{}, or use --device cpu.",
              gibibytes (peakBytes (needs, 0, settings.slots()) + needs.reserve), device, gibibytes (free),
              canShrink ? "Use --weights int8, c" : "C", settings.prefetch > 0 ? ", lower --prefetch" : ""));
}
} // namespace

std::int64_t peakBytes (const MemoryNeeds& needs, std::int64_t gpuLayers, int slots)
{
    return needs.context + needs.otherWeights +
           (gpuLayers + slotsFor (needs, gpuLayers, slots)) * needs.layerBytes +
           (needs.encodesWhileSpeaking ? needs.voiceEncoder + needs.caches + needs.activations
                                       : std::max (needs.voiceEncoder, needs.caches + needs.activations));
}

std::optional<std::int64_t> mostLayers (const MemoryNeeds& needs, int slots, std::int64_t free)
{
    for (auto layers = needs.layers; layers >= 0; --layers)
        if (peakBytes (needs, layers, slots) + needs.reserve <= free)
            return layers;
    return {};
}

OffloadConfig settle (const OffloadRequest& request, const MemoryNeeds& needs, std::int64_t free,
                      const std::string& device)
{
    using Mode = OffloadRequest::Mode;
    check (request.settings);
    OffloadConfig config { needs.layers, layersOf (request, needs.layers), request.settings, {} };
    const auto slots = request.settings.slots();
    const auto fits = [&] { return peakBytes (needs, config.gpuLayers, slots) <= free; };
    const auto most = mostLayers (needs, slots, free);
    switch (request.mode)
    {
        case Mode::Layers:
            config.chosenBy = fmt::format ("--gpu-layers {}", request.gpuLayers);
            break;
        case Mode::Preset:
            config.chosenBy = fmt::format ("preset {}", request.preset);
            break;
        case Mode::None:
            config.chosenBy = "--no-offload";
            break;
        case Mode::Auto:
        case Mode::Default:
            if (! most)
                failToFit (needs, config, free, device);
            config.gpuLayers = *most;
            config.chosenBy = config.gpuLayers == needs.layers
                                  ? "all fit"
                                  : fmt::format ("as many as fit {:.2f} GiB", gibibytes (free));
            break;
    }
    if (! fits())
        failToFit (needs, config, free, device);
    return config;
}

std::string describeMemory (const MemoryNeeds& needs, const OffloadConfig& config, std::int64_t free,
                            const std::string& device)
{
    std::string text;
    const auto row = [&text] (const std::string& name, std::int64_t bytes, const std::string& note = {}) {
        text +=
            fmt::format ("{:<26}{:>9.2f} GiB{}{}\n", name, gibibytes (bytes), note.empty() ? "" : "  ", note);
    };
    const auto slots = slotsFor (needs, config.gpuLayers, config.settings.slots());
    const auto oneLayer =
        fmt::format ("{:.1f} MB each, {}", (double) needs.layerBytes / 1e6, nameOf (config.settings.weights));
    if (needs.context > 0)
        row ("driver's context", needs.context);
    row ("other weights", needs.otherWeights, "head, decoder, semantic encoder, connectors");
    row (fmt::format ("{} resident layers", config.gpuLayers), config.gpuLayers * needs.layerBytes, oneLayer);
    if (slots > 0)
        row (fmt::format ("{} {} for {} others", slots, slots == 1 ? "slot" : "slots",
                          needs.layers - config.gpuLayers),
             slots * needs.layerBytes);
    row ("keys and values", needs.caches, "both guidance branches");
    row ("activations", needs.activations);
    if (needs.encodesWhileSpeaking)
        row ("voices", needs.voiceEncoder, "the encoder, beside passages that speak");
    else if (needs.voiceEncoder > needs.caches + needs.activations)
        row ("more for voices", needs.voiceEncoder - needs.caches - needs.activations,
             "the encoder, before there are keys and values");
    const auto peak = peakBytes (needs, config.gpuLayers, config.settings.slots());
    row ("peak", peak);
    row ("free on " + device, free);
    row ("left", free - peak, fmt::format ("of which {:.2f} GiB are reserve", gibibytes (needs.reserve)));
    return text;
}

std::optional<std::int64_t> parseBytes (const std::string& text)
{
    static const std::map<std::string, double> units { { "b", 1.0 },
                                                       { "m", 1e6 },
                                                       { "mb", 1e6 },
                                                       { "g", 1e9 },
                                                       { "gb", 1e9 },
                                                       { "mib", 1024.0 * 1024.0 },
                                                       { "gib", 1024.0 * 1024.0 * 1024.0 } };
    const auto digits = std::min (text.find_first_not_of ("0123456789."), text.size());
    std::string unit;
    for (const auto c : text.substr (digits))
        if (c != ' ')
            unit += (char) std::tolower ((unsigned char) c);
    const auto known = units.find (unit);
    if (digits == 0 || known == units.end() || std::count (text.begin(), text.end(), '.') > 1)
        return {};
    const auto bytes = std::strtod (text.substr (0, digits).c_str(), nullptr) * known->second;
    if (! (bytes >= 1.0) || bytes > 1e18)
        return {};
    return std::llround (bytes);
}
} // namespace tableread::engine
