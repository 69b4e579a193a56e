// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "EngineLink/Operation/ModelMessages.h"
#include "Settings/Settings.h"
#include "Settings/Writer.h"

namespace tableread::plugin
{
/** What the engine panel sets: where the model is and how it is loaded. Kept in the settings file; the model's entry is the
    first of [[models]]. */
struct EngineChoices
{
    enum class Layers
    {
        Automatic, // as many as fit on the GPU
        All,
        Preset,
        Count
    };

    std::string model {};        // a folder, or org/name of the hub's cache; empty: the embedded one
    std::string device = "auto"; // "auto", "cpu", "cuda", "cuda:1", …
    Layers layers = Layers::Automatic;
    std::string preset = "budget"; // of Layers::Preset
    std::int64_t count = 8;        // of Layers::Count
    std::string weights {};        // "fp8", "int8"; empty: as the model is computed
    std::int64_t cacheTrimInterval = 50;

    bool operator== (const EngineChoices&) const = default;
};

/** A name for a number of layers (Assets/docs/offload.md). */
struct LayerPreset
{
    std::string_view name;
    int layersOf28;
};
std::span<const LayerPreset> layerPresets();

/** What a settings file says. */
EngineChoices choicesOf (const Settings& settings);

/** What has to be written to a file that says `before`, for it to say `after`. */
std::vector<SettingChange> changesFor (const EngineChoices& before, const EngineChoices& after,
                                       const Settings& settings);

/** How the model is loaded with them. */
protocol::LoadSettings loadSettingsFor (const EngineChoices& choices);

/** Whether an engine reads what was changed only when it starts. */
bool needsRestart (const EngineChoices& before, const EngineChoices& after);

/** Why they cannot be used, in a sentence; empty if they can. */
std::string problemOf (const EngineChoices& choices);

/** The same, and why they cannot be written over these settings: it looks at the disk for the model. */
std::string problemOf (const EngineChoices& choices, const Settings& settings, const SettingsPlace& place);
} // namespace tableread::plugin
