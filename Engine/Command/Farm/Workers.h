// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "Command/Farm/Line.h"
#include "Command/Farm/Run.h"

namespace tableread::engine
{
/** Runs the same command line in so many processes of this program, each with --worker I/N, and passes on what they say of
    their lines, each line as a whole. Each takes the lines that nobody has yet. One that dies takes no other with it: of the
    lines that it had taken it is said that they are left, with its reason, and in the end of those that nobody took. They
    get SIGTERM as soon as a signal comes, and none outlives this process. What they tell of the engine goes into the run.

    @param lines  of the chunk, of which number, title and id are used; none where that is not known, as of a queue.
    @returns the worst of their exit codes: 75 before 2 before 0
    @throws Exception if a process cannot be started; then none is left. */
int runWorkers (std::size_t count, std::vector<FarmLine> lines, BatchRun& run);

/** To be called first in a worker: it ends when its parent does. */
void endWithParent();
} // namespace tableread::engine
