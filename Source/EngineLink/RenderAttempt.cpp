// SPDX-License-Identifier: Apache-2.0
// RenderLink's pool: one request to the engine, from a job that was handed out to its end or its next attempt.
#include <utility>

#include "EngineLink/RenderLink.h"

namespace tableread
{
void RenderLink::speakAll()
{
    Lock lock (mutex);
    while (true)
    {
        wake.wait (lock, [this] { return isOver || ! handed.empty(); });
        if (handed.empty())
            return;
        const auto job = std::move (handed.front());
        handed.pop_front();
        lock.unlock();
        ask (job);
        lock.lock();
    }
}

void RenderLink::ask (const Job& job)
{
    auto& take = *job->take;
    Client client (options.engine.socket, options.engine.timeouts);
    Continuation heard (take);
    const auto request = requestOf (*job);
    const auto result = [&] {
        const StopSignal::Action breakOff (job->stop, [&] { client.cancel(); });
        return client.speak (request, [&] (std::span<const float> speech) {
            heard.add (speech);
            if (! heard.isSame() || ! heard.fits())
                client.cancel();
            else if (heard.broughtNew())
            {
                brought (*job);
                events.takeChanged (take);
            }
        });
    }();
    settle (job, heard, result);
}

protocol::SpeechRequest RenderLink::requestOf (const RenderJob& job)
{
    const std::lock_guard lock (mutex);
    auto request = job.request;
    request.id = job.id;
    request.dueMs = job.urgency.dueMs (Clock::now());
    return request;
}

void RenderLink::brought (RenderJob& job)
{
    const auto time = Clock::now();
    const auto rendered = job.take->audio().rendered();
    const std::lock_guard lock (mutex);
    lastSign = time;
    if (job.counted == 0)
        firstAudio = std::chrono::duration_cast<std::chrono::milliseconds> (time - job.begun);
    const ModelSamples fresh { rendered - std::exchange (job.counted, rendered) };
    now.samples += fresh.value;
    pace.add (fresh, time);
    queue.brought (job);
}

void RenderLink::settle (const Job& job, const Continuation& heard,
                         const CallResult<protocol::SpeechEnd>& result)
{
    const bool isCancelled =
        result && result->reason == protocol::FinishReason::Cancelled; // by somebody else
    if (job->stop.isRaised() || (isCancelled && heard.isSame()))
        leave (job, TakeState::Cancelled);
    else if (! heard.isSame() || (result && ! heard.reachedKnown()))
        leave (
            job, TakeState::Failed,
            { ErrorCode::Conflict,
              "the engine was restarted and its speech does not match what it sent before. Render the line "
              "again.",
              {} });
    else if (! heard.fits())
        leave (
            job, TakeState::Failed,
            { ErrorCode::OutOfMemory, "the speech is longer than a take can hold. Split the passage.", {} });
    else if (result)
        finish (job, *result);
    else if (result.error().kind == CallFailure::Kind::Refused)
        leave (job, TakeState::Failed, result.error().error);
    else
        askAgain (job, result.error());
}

/** After an answer of "busy", or a loss. */
void RenderLink::askAgain (const Job& job, const CallFailure& failure)
{
    using Verdict = RenderQueue::Verdict;
    auto verdict = Verdict::Again;
    int tries = 0;
    std::vector<Job> others;
    {
        const auto time = Clock::now();
        Lock lock (mutex);
        if (job->stop.isRaised()) // in the meantime: no call would find it where it waits
        {
            lock.unlock();
            return leave (job, TakeState::Cancelled);
        }
        if (failure.kind == CallFailure::Kind::Busy)
            queue.wait (job, failure.retryAfter, time);
        else
        {
            const auto lossesBefore = queue.lostInARow();
            if (failure.silence.count() > 0)
                silentSince = std::min (silentSince.value_or (time), time - failure.silence);
            verdict = queue.lose (job, time);
            lastLoss = failure.error.text();
            if (queue.lostInARow() > lossesBefore)
                ++now.losses;
            tries = verdict == Verdict::EndAll ? queue.lostInARow() : job->lost;
        }
        pace.setUnderWay (queue.underWay(), time);
        if (verdict == Verdict::EndAll)
            others = queue.dropWaiting();
        if (verdict != Verdict::Again)
            now.moves += 1 + others.size();
    }
    wake.notify_all();
    if (verdict == Verdict::Again)
        return;
    auto why = failure.error;
    why.message += ". Tried " + std::to_string (tries) + " times.";
    end (*job->take, TakeState::Failed, why);
    failAll (others, why);
}

void RenderLink::finish (const Job& job, const protocol::SpeechEnd& how)
{
    forget (job, true);
    job->take->finish (how.reason == protocol::FinishReason::Length ? Take::Ending::CutOff
                                                                    : Take::Ending::Whole);
    events.takeChanged (*job->take);
}

/** Ends a job under way whose take is not finished. */
void RenderLink::leave (const Job& job, TakeState state, Error why)
{
    forget (job, false);
    end (*job->take, state, std::move (why));
}

void RenderLink::forget (const Job& job, bool isWhole)
{
    const std::lock_guard lock (mutex);
    queue.end (job, isWhole);
    pace.setUnderWay (queue.underWay(), Clock::now());
    ++now.moves;
    wake.notify_all();
}
} // namespace tableread
