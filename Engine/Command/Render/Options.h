// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Command/ModelOptions.h"
#include "Command/OffloadOptions.h"
#include "Command/Script/ScriptOptions.h"
#include "Command/Session.h"
#include "Command/SettingsOptions.h"

namespace tableread::engine
{
/** What `render` was asked for. */
struct RenderOptions
{
    ModelOptions model;
    OffloadOptions offload { OffloadOptions::Passages::Auto };
    ScriptOptions reading;
    std::filesystem::path script, out, stems;
    std::vector<std::string> voices;
    double voiceSeconds = 0; // longest use of a recording; 0: all of it, if it fits
    RenderSettings settings;
    std::string seed = "0"; // as asked; settings.seed has the number
    std::string passage = "line", format = "s16", rng = "philox";
    std::string gaps; // as readGaps() takes it; empty: none
    bool json = false, raw = false, quiet = false;
    std::vector<std::string> ofScript; // of the options that were given, those that a project has no use for
    SettingsOptions settingsFile { SettingsOptions::Models::First };
};
} // namespace tableread::engine
