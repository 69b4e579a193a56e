// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Command/Render/Options.h"
#include "Command/Session.h"

namespace tableread::engine
{
/** Speaks a script. What can be refused is refused before an output is opened; what is rendered is kept, under a name
    that says so if it is not complete. @returns the exit code. @throws Exception if nothing was rendered. */
int renderScript (const RenderOptions& options, Session& session);
} // namespace tableread::engine
