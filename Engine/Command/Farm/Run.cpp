// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Run.h"

#include <csignal>
#include <ostream>

namespace tableread::engine
{
namespace
{
Interrupt::Second secondSignal (const BatchOptions& options)
{
    return options.worker.empty() ? Interrupt::Second::EndsPatience : Interrupt::Second::IsIgnored;
}
} // namespace

BatchRun::BatchRun (const BatchOptions& asked, Session& given, double patienceSeconds)
    : options (asked)
    , session (given)
    , interrupt ([this] { session.exitNow (stopCode()); }, static_cast<int> (patienceSeconds * 1000.0),
                 secondSignal (asked))
    , store ({ .folder = asked.store, .namedBy = "--store", .evicts = false })
    , report (given.out, asked.chunk.text())
    , worker (asked.worker.empty() ? 0 : shardOf (asked.worker).first)
    , workers (asked.worker.empty() ? 0 : shardOf (asked.worker).second)
{}

bool BatchRun::tidy()
{
    const auto tidied = store.tidy();
    if (! tidied)
        say (tidied.error());
    return tidied.has_value();
}

void BatchRun::note (const std::string& sentence)
{
    if (isTalking())
        session.err << sentence << '\n';
}

void BatchRun::say (const Error& error)
{
    session.err << "tableread-engine: " << error.text() << '\n';
}

int BatchRun::end (const std::string& fingerprint, int code)
{
    const std::chrono::duration<double, std::milli> wall = Clock::now() - began;
    return report.end (fingerprint, wall.count(), interrupt.came() ? stopCode() : code);
}

/** SIGTERM is how schedulers take a machine back. */
int BatchRun::stopCode() const
{
    return interrupt.exitCode() == 128 + SIGTERM ? exitTryAgain : interrupt.exitCode();
}
} // namespace tableread::engine
