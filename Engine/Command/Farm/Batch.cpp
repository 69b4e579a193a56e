// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Batch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "Command/Farm/Chunk.h"
#include "Command/Farm/Queue/Speak.h"
#include "Command/Farm/Run.h"
#include "Command/Farm/Workers.h"
#include "Farm/Nats/Queue.h"

namespace tableread::engine
{
namespace
{
constexpr double lastMoment = 1.0; // seconds for what is to be done after the last worker's end

/** How many processes speak. */
std::size_t workersFor (const BatchOptions& options, const Session& session)
{
    const int gpus = options.model.device == "cpu" ? 0 : session.countGpus();
    if (gpus > 0 && options.workers > gpus)
        fail (ErrorCode::OutOfRange,
              fmt::format ("--workers {} is too much: each needs a GPU, and there are {}. Leave it out.",
                           options.workers, gpus));
    return static_cast<std::size_t> (options.workers > 0 ? options.workers : std::max (gpus, 1));
}

/** What is to be told of each line of the chunk whatever becomes of it. */
std::vector<FarmLine> linesToTellOf (BatchRun& run)
{
    const auto script = readScript (run.options.project);
    const auto passages = project::passagesOf (*script.document);
    std::vector<FarmLine> lines;
    for (const auto number : run.options.chunk.of (passages.size()))
    {
        auto& line = lines.emplace_back (FarmLine { .number = number, .wanted = {} });
        line.wanted.title = titleOf (script, passages[number - 1]);
        if (! script.manifest.empty())
            line.id = script.manifest[number - 1].id;
    }
    run.report.begin (lines.size());
    return lines;
}

/** Starts workers, and reports for all of them. One that dies, by our fault or that of a driver, takes nothing with it but
    what it was speaking. */
int runAll (BatchRun& run)
{
    std::vector<FarmLine> lines;
    auto count = workersFor (run.options, run.session);
    if (run.options.isQueue())
    {
        LineQueue queue (run.options.queue.address, run.options.queue.queue);
        queue.create(); // so that what is wrong with it is said once
    }
    else
    {
        lines = linesToTellOf (run);
        count = std::clamp<std::size_t> (lines.size(), 1, count);
    }
    return run.end (runWorkers (count, std::move (lines), run));
}
} // namespace

int renderBatch (const BatchOptions& options, Session& session)
{
    const bool isParent = options.worker.empty() && session.countGpus;
    BatchRun run (options, session, options.graceSeconds + (isParent ? lastMoment : 0.0));
    if (! options.worker.empty())
        endWithParent();
    else if (! run.tidy())
        return exitTryAgain;
    if (isParent)
        return runAll (run);
    return options.isQueue() ? speakQueue (run) : speakChunk (run);
}
} // namespace tableread::engine
