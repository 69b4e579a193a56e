// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "Command/Farm/Batch.h"
#include "Command/Farm/Report.h"
#include "Core/Process/Interrupt.h"
#include "Take/Store/TakeStore.h"

namespace tableread::engine
{
/** One run of `batch`: what its parts have in common. */
class BatchRun
{
public:
    /** @param patienceSeconds  from a signal until the process is ended whatever it does */
    BatchRun (const BatchOptions& asked, Session& given, double patienceSeconds);

    /** Removes what dead processes have left in the store. @returns false, and says why, if the store is not there. */
    bool tidy();

    /** Whether notes are wanted from this process: the other workers would say the same. */
    bool isTalking() const { return ! options.quiet && worker <= 1; }

    void note (const std::string& sentence);
    void say (const Error& error);

    /** Writes the report's last line. `code`: one that does not follow from the lines; 0: none. @returns the exit code. */
    int end (const std::string& fingerprint, int code = exitOk);

    const BatchOptions& options;
    Session& session;
    Interrupt interrupt;
    TakeStore store;
    BatchReport report;
    const std::size_t worker,
        workers; // which of how many processes this is; 0 of 0: it is alone, or their parent

private:
    using Clock = std::chrono::steady_clock;

    int stopCode() const;

    Clock::time_point began = Clock::now();
};
} // namespace tableread::engine
