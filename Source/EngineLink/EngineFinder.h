// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Core/Error.h"
#include "Settings/Place.h"

namespace tableread
{
/** Where to look for the engine's program; a struct so that tests can vary it. */
struct EngineSearch
{
    std::filesystem::path setting;     // what the user chose; empty: not set
    std::filesystem::path environment; // TABLEREAD_ENGINE; empty: not set
    std::filesystem::path binary; // the plugin's shared library or the app: the engine may be in its folder
    std::string pathVariable;     // PATH
    std::vector<std::filesystem::path> prefixes; // of installations; the engine is in their bin folder
    SettingsPlace settings = {};                 // engine.path in that file

    /** For this process; `binary` is the shared library that this code is linked into. */
    static EngineSearch current (std::filesystem::path setting = {});
};

/** The engine's program: the plugin's setting, else the environment's, else that of the settings file, else the first one
    found next to the plugin or its bundle, in PATH, or in a prefix. Reads the settings file.
    @returns NotFound with all the places that were searched. A setting or environment variable that points to no
             program is an error and is not skipped: the user meant it. So is a mistake in the settings file. */
[[nodiscard]] Result<std::filesystem::path> findEngine (const EngineSearch& search);

/** The program that decodes recordings (Voice/ReaderProcess.h): beside the engine that findEngine() gives, else where an engine would
    be looked for, since the plugin may be installed without one. Empty: there is none. */
std::filesystem::path findRecordingReader (const EngineSearch& search);
} // namespace tableread
