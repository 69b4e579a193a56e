// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "Command/Session.h"

namespace tableread::engine
{
/** What `project new` was asked for. */
struct NewProjectOptions
{
    std::filesystem::path script, out;
    std::vector<std::string> voices; // NAME=FILE
    RenderSettings settings;         // seed, guidance and steps
    std::string seed = "0";          // as asked; settings.seed has the number
    bool quiet = false;
};

/** Writes a project with the script's lines and these voices. @returns the exit code. @throws Exception; Conflict if the file
    exists. */
int newProject (const NewProjectOptions& options, Session& session);
} // namespace tableread::engine
