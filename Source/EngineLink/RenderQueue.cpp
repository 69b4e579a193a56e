// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/RenderQueue.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace tableread
{
namespace
{
constexpr int suspicious = 2; // losses in a row

bool isSuspect (const RenderQueue::Job& job)
{
    return job->lost >= suspicious;
}

bool hasSamples (const RenderJob& job)
{
    return job.take->audio().rendered() > 0;
}
} // namespace

std::optional<double> Urgency::dueMs (Clock::time_point now) const
{
    if (! due)
        return std::nullopt;
    const auto left = std::chrono::duration<double, std::milli> (*due - now).count();
    return std::clamp (left, 0.0, protocol::maxDueMs);
}

bool RenderQueue::add (const Job& job)
{
    if (queued.size() >= limits.most)
        return false;
    if (isEmpty())
    {
        inARow = 0;
        resumeAt = {};
    }
    job->number = ++submitted;
    queued.push_back (job);
    return true;
}

bool RenderQueue::hasBegun() const
{
    const auto has = [] (const Job& job) { return hasSamples (*job); };
    return std::any_of (queued.begin(), queued.end(), has) || std::any_of (asked.begin(), asked.end(), has);
}

RenderQueue::Pause RenderQueue::pauseAt (Clock::time_point now) const
{
    if (now < resumeAt)
        return Pause::Lost;
    const auto isLater = [&] (const Job& job) { return job->notBefore > now; };
    return ! queued.empty() && std::all_of (queued.begin(), queued.end(), isLater) ? Pause::Busy
                                                                                   : Pause::None;
}

std::size_t RenderQueue::most (int seats) const
{
    const bool isOne = inARow >= suspicious || std::any_of (asked.begin(), asked.end(), isSuspect);
    return isOne ? 1 : (std::size_t) std::max (seats, 1);
}

RenderQueue::Jobs::const_iterator RenderQueue::best (Clock::time_point now, int seats) const
{
    if (now < resumeAt || asked.size() >= most (seats))
        return queued.end();
    const auto place = [this] (const RenderJob& job) {
        return std::tuple (inARow >= suspicious ? job.lost : 0, job.urgency.rank, job.number);
    };
    auto found = queued.end();
    for (auto each = queued.begin(); each != queued.end(); ++each)
        if ((*each)->notBefore <= now && (found == queued.end() || place (**each) < place (**found)))
            found = each;
    const bool waits = found != queued.end() && isSuspect (*found) && ! asked.empty();
    return waits ? queued.end() : found;
}

RenderQueue::Job RenderQueue::begin (Clock::time_point now, int seats)
{
    const auto found = best (now, seats);
    if (found == queued.end())
        return nullptr;
    auto job = *found;
    queued.erase (found);
    asked.push_back (job);
    job->epoch = epoch;
    job->begun = now;
    job->nextLook = Clock::time_point::max(); // until it is sent
    job->isSilent = true;
    job->isDueChanged = false;
    job->known = {};
    return job;
}

std::optional<RenderQueue::Clock::time_point> RenderQueue::nextChance (Clock::time_point now, int seats) const
{
    if (mayBegin (now, seats))
        return now;
    if (asked.size() >= most (seats))
        return std::nullopt;
    std::optional<Clock::time_point> next;
    const auto consider = [&] (Clock::time_point time) {
        if (time > now)
            next = std::min (next.value_or (time), time);
    };
    consider (resumeAt);
    for (const auto& job : queued)
        consider (job->notBefore);
    return queued.empty() ? std::nullopt : next;
}

void RenderQueue::brought (RenderJob& job)
{
    job.lost = job.busy = 0;
    job.isSilent = false;
    inARow = 0;
}

void RenderQueue::end (const Job& job, bool isWhole)
{
    std::erase (asked, job);
    isProven = isProven || isWhole;
}

std::chrono::milliseconds RenderQueue::grown (int times) const
{
    return std::min (limits.longestPause, limits.firstPause * (1 << std::clamp (times, 0, 10)));
}

void RenderQueue::wait (const Job& job, std::chrono::milliseconds retryAfter, Clock::time_point now)
{
    std::erase (asked, job);
    queued.push_back (job);
    job->notBefore = now + std::max (grown (job->busy++), std::min (retryAfter, limits.longestPause));
}

void RenderQueue::countLoss (Clock::time_point now)
{
    ++epoch;
    resumeAt = now + grown (inARow++);
}

RenderQueue::Verdict RenderQueue::lose (const Job& job, Clock::time_point now)
{
    std::erase (asked, job);
    ++job->lost;
    if (job->epoch == epoch)
        countLoss (now);
    if (inARow >= limits.attempts && ! isProven)
        return Verdict::EndAll;
    if (job->lost >= limits.attempts)
    {
        isProven = false;
        return Verdict::End;
    }
    queued.push_back (job);
    return Verdict::Again;
}

RenderQueue::Verdict RenderQueue::reachNone (Clock::time_point now)
{
    countLoss (now);
    return inARow >= limits.attempts ? Verdict::EndAll : Verdict::Again;
}

RenderQueue::Job RenderQueue::drop (const Take& take)
{
    const auto found = std::find_if (queued.begin(), queued.end(),
                                     [&] (const Job& job) { return job->take.get() == &take; });
    if (found == queued.end())
        return nullptr;
    auto job = *found;
    queued.erase (found);
    return job;
}

std::vector<RenderQueue::Job> RenderQueue::dropWaiting()
{
    return std::exchange (queued, {});
}

void RenderQueue::reorder (std::span<const Change> changes)
{
    std::unordered_map<const Take*, Urgency> wanted;
    for (const auto& change : changes)
        wanted.emplace (change.take, change.urgency);
    for (const auto* jobs : { &queued, &asked })
        for (const auto& job : *jobs)
            if (const auto found = wanted.find (job->take.get()); found != wanted.end())
            {
                if (job->urgency.due != found->second.due)
                {
                    job->isDueChanged = true;
                    job->nextLook = {};
                }
                job->urgency = found->second;
            }
}

RenderQueue::Job RenderQueue::toLookAt (Clock::time_point now) const
{
    for (const auto& job : asked)
        if (job->isSilent && ! job->stop.isRaised() && job->nextLook <= now)
            return job;
    return nullptr;
}

std::optional<RenderQueue::Clock::time_point> RenderQueue::nextLook() const
{
    std::optional<Clock::time_point> first;
    for (const auto& job : asked)
        if (job->isSilent && ! job->stop.isRaised())
            first = std::min (first.value_or (job->nextLook), job->nextLook);
    return first;
}
} // namespace tableread
