// SPDX-License-Identifier: Apache-2.0
// What a RenderWorker does on its own thread.
#include <algorithm>
#include <utility>

#include "Logging/Event.h"
#include "Server/Jobs/RenderWorker.h"

namespace tableread::engine
{
namespace
{
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds lookAtReaders { 20 }; // if nothing happens but that clients read
constexpr double recentSeconds = 60;                      // of work, which the speed is measured over
constexpr const char* noMemory = "out of memory for this speech. Close other programs, or shorten it.";

protocol::FinishReason reasonOf (FinishReason finish)
{
    switch (finish)
    {
        case FinishReason::Stop:
            return protocol::FinishReason::Stop;
        case FinishReason::Cancelled:
            return protocol::FinishReason::Cancelled;
        case FinishReason::MaxSeconds:
        case FinishReason::Length:
            break;
    }
    return protocol::FinishReason::Length;
}

/** A line of the log about a job. */
LogEvent lineOf (const SpeechJob& job, spdlog::level::level_enum level, std::string_view event)
{
    LogEvent line (level, event);
    line.with ("job", job.id).with ("client", job.client).with ("model", job.modelName);
    return line;
}

void logEnd (const SpeechJob& job, protocol::FinishReason reason, const RenderReport& report)
{
    lineOf (job, spdlog::level::info, "ended")
        .with ("finish", protocol::nameOf (reason))
        .with ("frames", report.frames)
        .with ("first_ms", report.firstFrameMs)
        .with ("total_ms", report.totalMs)
        .write();
}
} // namespace

void RenderWorker::run (const std::vector<Loader>& loaders, const std::function<void()>& whenLoaded)
{
    const bool works = models.start (loaders, limits.seats);
    figures.update (models.all());
    if (whenLoaded)
        whenLoaded();
    while (works)
    {
        if (! waitForWork())
            break;
        admit();
        step();
        parkSlowReaders();
        dropUnwanted();
        forgetEnded();
        if (models.change ([this] (std::size_t model) { return isSpeaking (model); }))
            figures.expire();
        figures.update (models.all());
    }
    models.stop (stoppingError()); // with the passages in flight, whose clients have been told
    const std::lock_guard lock (mutex);
    for (const auto& [id, job] : jobs)
    {
        RenderReport report;
        report.frames = job->progress->state().frames;
        logEnd (*job, protocol::FinishReason::Cancelled, report);
    }
}

bool RenderWorker::isSpeaking (std::size_t model) const
{
    return std::ranges::any_of (passages,
                                [model] (const auto& each) { return each.second.job->model == model; });
}

/** @returns false if the worker stops. */
bool RenderWorker::waitForWork()
{
    std::unique_lock lock (mutex);
    const auto isWork = [this] {
        return stopping || scheduler.waiting() > 0 ||
               std::ranges::any_of (passages, [] (const auto& each) { return ! each.second.isParked; }) ||
               models.canChange ([this] (std::size_t model) { return isSpeaking (model); }) ||
               std::ranges::any_of (held, [this] (JobId id) { // which is over now
                   return models.state (jobs.at (id)->model) != ModelState::Loading;
               });
    };
    if (passages.empty())
        changed.wait (lock, isWork);
    else
        changed.wait_for (lock, lookAtReaders, isWork);
    return ! stopping;
}

/** Gives free seats to those that wait, and lets those leave for whom there is no point in waiting. */
void RenderWorker::admit()
{
    std::unique_lock lock (mutex);
    if (stopping)
        return;
    const auto places = scheduler.waiting();
    const auto leaving = sortWaiting();
    const auto seated = seatJobs();
    if (scheduler.waiting() != places)
        tellPlaces();
    lock.unlock();
    for (const auto& [id, job] : leaving.lost)
        failed (*job, 0, models.whyNot (job->model));
    for (const auto& [id, job] : leaving.unwanted)
    {
        logEnd (*job, protocol::FinishReason::Cancelled, {});
        job->queue.finish(); // see PcmQueue::cancel()
    }
    for (const auto& [id, job] : seated)
        begin (id, job);
}

/** Looks at the jobs that have not begun: those that nobody wants leave, those of a model that is being loaded stand aside,
    and those of one that is not loaded end. Called with the mutex locked. @returns those that end, which have not been
    told. */
RenderWorker::Leaving RenderWorker::sortWaiting()
{
    Leaving leaving;
    auto waiting = scheduler.queued();
    waiting.insert (waiting.end(), held.begin(), held.end());
    for (const auto id : waiting)
    {
        if (passages.contains (id))
            continue;
        const auto job = jobs.at (id);
        const bool isWanted = ! job->queue.isUnwanted();
        const auto state = models.state (job->model);
        if (isWanted && state == ModelState::Loaded)
        {
            if (held.erase (id) > 0)
                scheduler.comeBack (id);
        }
        else if (isWanted && state == ModelState::Loading)
        {
            if (held.insert (id).second)
                scheduler.park (id);
        }
        else
        {
            (isWanted ? leaving.lost : leaving.unwanted).emplace_back (id, job);
            if (! isWanted)
            {
                job->progress->ends ({ protocol::FinishReason::Cancelled, 0, {} });
                job->meter.ended (protocol::FinishReason::Cancelled, 0);
            }
            held.erase (id);
            scheduler.remove (id);
            jobs.erase (id);
        }
    }
    return leaving;
}

/** The jobs that get a seat now. Called with the mutex locked. */
RenderWorker::Jobs RenderWorker::seatJobs()
{
    scheduler.setSeats (models.seats());
    Jobs seated;
    while (const auto id = scheduler.next (Clock::now()))
        seated.emplace_back (*id, jobs.at (*id));
    return seated;
}

/** Called with the mutex locked. */
void RenderWorker::tellPlaces() const
{
    std::size_t place = 0;
    for (const auto id : scheduler.queued())
        jobs.at (id)->progress->waits (++place);
}

/** Starts a job that has got a seat, or resumes it. */
void RenderWorker::begin (JobId id, const std::shared_ptr<SpeechJob>& job)
{
    auto& passage = passages[id];
    job->meter.seated();
    if (std::exchange (passage.isParked, false))
        return rendererOf (passage).resume (passage.id);
    passage.job = job;
    job->progress->prepares();
    try
    {
        auto& model = models[job->model];
        if (! job->fingerprint.empty() && job->fingerprint != model.renderer->info().fingerprint)
            fail (ErrorCode::Unloaded,
                  "the model was loaded with other settings while this waited, and its samples would be "
                  "others. Ask again.");
        PassageJob wanted { .passage = { job->lines, {} }, .settings = job->settings };
        for (const auto& voice : job->voices)
            wanted.passage.voices.push_back (model.voices.get (*model.renderer, voice));
        const auto rate = static_cast<double> (model.renderer->info().sampleRateHz);
        wanted.events.onFrame = [job, rate] (std::span<const float> frame) {
            job->meter.frame (static_cast<double> (frame.size()) / rate);
            job->progress->spokeFrame();
            job->queue.push (frame);
        };
        wanted.events.onEnd = [this, id, job] (const RenderReport& report,
                                               const std::exception_ptr& failure) {
            ended (id, *job, report, failure);
        };
        passage.id = model.renderer->start (std::move (wanted));
    }
    catch (...)
    {
        ended (id, *job, {}, std::current_exception());
    }
}

void RenderWorker::ended (JobId id, SpeechJob& job, const RenderReport& report,
                          const std::exception_ptr& failure)
{
    over.push_back (id);
    if (failure != nullptr)
        return failed (job, report.promptTokens, errorOf (failure, noMemory));
    const auto reason = reasonOf (report.finish);
    logEnd (job, reason, report);
    job.meter.ended (reason, report.promptTokens);
    job.progress->ends (
        { reason, report.promptTokens, {} }); // first: whoever sees the queue's end asks for it
    for (const auto& note : report.notes)
        lineOf (job, spdlog::level::warn, "warning").with ("message", note).write();
    job.queue.finish();
}

void RenderWorker::failed (SpeechJob& job, std::int64_t promptTokens, Error error)
{
    lineOf (job, spdlog::level::err, "failed").with ("message", error.text()).write();
    job.meter.ended (protocol::FinishReason::Error, promptTokens);
    job.progress->ends ({ protocol::FinishReason::Error, promptTokens, error });
    job.queue.fail (std::move (error));
}

void RenderWorker::step()
{
    const auto before = Clock::now();
    for (const auto& model : models.all())
        if (model.renderer != nullptr)
            model.renderer->step ([this] {
                forgetEnded();
                admit();
            });
    const std::chrono::duration<double> spent = Clock::now() - before;
    const std::lock_guard lock (mutex);
    busySeconds += spent.count();
}

void RenderWorker::dropUnwanted()
{
    for (auto& [id, passage] : passages)
        if (passage.id != 0 && passage.job->queue.isUnwanted())
            rendererOf (passage).cancel (passage.id);
}

/** So many seconds of speech are unread that the client can wait for more. */
bool RenderWorker::isTooFarAhead (const Passage& passage, double unread, bool othersWait) const
{
    return unread >= limits.holdSeconds || (unread >= limits.parkSeconds && othersWait) ||
           (unread >= limits.crowdedSeconds && passage.job->allUnread->isFull());
}

/** Of one that is parked. */
bool RenderWorker::mayGoOn (const Passage& passage, double unread) const
{
    return unread < limits.resumeSeconds &&
           (unread < limits.crowdedSeconds / 2 || passage.job->allUnread->hasRoom());
}

void RenderWorker::parkSlowReaders()
{
    const bool othersWait = load().waiting > 0;
    std::vector<JobId> toPark, toComeBack;
    for (auto& [id, passage] : passages)
    {
        const double unread = static_cast<double> (passage.job->queue.unread()) /
                              static_cast<double> (rendererOf (passage).info().sampleRateHz);
        if (passage.isParked && mayGoOn (passage, unread))
        {
            toComeBack.push_back (id);
            passage.job->meter.queued();
        }
        else if (! passage.isParked && isTooFarAhead (passage, unread, othersWait) &&
                 std::ranges::find (over, id) == over.end())
        {
            passage.isParked = true;
            passage.job->meter.parked();
            rendererOf (passage).park (passage.id); // without the mutex: it may copy caches
            toPark.push_back (id);
        }
    }
    const std::lock_guard lock (mutex);
    for (const auto id : toPark)
        scheduler.park (id);
    for (const auto id : toComeBack)
        scheduler.comeBack (id);
}

void RenderWorker::forgetEnded()
{
    if (over.empty())
        return;
    const std::lock_guard lock (mutex);
    for (const auto id : std::exchange (over, {}))
    {
        spokenCharacters += static_cast<double> (passages.at (id).job->characters());
        scheduler.remove (id);
        passages.erase (id);
        jobs.erase (id);
    }
    if (busySeconds > recentSeconds)
    {
        spokenCharacters /= 2;
        busySeconds /= 2;
    }
    for (auto& model : models.all())
        model.voices.dropUnfinished();
}
} // namespace tableread::engine
