// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/RenderLink.h"

#include <algorithm>
#include <utility>

#include "EngineLink/Continuation.h"

namespace tableread
{
namespace
{
using Phase = LinkStatus::Phase;

std::chrono::milliseconds grown (std::chrono::milliseconds first, int times,
                                 std::chrono::milliseconds longest)
{
    return std::min (longest, first * (1 << std::clamp (times, 0, 10)));
}
} // namespace

RenderLink::RenderLink (Options settings, Listener& listener)
    : options (std::move (settings))
    , events (listener)
    , supervisor ([this] {
        auto engine = options.engine;
        engine.onProgress = [this] (const StartProgress& progress) { starting (progress); };
        return engine;
    }())
    , program (options.engine.search.setting)
    , thread ([this] { run(); })
{}

RenderLink::~RenderLink()
{
    {
        const std::lock_guard lock (mutex);
        leaving = true;
    }
    cancelAll();
    wake.notify_all();
    thread.join();
}

void RenderLink::submit (std::shared_ptr<Take> take, protocol::SpeechRequest request)
{
    const std::lock_guard lock (mutex);
    jobs.push_back ({ std::move (take), std::move (request) });
    now.queued = jobs.size();
    wake.notify_all();
}

void RenderLink::cancelAll()
{
    const std::lock_guard lock (mutex);
    dropped.insert (dropped.end(), jobs.begin(), jobs.end());
    jobs.clear();
    now.queued = 0;
    if (now.phase != Phase::Idle)
        stop.raise();
    wake.notify_all();
}

void RenderLink::setProgram (std::filesystem::path setting)
{
    const std::lock_guard lock (mutex);
    if (program != setting)
        now.safeMode.reset();
    program = std::move (setting);
}

void RenderLink::tryAgain (bool withEmbeddedModel)
{
    const std::lock_guard lock (mutex);
    triesAgain = withEmbeddedModel;
    now.safeMode.reset();
}

LinkStatus RenderLink::status() const
{
    const std::lock_guard lock (mutex);
    return now;
}

void RenderLink::run()
{
    while (const auto job = nextJob())
        render (*job);
}

std::optional<RenderLink::Job> RenderLink::nextJob()
{
    std::unique_lock lock (mutex);
    now.phase = Phase::Idle;
    now.detail.clear();
    while (true)
    {
        wake.wait (lock, [this] { return leaving || ! jobs.empty() || ! dropped.empty(); });
        if (! dropped.empty())
        {
            const auto cancelled = std::exchange (dropped, {});
            lock.unlock();
            for (const auto& job : cancelled)
                end (*job.take, TakeState::Cancelled);
            lock.lock();
            continue;
        }
        if (leaving)
            return std::nullopt;
        auto job = std::move (jobs.front());
        jobs.pop_front();
        now.queued = jobs.size();
        now.phase = Phase::Starting;
        now.start = {};
        stop.lower();
        return job;
    }
}

void RenderLink::render (const Job& job)
{
    std::unique_lock lock (mutex);
    const auto wanted = program;
    const auto again = std::exchange (triesAgain, std::nullopt);
    lock.unlock();
    supervisor.setProgram (wanted);
    if (again)
        supervisor.tryAgain (*again);
    Attempts attempts;
    while (renderOnce (job, attempts) == Next::TryAgain)
        ;
}

RenderLink::Next RenderLink::renderOnce (const Job& job, Attempts& attempts)
{
    const bool hasBegun = job.take->audio().rendered() > 0; // only the same engine can go on
    const auto health = supervisor.ensureRunning (stop, ! hasBegun);
    const auto safeMode = supervisor.safeMode();
    {
        const std::lock_guard lock (mutex);
        now.safeMode = safeMode;
        now.isEmbeddedOnly = supervisor.isEmbeddedOnly();
    }
    if (stop.isRaised())
    {
        end (*job.take, TakeState::Cancelled);
        return Next::End;
    }
    if (! health && health.error().code == ErrorCode::Io && ! safeMode)
        return lost (job, attempts, health.error());
    if (! health)
    {
        failAll (job, health.error());
        return Next::End;
    }

    if (hasBegun && job.take->fingerprint() != health->fingerprint)
    {
        end (*job.take, TakeState::Failed,
             { ErrorCode::Io,
               "a different engine answered than the one that began this line. Render it again.",
               {} });
        return Next::End;
    }
    {
        const std::lock_guard lock (mutex);
        now.model = health->model;
        now.voices = health->voices;
    }
    job.take->begin (health->fingerprint);
    events.takeChanged (*job.take);
    return ask (job, attempts);
}

RenderLink::Next RenderLink::ask (const Job& job, Attempts& attempts)
{
    Client client (options.engine.socket, options.engine.timeouts);
    setPhase (Phase::Rendering);
    Continuation continuation (*job.take);
    const auto result = [&] {
        const StopSignal::Action breakOff (stop, [&] { client.cancel(); });
        return client.speak (job.request, [&] (std::span<const float> speech) {
            continuation.add (speech);
            if (! continuation.isSame() || ! continuation.fits())
                client.cancel();
            else if (continuation.broughtNew())
                events.takeChanged (*job.take);
        });
    }();

    if (continuation.broughtNew())
        attempts = {};
    const bool isCancelled =
        result && result->reason == protocol::FinishReason::Cancelled; // by somebody else
    if (stop.isRaised() || (isCancelled && continuation.isSame()))
        end (*job.take, TakeState::Cancelled);
    else if (! continuation.isSame() || (result && ! continuation.reachedKnown()))
        end (*job.take, TakeState::Failed,
             { ErrorCode::Io,
               "the engine was restarted and its speech does not match what it sent before. Render the line "
               "again.",
               {} });
    else if (! continuation.fits())
        end (*job.take, TakeState::Failed,
             { ErrorCode::OutOfMemory, "the speech is longer than a take can hold. Split the passage.", {} });
    else if (result)
        finish (*job.take, *result);
    else if (result.error().kind == CallFailure::Kind::Refused)
        end (*job.take, TakeState::Failed, result.error().error);
    else if (result.error().kind == CallFailure::Kind::Busy)
    {
        setPhase (Phase::Waiting, "the engine is busy with another job");
        const auto pause = grown (options.firstPause, attempts.busy++, options.longestPause);
        stop.pause (std::max (pause, std::min (result.error().retryAfter, options.longestPause)));
        return Next::TryAgain;
    }
    else
    {
        if (result.error().silence.count() > 0)
            supervisor.wasSilentFor (result.error().silence);
        return lost (job, attempts, result.error().error);
    }
    return Next::End;
}

RenderLink::Next RenderLink::lost (const Job& job, Attempts& attempts, const Error& why)
{
    if (++attempts.lost >= options.attempts)
    {
        auto error = why;
        error.message += ". Tried " + std::to_string (attempts.lost) + " times.";
        failAll (job, error);
        return Next::End;
    }
    setPhase (Phase::Restarting, why.text());
    stop.pause (grown (options.firstPause, attempts.lost - 1, options.longestPause));
    return Next::TryAgain;
}

void RenderLink::failAll (const Job& job, const Error& why)
{
    std::deque<Job> others;
    {
        const std::lock_guard lock (mutex);
        others.swap (jobs);
        now.queued = 0;
    }
    end (*job.take, TakeState::Failed, why);
    for (const auto& other : others)
        end (*other.take, TakeState::Failed, why);
}

void RenderLink::finish (Take& take, const protocol::SpeechEnd& how)
{
    take.finish (how.reason == protocol::FinishReason::Length ? Take::Ending::CutOff : Take::Ending::Whole);
    events.takeChanged (take);
}

/** Ends a take that is not finished. */
void RenderLink::end (Take& take, TakeState state, Error why)
{
    if (state == TakeState::Cancelled)
        take.cancel();
    else
        take.fail (std::move (why));
    events.takeChanged (take);
}

void RenderLink::setPhase (Phase phase, std::string detail)
{
    const std::lock_guard lock (mutex);
    now.phase = phase;
    now.detail = std::move (detail);
}

void RenderLink::starting (const StartProgress& progress)
{
    const std::lock_guard lock (mutex);
    now.start = progress;
    if (progress.step != StartProgress::Step::Looking) // which takes no time worth a word
        now.phase = Phase::Starting;
}
} // namespace tableread
