// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Run.h"

#include <algorithm>
#include <csignal>
#include <ostream>
#include <thread>
#include <utility>

#include <fmt/format.h>

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
    , report (given.out, asked.isQueue() ? "queue " + asked.queue.queue : asked.chunk.text())
    , worker (asked.worker.empty() ? 0 : shardOf (asked.worker).first)
    , workers (asked.worker.empty() ? 0 : shardOf (asked.worker).second)
    , voicing { .file = asked.project,
                .model = asked.model,
                .offload = asked.offload,
                .typography = asked.typography,
                .note = [this] (const std::string& sentence) { note (sentence); },
                .isCancelled = [this] { return interrupt.came(); } }
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

void BatchRun::tell (const FarmLine& line, const LineOutcome& outcome)
{
    if (outcome.state == LineOutcome::State::Failed)
        session.err << fmt::format ("{}: {}\n", line.wanted.title, outcome.reason);
    report.ended (line, outcome);
}

std::unique_ptr<Renderer> BatchRun::load (LoadOptions wanted)
{
    const int gpus = workers == 0 || wanted.device == DeviceKind::Cpu ? 0 : session.countGpus();
    if (gpus > 0)
        wanted.deviceIndex = static_cast<int> (worker - 1) % gpus;
    else if (workers > 0 && wanted.threads == 0)
        wanted.threads =
            static_cast<int> (std::max<std::size_t> (1, std::thread::hardware_concurrency() / workers));
    auto renderer = session.load (wanted);
    fingerprint = renderer->info().fingerprint;
    for (const auto& sentence : renderer->info().notes)
        note (sentence);
    if (isTalking())
        session.err << options.offload.effective (renderer->info());
    return renderer;
}

std::string BatchRun::work (Renderer& renderer, LineSource& source, int passages)
{
    LineWorker lineWorker (renderer, store, source, passages);
    Grace grace (interrupt, options.graceSeconds);
    lineWorker.run (grace);
    if (lineWorker.problem())
        say (*lineWorker.problem());
    handOutMs = lineWorker.handOutMs();
    hasFailed = lineWorker.hasFailed();
    return lineWorker.whyLeft();
}

int BatchRun::end (int code)
{
    const std::chrono::duration<double, std::milli> wall = Clock::now() - began;
    if (interrupt.came())
        code = stopCode();
    else if (hasFailed && code == exitOk)
        code = exitTryAgain;
    return report.end ({ .fingerprint = fingerprint, .handOutMs = handOutMs, .wallMs = wall.count() }, code);
}

/** SIGTERM is how schedulers take a machine back. */
int BatchRun::stopCode() const
{
    return interrupt.exitCode() == 128 + SIGTERM ? exitTryAgain : interrupt.exitCode();
}
} // namespace tableread::engine
