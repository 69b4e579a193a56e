// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "Command/Session.h"

namespace tableread::engine
{
struct CollectProjectOptions
{
    std::filesystem::path file, out; // `out` empty: the same file
    std::string settings;            // the settings file; empty: the usual one
    bool drops = false;              // leaves the audio out again
    bool quiet = false;
};

/** Puts the audio of all takes that the store has into a project's file, or leaves it out. @returns the exit code; exitCut if the
    store does not have all of it. @throws Exception; Conflict if `out` exists. */
int collectProject (const CollectProjectOptions& options, Session& session);
} // namespace tableread::engine
