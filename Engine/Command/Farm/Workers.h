// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "Command/Farm/Report.h"
#include "Command/Session.h"
#include "Core/Process/Interrupt.h"

namespace tableread::engine
{
/** How a command's workers have ended. */
struct WorkersEnd
{
    int code = exitOk;               // the worst: 75 before 2 before 0
    std::string fingerprint;         // of the first that has told one
    std::optional<double> handOutMs; // the longest: LineWorker::handOutMs()
};

/** Runs the same command line in so many processes of this program, each with --worker I/N, and passes on what they say of
    their lines, each line as a whole. Each takes the lines that nobody has yet. One that dies takes no other with it: of the
    lines that it had taken it is said that they are left, with its reason, and in the end of those that nobody took. They
    get SIGTERM as soon as a signal comes, and none outlives this process.

    @param lines  of the chunk, of which number, title and id are used; none where that is not known, as of a queue.
    @throws Exception if a process cannot be started; then none is left. */
WorkersEnd runWorkers (std::size_t count, std::vector<FarmLine> lines, const Interrupt& interrupt,
                       BatchReport& report, const Session& session);

/** To be called first in a worker: it ends when its parent does. */
void endWithParent();
} // namespace tableread::engine
