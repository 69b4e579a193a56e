// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "Standalone/Files/DocumentFile.h"

namespace tableread::plugin
{
/** Reads what the user opens: a project, or a script, of which it makes a new project to be saved beside it. Told apart by
    their content.
    @returns what DocumentFile::open(), readScriptText() and importScript() do. */
[[nodiscard]] Result<DocumentFile::Opened> readFile (const std::filesystem::path& file);
} // namespace tableread::plugin
