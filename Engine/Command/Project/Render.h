// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Command/Render/Options.h"
#include "Command/Session.h"

namespace tableread::engine
{
/** Renders the takes of a project that are missing, keeps each in the take store and records it in the project, so that it
    may be stopped at any time; then writes the whole, if that is asked for. @returns the exit code. @throws Exception. */
int renderProject (const RenderOptions& options, Session& session);
} // namespace tableread::engine
