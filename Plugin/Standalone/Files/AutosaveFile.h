// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "Project/File/Format.h"

namespace tableread::plugin
{
/** An autosave: what a window shows and has not saved. It is a line of JSON, then the text of a `.tableread` file. Beside
    NAME.autosave is NAME.lock, which its process holds (Core/LockFile.h), so that others see whether it still runs. */
struct Autosaved
{
    project::Content content {};
    std::filesystem::path file {}; // the project's; empty: it has none
    std::string contentHash {};    // of that file as the window knows it (DocumentFile)
};

inline constexpr const char* autosaveExtension = ".autosave";

/** The line before the project's text. */
std::string autosaveHead (const Autosaved& autosaved);

/** What the line says, without content; nothing in it if it is damaged. */
Autosaved readAutosaveHead (std::string_view line);

/** The lock of an autosave. */
std::filesystem::path lockOf (std::filesystem::path autosave);
} // namespace tableread::plugin
