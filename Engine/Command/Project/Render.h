// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "Command/Render/Options.h"
#include "Command/Session.h"

namespace tableread::engine
{
/** Whether what `render` was given is a project, by its name or content; a pipe is not read. */
bool isProject (const std::filesystem::path& file);

/** Renders the takes of a project that are missing, keeps each in the take store and records it in the project, so that it
    may be stopped at any time; then writes the whole, if that is asked for. @returns the exit code. @throws Exception. */
int renderProject (const RenderOptions& options, Session& session);
} // namespace tableread::engine
