// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "Command/Session.h"

namespace tableread::engine
{
struct ShowProjectOptions
{
    std::filesystem::path file;
    bool json = false;
};

/** Prints what is in a project. Reads neither recordings nor takes. @returns the exit code. @throws Exception. */
int showProject (const ShowProjectOptions& options, Session& session);
} // namespace tableread::engine
