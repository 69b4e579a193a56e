// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "Command/Farm/Batch.h"
#include "Command/Farm/Report.h"
#include "Command/Farm/Worker.h"
#include "Command/Project/Voicing.h"
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

    /** Reports what has become of a line; a failure also in a sentence for people. */
    void tell (const FarmLine& line, const LineOutcome& outcome);

    /** Loads the engine, on this process's GPU or with its part of the processors. @throws Exception */
    std::unique_ptr<Renderer> load (LoadOptions wanted);

    /** Speaks a source's lines. @returns why those were not begun that it still has */
    std::string work (Renderer& renderer, LineSource& source, int passages);

    /** Writes the report's last line. `code`: one that does not follow from the lines; 0: none. @returns the exit code. */
    int end (int code = exitOk);

    const BatchOptions& options;
    Session& session;
    Interrupt interrupt;
    TakeStore store;
    BatchReport report;
    const std::size_t worker,
        workers; // which of how many processes this is; 0 of 0: it is alone, or their parent
    const VoicingRequest voicing;
    std::string fingerprint;         // of the engine, once one is loaded
    std::optional<double> handOutMs; // LineWorker::handOutMs()

private:
    using Clock = std::chrono::steady_clock;

    int stopCode() const;

    Clock::time_point began = Clock::now();
    bool hasFailed = false; // the store or the device
};
} // namespace tableread::engine
