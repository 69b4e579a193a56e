// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/RenderLink.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "Core/ContentHash.h"
#include "Passage/Passage.h"

namespace tableread
{
namespace
{
using Phase = LinkStatus::Phase;

/** Ids of jobs are told apart in the whole engine, whoever asked. */
std::string uniqueName()
{
    return "link-" + randomHash().substr (0, 16);
}

std::int64_t expectedSamples (const protocol::SpeechRequest& request)
{
    std::size_t letters = request.lines.empty() ? lettersIn (request.input) : 0;
    for (const auto& line : request.lines)
        letters += lettersIn (line.text);
    return estimatedLength (letters).value;
}
} // namespace

RenderLink::RenderLink (Options settings, Listener& listener)
    : options (std::move (settings))
    , events (listener)
    , name (uniqueName())
    , supervisor ([this] {
        auto engine = options.engine;
        engine.onProgress = [this] (const StartProgress& progress) { starting (progress); };
        return engine;
    }())
    , queue ({ options.mostJobs, options.attempts, options.firstPause, options.longestPause })
    , program (options.engine.search.setting)
    , pool ([this] {
        std::vector<std::thread> first;
        first.emplace_back ([this] { speakAll(); });
        return first;
    }())
    , ender ([this] { endDropped(); })
    , thread ([this] { run(); })
{}

RenderLink::~RenderLink()
{
    {
        const std::lock_guard lock (mutex);
        leaving = true;
    }
    cancelAll();
    thread.join();
    {
        const std::lock_guard lock (mutex);
        isOver = true;
    }
    wake.notify_all();
    ender.join();
    for (auto& each : pool)
        each.join();
}

Result<void> RenderLink::submit (std::shared_ptr<Take> take, protocol::SpeechRequest request, Urgency urgency)
{
    auto job = std::make_shared<RenderJob>();
    job->counted = take->audio().rendered();
    job->take = std::move (take);
    job->expected = expectedSamples (request);
    job->request = std::move (request);
    job->urgency = urgency;
    const std::lock_guard lock (mutex);
    if (leaving) // and a listener asks for more
        return tl::unexpected (Error { ErrorCode::Cancelled, "the link is being closed", {} });
    if (! queue.add (job))
        return tl::unexpected (Error { ErrorCode::Busy,
                                       std::to_string (queue.waiting()) +
                                           " passages wait to be rendered, and no more can. Try again later.",
                                       {} });
    wake.notify_all();
    return {};
}

void RenderLink::reorder (std::span<const RenderQueue::Change> changes)
{
    const std::lock_guard lock (mutex);
    queue.reorder (changes);
    wake.notify_all();
}

void RenderLink::cancel (const Take& take)
{
    const std::lock_guard lock (mutex);
    if (const auto job = queue.drop (take))
    {
        dropped.push_back (job->take);
        ++now.moves;
    }
    for (const auto& job : queue.jobsUnderWay())
        if (job->take.get() == &take)
            job->stop.raise();
    if (queue.isEmpty())
        stop.raise();
    wake.notify_all();
}

void RenderLink::cancelAll()
{
    const std::lock_guard lock (mutex);
    for (const auto& job : queue.dropWaiting())
    {
        dropped.push_back (job->take);
        ++now.moves;
    }
    for (const auto& job : queue.jobsUnderWay())
        job->stop.raise();
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
    queue.forgive();
}

LinkStatus RenderLink::status() const
{
    const std::lock_guard lock (mutex);
    auto result = now;
    result.queued = queue.waiting();
    result.underWay = queue.underWay();
    const auto pause = queue.pauseAt (Clock::now());
    if (queue.isEmpty())
        return result;
    if (isStarting || (queue.underWay() == 0 && pause == RenderQueue::Pause::None))
        result.phase = Phase::Starting;
    else if (queue.underWay() > 0)
    {
        result.phase = Phase::Rendering;
        result.quiet = std::chrono::duration_cast<std::chrono::milliseconds> (Clock::now() - lastSign);
    }
    else
    {
        const bool isLost = pause == RenderQueue::Pause::Lost;
        result.phase = isLost ? Phase::Restarting : Phase::Waiting;
        result.detail = isLost ? lastLoss : "the engine is busy with another job";
    }
    return result;
}

LinkProgress RenderLink::progress (std::span<const ModelSamples> later) const
{
    LinkProgress result;
    std::vector<ModelSamples> missing;
    const std::lock_guard lock (mutex);
    result.takes.reserve (queue.waiting() + queue.underWay());
    missing.reserve (queue.waiting() + queue.underWay() + later.size());
    for (const auto* jobs : { &queue.jobsUnderWay(), &queue.jobsThatWait() })
        for (const auto& job : *jobs)
        {
            const auto rendered = job->take->audio().rendered();
            missing.push_back ({ std::max (job->expected - rendered, frameSamples) });
            result.takes.push_back ({ job->take, rendered / frameSamples, job->expected / frameSamples,
                                      jobs == &queue.jobsUnderWay() });
        }
    missing.insert (missing.end(), later.begin(), later.end());
    const auto time = Clock::now();
    result.realTimeFactor = pace.realTimeFactor (time);
    result.firstAudio = firstAudio;
    if (const auto factor = pace.requestFactor (time))
        result.secondsLeft = secondsFor (missing, now.seats, *factor);
    return result;
}

void RenderLink::run()
{
    Lock lock (mutex);
    while (! leaving)
        if (! isEnding && dropped.empty() && queue.mayBegin (Clock::now(), now.seats))
            beginNext (lock);
        else if (! lookAtOne (lock))
            waitForWork (lock);
}

void RenderLink::beginNext (Lock& lock)
{
    const bool mayReplace = ! queue.hasBegun(); // only the same engine can go on
    now.start = {};
    stop.lower();
    lock.unlock();
    const auto health = reachEngine (mayReplace);
    lock.lock();
    isStarting = false;
    if (stop.isRaised())
        return;
    if (! health)
        return reachedNone (lock, health.error());
    lastSign = Clock::now();
    now.model = health->model;
    now.voices = health->voices;
    now.seats = std::clamp (health->seats, 1, std::max (options.mostAtOnce, 1));
    frameSamples = health->frameSamples;
    if (const auto job = queue.begin (Clock::now(), now.seats))
        hand (lock, job, health->fingerprint);
}

Result<protocol::Health> RenderLink::reachEngine (bool mayReplace)
{
    {
        Lock lock (mutex);
        const auto wanted = program;
        const auto again = std::exchange (triesAgain, std::nullopt);
        const auto silent = std::exchange (silentSince, std::nullopt);
        lock.unlock();
        supervisor.setProgram (wanted);
        if (again)
            supervisor.tryAgain (*again);
        if (silent)
            supervisor.wasSilentFor (
                std::chrono::duration_cast<std::chrono::milliseconds> (Clock::now() - *silent));
    }
    auto health = supervisor.ensureRunning (stop, mayReplace);
    const std::lock_guard lock (mutex);
    now.safeMode = supervisor.safeMode();
    now.isEmbeddedOnly = supervisor.isEmbeddedOnly();
    return health;
}

void RenderLink::reachedNone (Lock& lock, const Error& why)
{
    auto error = why;
    lastLoss = why.text();
    if (why.code == ErrorCode::Io && ! now.safeMode)
    {
        ++now.losses;
        if (queue.reachNone (Clock::now()) == RenderQueue::Verdict::Again)
            return;
        error.message += ". Tried " + std::to_string (queue.lostInARow()) + " times.";
    }
    const auto all = queue.dropWaiting();
    now.moves += all.size();
    lock.unlock();
    failAll (all, error);
    lock.lock();
}

/** Gives a job that has begun to the pool. */
void RenderLink::hand (Lock& lock, const Job& job, const std::string& fingerprint)
{
    pace.setUnderWay (queue.underWay(), Clock::now());
    lock.unlock();
    if (job->take->audio().rendered() > 0 && job->take->fingerprint() != fingerprint)
    {
        leave (job, TakeState::Failed,
               { ErrorCode::Conflict,
                 "a different engine answered than the one that began this line. Render it again.",
                 {} });
        lock.lock();
        return;
    }
    job->take->begin (fingerprint);
    events.takeChanged (*job->take);
    lock.lock();
    if (job->lost == 0 && job->busy == 0) // an engine that is asked again and again does not come nearer
        ++now.moves;
    job->id = name + '-' + std::to_string (++attempts);
    job->nextLook = Clock::now() + options.lookEvery;
    handed.push_back (job);
    if (pool.size() < queue.underWay())
        try
        {
            pool.emplace_back ([this] { speakAll(); });
        }
        catch (const std::system_error&) // too many threads: one of those that there are takes it later
        {}
    wake.notify_all();
}

/** Tells the engine of a changed due time, or asks what has become of a request that has brought nothing yet.
    @returns false if there is none. */
bool RenderLink::lookAtOne (Lock& lock)
{
    const auto job = queue.toLookAt (Clock::now());
    if (job == nullptr)
        return false;
    const auto id = job->id;
    const bool isDueChanged = job->isDueChanged;
    const auto urgency = job->urgency;
    job->nextLook = Clock::now() + options.lookEvery;
    lock.unlock();
    std::optional<protocol::JobStatus> known;
    {
        Client client (options.engine.socket, options.engine.timeouts);
        const StopSignal::Action breakOff (stop, [&] { client.cancel(); });
        known = isDueChanged ? client.setDue (id, urgency.dueMs (Clock::now())) : client.job (id);
    }
    lock.lock();
    if (! known)
        return true;
    lastSign = Clock::now();
    if (job->urgency.due == urgency.due)
        job->isDueChanged = false;
    if (*known != std::exchange (job->known, *known))
        ++now.moves;
    return true;
}

void RenderLink::waitForWork (Lock& lock)
{
    const bool mayBegin = ! isEnding && dropped.empty();
    const auto chance = mayBegin ? queue.nextChance (Clock::now(), now.seats) : std::nullopt;
    const auto look = queue.nextLook();
    const auto next =
        std::min (chance.value_or (Clock::time_point::max()), look.value_or (Clock::time_point::max()));
    if (next == Clock::time_point::max())
        wake.wait (lock);
    else
        wake.wait_until (lock, next);
}

void RenderLink::starting (const StartProgress& progress)
{
    const std::lock_guard lock (mutex);
    now.start = progress;
    if (progress.step != StartProgress::Step::Looking) // which takes no time worth a word
        isStarting = true;
}

void RenderLink::endDropped()
{
    Lock lock (mutex);
    while (true)
    {
        wake.wait (lock, [this] { return isOver || ! dropped.empty(); });
        if (dropped.empty())
            return;
        const auto gone = std::exchange (dropped, {});
        isEnding = true;
        lock.unlock();
        for (const auto& take : gone)
            end (*take, TakeState::Cancelled);
        lock.lock();
        isEnding = false;
        wake.notify_all();
    }
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

void RenderLink::failAll (std::span<const Job> all, const Error& why)
{
    for (const auto& job : all)
    {
        job->take->fail (why, Take::Fault::Engine);
        events.takeChanged (*job->take);
    }
}
} // namespace tableread
