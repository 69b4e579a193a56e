// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "Command/Session.h"

namespace tableread::engine
{
struct ShowProjectOptions
{
    std::filesystem::path file, settings; // the latter says where takes are kept; empty: the user's
    bool json = false;
};

/** Prints what is in a project. Looks which takes the store has; reads neither these nor recordings.
    @returns the exit code. @throws Exception */
int showProject (const ShowProjectOptions& options, Session& session);
} // namespace tableread::engine
