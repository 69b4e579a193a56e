// SPDX-License-Identifier: GPL-3.0-or-later
#include "Editor/Engine/Choices.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>

namespace tableread::plugin
{
namespace
{
using Layers = EngineChoices::Layers;

constexpr std::array presets { LayerPreset { "high_end", 28 }, LayerPreset { "mid_range", 20 },
                               LayerPreset { "moderate", 16 }, LayerPreset { "balanced", 12 },
                               LayerPreset { "budget", 8 },    LayerPreset { "minimal", 4 } };

std::string textOf (const Settings& settings, std::string_view key, const std::string& otherwise)
{
    const auto* found = settings.find (key);
    return found == nullptr ? otherwise : found->values.front();
}

std::int64_t numberOf (const Settings& settings, std::string_view key, std::int64_t otherwise)
{
    const auto text = textOf (settings, key, {});
    std::from_chars (text.data(), text.data() + text.size(), otherwise);
    return otherwise;
}

/** Whether the first model has a device or weights of its own, which win over those for all. */
std::string ofModel (const Settings& settings, std::string ModelSetting::*field)
{
    return settings.models.empty() ? std::string() : settings.models.front().*field;
}

bool isFurtherGpu (const std::string& device)
{
    return device.starts_with ("cuda:");
}

/** "bf16" is what a model is computed in by default, or close enough to be asked for as that. */
std::string asWeights (const std::string& written)
{
    return written == "bf16" ? std::string() : written;
}
} // namespace

std::span<const LayerPreset> layerPresets()
{
    return presets;
}

EngineChoices choicesOf (const Settings& settings)
{
    EngineChoices choices;
    choices.model = ofModel (settings, &ModelSetting::path);
    choices.device = ofModel (settings, &ModelSetting::device);
    if (choices.device.empty())
        choices.device = textOf (settings, "device", "auto");
    choices.weights = ofModel (settings, &ModelSetting::weights);
    if (choices.weights.empty())
        choices.weights = textOf (settings, "offload.weights", {});
    choices.weights = asWeights (choices.weights);
    choices.preset = textOf (settings, "offload.preset", choices.preset);
    choices.count = numberOf (settings, "offload.gpu_layers", choices.count);
    if (settings.find ("offload.gpu_layers") != nullptr)
        choices.layers = Layers::Count;
    else if (settings.find ("offload.preset") != nullptr)
        choices.layers = Layers::Preset;
    else if (textOf (settings, "offload.no_offload", "false") == "true")
        choices.layers = Layers::All;
    choices.cacheTrimInterval = numberOf (settings, "offload.cache_trim_interval", choices.cacheTrimInterval);
    return choices;
}

std::vector<SettingChange> changesFor (const EngineChoices& before, const EngineChoices& after,
                                       const Settings& settings)
{
    std::vector<SettingChange> changes;
    const auto set = [&] (const char* key, std::string value) {
        if (value.empty())
            changes.push_back ({ key });
        else
            changes.push_back ({ key, { std::move (value) } });
    };
    const bool losesModel = after.model.empty() && ! settings.models.empty();
    if (losesModel)
        set ("models", {}); // an entry without a path is none
    else if (before.model != after.model)
        set ("models.path", after.model);
    const auto wasOfModel = [&] (std::string ModelSetting::*field) {
        return ! ofModel (settings, field).empty();
    };
    if (losesModel && wasOfModel (&ModelSetting::device))
        set ("device", after.device);
    else if (before.device != after.device)
    {
        const bool isOfModel = isFurtherGpu (after.device) || wasOfModel (&ModelSetting::device);
        set (isOfModel ? "models.device" : "device", after.device);
    }
    const bool hasOwnWeights = wasOfModel (&ModelSetting::weights);
    if (before.weights != after.weights || (losesModel && hasOwnWeights))
        set (hasOwnWeights && ! losesModel ? "models.weights" : "offload.weights", after.weights);
    const bool hasOtherLayers = before.layers != after.layers ||
                                (after.layers == Layers::Preset && before.preset != after.preset) ||
                                (after.layers == Layers::Count && before.count != after.count);
    if (hasOtherLayers)
    {
        set ("offload.auto", {}); // at most one of the four
        set ("offload.preset", after.layers == Layers::Preset ? after.preset : std::string());
        set ("offload.gpu_layers",
             after.layers == Layers::Count ? std::to_string (after.count) : std::string());
        set ("offload.no_offload", after.layers == Layers::All ? "true" : "");
    }
    if (before.cacheTrimInterval != after.cacheTrimInterval)
        set ("offload.cache_trim_interval", std::to_string (after.cacheTrimInterval));
    return changes;
}

protocol::LoadSettings loadSettingsFor (const EngineChoices& choices)
{
    protocol::LoadSettings settings { .weights = choices.weights,
                                      .cacheTrimInterval = choices.cacheTrimInterval };
    switch (choices.layers)
    {
        case Layers::Automatic:
            settings.automatic = true;
            break;
        case Layers::All:
            settings.noOffload = true;
            break;
        case Layers::Preset:
            settings.preset = choices.preset;
            break;
        case Layers::Count:
            settings.gpuLayers = choices.count;
            break;
    }
    return settings;
}

/** Weights as the model is computed cannot be asked for: what a request leaves out is as at the engine's start. */
bool needsRestart (const EngineChoices& before, const EngineChoices& after)
{
    return before.model != after.model || before.device != after.device ||
           (after.weights.empty() && ! before.weights.empty());
}

std::string problemOf (const EngineChoices& choices)
{
    constexpr std::int64_t mostLayers = 100'000, mostInterval = std::int64_t { 1 } << 40;
    const auto& model = choices.model;
    const auto slash = model.find ('/');
    const bool isPath = model.starts_with ('/') || model.starts_with ("~/");
    const bool isNameInHub = slash != std::string::npos && slash > 0 && slash + 1 < model.size() &&
                             model.front() != '.' && model.find ('/', slash + 1) == std::string::npos;
    if (! model.empty() && ! isPath && ! isNameInHub)
        return "The model is a whole path such as ~/models/VibeVoice-7B, or a name in the hub's cache such "
               "as "
               "microsoft/VibeVoice-1.5B.";
    if (model.empty() && isFurtherGpu (choices.device))
        return "A further GPU is chosen for a model of your own. Choose the model's folder too.";
    if (choices.layers == Layers::Count && (choices.count < 0 || choices.count > mostLayers))
        return "The number of layers on the GPU is a whole number from 0 on.";
    if (choices.cacheTrimInterval < 0 || choices.cacheTrimInterval > mostInterval)
        return "The cache trim interval is a number of layer transfers, or 0 for never.";
    return {};
}

std::string problemOf (const EngineChoices& choices, const Settings& settings, const SettingsPlace& place)
{
    namespace fs = std::filesystem;
    const auto& model = choices.model;
    if (auto problem = problemOf (choices); ! problem.empty())
        return problem;
    if (model.empty() && settings.models.size() > 1)
        return "The settings file names several models, and without the first one the second would speak. "
               "Remove them from " +
               settings.file.string() + " by hand.";
    const fs::path folder = model.starts_with ("~/") ? place.home / model.substr (2) : fs::path (model);
    std::error_code none;
    if (! folder.is_absolute()) // the embedded model, or one of the hub's cache
        return {};
    if (! fs::exists (folder, none))
        return model + " does not exist. Choose the model's folder.";
    if (! fs::is_directory (folder, none))
        return model + " is a file. Choose the folder that holds config.json and the safetensors files.";
    if (! fs::exists (folder / "config.json", none) &&
        ! fs::is_directory (folder / "snapshots", none)) // of the hub
        return model + " is not a model's folder: there is no config.json in it.";
    return {};
}
} // namespace tableread::plugin
