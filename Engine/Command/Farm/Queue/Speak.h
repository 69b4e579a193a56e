// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Command/Farm/Run.h"

namespace tableread::engine
{
/** Speaks a queue's lines in this process, until the queue is empty. @returns the exit code. @throws Exception */
int speakQueue (BatchRun& run);
} // namespace tableread::engine
