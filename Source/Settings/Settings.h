// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "Core/Error.h"
#include "Settings/Place.h"

namespace tableread
{
/** One key of the settings file. Its value has the right type; whether a number is in its range is for whoever uses it. */
struct Setting
{
    std::string key; // with its table: "offload.gpu_layers"
    int line = 0;
    std::vector<std::string> values; // as an option of the command line has them: one, or those of a list
};

/** An entry of [[models]]; what is empty was not said. */
struct ModelSetting
{
    int line = 0;
    std::string name, path, device, dtype, weights;
};

/** What the settings file says (Assets/docs/settings.md). */
struct Settings
{
    std::filesystem::path file;       // empty: there is none
    std::vector<Setting> values;      // each key at most once, by their lines
    std::vector<ModelSetting> models; // in their order

    /** nullptr if the file does not have the key. */
    const Setting* find (std::string_view key) const;

    /** A place in the file, for an error: "/home/ada/.config/tableread/settings.toml:12". */
    std::string at (int line) const;
};

/** Reads the file of a place. One that is not there is empty, unless somebody named it.
    @returns NotFound; InvalidInput if it is no file of this user that only he may write, or with the line and the key of the
             first mistake; or Io. */
[[nodiscard]] Result<Settings> readSettings (const SettingsPlace& place);

/** The text of a place's file, checked as above but not for what it says; empty: it is not there, and nobody named it. */
[[nodiscard]] Result<std::optional<std::string>> settingsText (const SettingsPlace& place);

/** Reads a file's text. */
[[nodiscard]] Result<Settings> parseSettings (std::string_view text, const SettingsPlace& place);
} // namespace tableread
