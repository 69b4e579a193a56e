// SPDX-License-Identifier: Apache-2.0
#include "Server/Jobs/RenderWorker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <spdlog/fmt/fmt.h>

namespace tableread::engine
{
Error stoppingError()
{
    return { ErrorCode::Cancelled, "the engine is stopping. Start it again.", {} };
}

RenderWorker::RenderWorker (std::vector<Loader> loaders, Limits wanted, std::function<void()> whenLoaded)
    : limits (std::move (wanted))
    , models (loaders.size(), limits.cachedVoices)
    , figures (loaders.size(), limits.betweenReports)
    , scheduler (limits.queuedJobs)
{
    thread = std::thread ([this, loaders = std::move (loaders), whenLoaded = std::move (whenLoaded)] {
        run (loaders, whenLoaded);
    });
}

RenderWorker::~RenderWorker()
{
    stop();
    if (thread.joinable())
        thread.join();
}

void RenderWorker::waitUntilLoaded()
{
    models.waitUntilStarted();
}

void RenderWorker::rethrowLoadFailure() const
{
    models.rethrowStartFailure();
}

std::optional<ModelInfo> RenderWorker::info (std::size_t model) const
{
    if (model >= models.count())
        return {};
    auto status = models.status (model);
    if (status.state != ModelState::Loaded)
        return {};
    return std::move (status.info);
}

void RenderWorker::change (ModelChange wanted)
{
    if (! models.ask (std::move (wanted)))
        return;
    const std::lock_guard lock (mutex);
    changed.notify_all();
}

bool RenderWorker::isStopping() const
{
    const std::lock_guard lock (mutex);
    return stopping;
}

RenderWorker::Load RenderWorker::load() const
{
    const std::lock_guard lock (mutex);
    return { models.seats(), scheduler.seated(), scheduler.waiting() };
}

bool RenderWorker::wouldRefuse() const
{
    const std::lock_guard lock (mutex);
    return ! stopping && (! models.haveStarted() || scheduler.isFull());
}

Error RenderWorker::busyError() const
{
    if (! models.haveStarted())
        return models.loadingError();
    return { ErrorCode::Busy,
             fmt::format ("the engine's queue is full: {} passages wait. Try again in {} s.",
                          limits.queuedJobs, retryAfterSeconds()),
             {} };
}

int RenderWorker::retryAfterSeconds() const
{
    constexpr double least = 1, most = 600;
    constexpr double charactersASecond = 15; // about real time, until something was spoken
    const std::lock_guard lock (mutex);
    if (! models.haveStarted())
        return static_cast<int> (least);
    double queued = 0;
    for (const auto id : scheduler.queued())
        queued += static_cast<double> (jobs.at (id)->characters());
    const double speed = spokenCharacters > 0 ? spokenCharacters / busySeconds : charactersASecond;
    return static_cast<int> (std::ceil (std::clamp (queued / speed, least, most)));
}

Result<void> RenderWorker::submit (const std::shared_ptr<SpeechJob>& job,
                                   const std::function<void()>& whenAccepted)
{
    {
        const std::lock_guard lock (mutex);
        if (stopping)
            return tl::make_unexpected (stoppingError());
        if (models.state (job->model) != ModelState::Loaded)
            return tl::make_unexpected (models.whyNot (job->model));
        const auto id = lastId + 1;
        decltype (jobs) entry { { id, job } }; // first: what is in the queue must be here, too
        if (scheduler.add ({ id, job->client, job->due }))
        {
            jobs.merge (entry);
            lastId = id;
            if (whenAccepted)
                whenAccepted();
            job->progress->waits (scheduler.waiting());
            job->meter.queued();
            changed.notify_all();
            return {};
        }
    }
    return tl::make_unexpected (busyError());
}

void RenderWorker::setDue (const SpeechJob& job, std::optional<std::chrono::steady_clock::time_point> due)
{
    const std::lock_guard lock (mutex);
    for (const auto& [id, each] : jobs)
        if (each.get() == &job)
            scheduler.setDue (id, due);
}

void RenderWorker::stop()
{
    const std::lock_guard lock (mutex);
    stopping = true;
    models.refuse (stoppingError()); // before passages end, for which changes wait
    for (const auto& [id, job] : jobs)
    {
        job->progress->ends ({ protocol::FinishReason::Cancelled, 0, {} });
        job->queue.abandon();
    }
    changed.notify_all();
}
} // namespace tableread::engine
