// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Command/Farm/Run.h"

namespace tableread::engine
{
/** Speaks a chunk of a script in this process, or a worker's part of it. It can be ended at any time: what was stored by
    then need not be spoken again. @returns the exit code. @throws Exception */
int speakChunk (BatchRun& run);
} // namespace tableread::engine
