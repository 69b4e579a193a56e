// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "Command/ModelOptions.h"
#include "Command/Session.h"

namespace tableread::engine
{
/** What `gather` was asked for. */
struct GatherOptions
{
    ModelOptions model; // whose voices the lines were spoken with; no weights are read
    std::string typography = "auto";
    std::filesystem::path project, store, out;
    bool quiet = false;
};

/** Checks that the store has a whole take of each line of a project, and writes them as files, with the project that plays
    them. @returns the exit code. @throws Exception */
int gather (const GatherOptions& options, Session& session);
} // namespace tableread::engine
