// SPDX-License-Identifier: Apache-2.0
#include "Offload/Plan/MemoryPlan.h"

#include <algorithm>

#include <fmt/format.h>

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
    OffloadConfig config { needs.layers, layersAskedFor (request, needs.layers), request.settings, {} };
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

MemoryTable memoryTable (const MemoryNeeds& needs, const OffloadConfig& config, std::int64_t free)
{
    const auto slots = config.settings.slots();
    const auto speaking = needs.caches + needs.activations;
    return { .context = needs.context,
             .otherWeights = needs.otherWeights,
             .resident = config.gpuLayers * needs.layerBytes,
             .slots = slotsFor (needs, config.gpuLayers, slots) * needs.layerBytes,
             .caches = needs.caches,
             .activations = needs.activations,
             .voices = needs.encodesWhileSpeaking ? needs.voiceEncoder
                                                  : std::max<std::int64_t> (needs.voiceEncoder - speaking, 0),
             .peak = peakBytes (needs, config.gpuLayers, slots),
             .free = free,
             .reserve = needs.reserve };
}

std::string describeMemory (const MemoryNeeds& needs, const OffloadConfig& config, std::int64_t free,
                            const std::string& device)
{
    std::string text;
    const auto row = [&text] (const std::string& name, std::int64_t bytes, const std::string& note = {}) {
        text +=
            fmt::format ("{:<26}{:>9.2f} GiB{}{}\n", name, gibibytes (bytes), note.empty() ? "" : "  ", note);
    };
    const auto table = memoryTable (needs, config, free);
    const auto slots = slotsFor (needs, config.gpuLayers, config.settings.slots());
    const auto oneLayer =
        fmt::format ("{:.1f} MB each, {}", (double) needs.layerBytes / 1e6, nameOf (config.settings.weights));
    if (table.context > 0)
        row ("driver's context", table.context);
    row ("other weights", table.otherWeights, "head, decoder, semantic encoder, connectors");
    row (fmt::format ("{} resident layers", config.gpuLayers), table.resident, oneLayer);
    if (slots > 0)
        row (fmt::format ("{} {} for {} others", slots, slots == 1 ? "slot" : "slots",
                          needs.layers - config.gpuLayers),
             table.slots);
    row ("keys and values", table.caches, "both guidance branches");
    row ("activations", table.activations);
    if (needs.encodesWhileSpeaking)
        row ("voices", table.voices, "the encoder, beside passages that speak");
    else if (table.voices > 0)
        row ("more for voices", table.voices, "the encoder, before there are keys and values");
    row ("peak", table.peak);
    row ("free on " + device, table.free);
    row ("left", table.free - table.peak,
         fmt::format ("of which {:.2f} GiB are reserve", gibibytes (table.reserve)));
    return text;
}
} // namespace tableread::engine
