// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "Render/Renderer.h"
#include "Server/Jobs/DeviceFigures.h"
#include "Server/Jobs/Scheduler.h"
#include "Server/Jobs/SpeechJob.h"
#include "Server/Models/RenderModels.h"

namespace tableread::engine
{
/** What a job is told that comes too late. */
Error stoppingError();

/** The render thread of one device, and the Renderers of the models on it. Jobs wait in a queue until the Scheduler gives
    them a seat; all that have one are spoken at once, a frame of each in every step. Models come and go by change().

    Threads   the Renderers are created, used and destroyed on the one thread that this class owns. Methods: any thread.
              The render thread waits for no client: a job of which too much is unread is parked.
    Cancel    a job whose queue is unwanted leaves before the next step, in whatever state it is.
    Errors    a job that fails ends its own queue with the error; the others are not affected.
*/
class RenderWorker
{
public:
    struct Limits
    {
        std::size_t cachedVoices = 16;
        std::size_t queuedJobs = 1024;
        double parkSeconds = 30;   // of unread speech from which a job is parked while others wait
        double holdSeconds = 120;  // and from which it is parked even if none does
        double resumeSeconds = 10; // it comes back when less is unread
        double crowdedSeconds = 1; // from which it is parked while there is too much of all jobs together
        std::function<int (Renderer&)> seats = [] (const Renderer& model) {
            return model.info().mostPassages;
        };
        std::chrono::milliseconds betweenReports { 1000 }; // of the device, while there is work
    };

    using Loader = RenderModels::Loader;

    /** Starts the thread, which first loads the models, one after the other. `whenLoaded` is called on it, also if loading
        failed. */
    RenderWorker (std::vector<Loader> models, Limits limits, std::function<void()> whenLoaded = {});
    ~RenderWorker(); // abandons all jobs and waits for the end of the step

    /** Waits until loading ends. @throws what a loader threw. */
    void waitUntilLoaded();

    /** Does not wait. @throws what a loader threw, if one did. */
    void rethrowLoadFailure() const;

    /** Of a model that takes jobs; empty for another one, and until all are loaded. */
    std::optional<ModelInfo> info (std::size_t model = 0) const;

    /** How many models are loaded so far. */
    std::size_t loadedModels() const { return models.loadedCount(); }

    /** What the models' devices did, at most Limits::betweenReports of work ago. None before all models are loaded. */
    std::vector<DeviceReport> deviceReports() const { return figures.reports(); }

    /** Renderer::cachedPositions() of a model after the last step. */
    std::int64_t cachedPositions (std::size_t model) const { return figures.cachedPositions (model); }

    ModelStatus status (std::size_t model) const { return models.status (model); }

    /** A model is being loaded, or will be. */
    bool isLoading() const { return models.isLoading(); }

    Error loadingError() const { return models.loadingError(); }

    /** Why a model takes no jobs. */
    Error whyNot (std::size_t model) const { return models.whyNot (model); }

    /** Loads or unloads a model, when its passages have ended. Jobs that wait for it meanwhile are kept for the loading, and
        end if it is unloaded. Does not wait. */
    void change (ModelChange wanted);

    /** How many passages the worker has. */
    struct Load
    {
        int seats = 0;
        std::size_t speaking = 0, waiting = 0; // a parked one is neither
    };
    Load load() const;

    bool isStopping() const;

    /** submit() would answer Busy, as far as is known now. */
    bool wouldRefuse() const;
    Error busyError() const;

    /** In how many seconds there may be room again: the time that the queue will take at the speed so far. */
    int retryAfterSeconds() const;

    /** Puts a job into the queue. `whenAccepted` is called before anything becomes of it, with a lock: it must neither wait
        nor throw. @returns Busy while its model loads or if the queue is full, Unloaded. */
    [[nodiscard]] Result<void> submit (const std::shared_ptr<SpeechJob>& job,
                                       const std::function<void()>& whenAccepted = {});

    /** Changes when a job is due. Does nothing if it has a seat or is over. */
    void setDue (const SpeechJob& job, std::optional<std::chrono::steady_clock::time_point> due);

    /** Abandons all jobs and refuses new ones. */
    void stop();

private:
    struct Passage // of a job that has begun
    {
        std::shared_ptr<SpeechJob> job;
        PassageId id = 0;
        bool isParked = false;
    };
    using JobId = Scheduler::JobId;
    using Jobs = std::vector<std::pair<JobId, std::shared_ptr<SpeechJob>>>;

    struct Leaving // the queue, without ever having had a seat
    {
        Jobs lost;     // with their model
        Jobs unwanted; // any more
    };

    void run (const std::vector<Loader>& loaders, const std::function<void()>& whenLoaded);
    bool waitForWork();
    void admit();
    Leaving sortWaiting();
    Jobs seatJobs();
    bool isSpeaking (std::size_t model) const;
    void dropUnwanted();
    void tellPlaces() const;
    void begin (JobId id, const std::shared_ptr<SpeechJob>& job);
    void ended (JobId id, SpeechJob& job, const RenderReport& report, const std::exception_ptr& failure);
    static void failed (SpeechJob& job, std::int64_t promptTokens, Error error);
    bool isTooFarAhead (const Passage& passage, double unread, bool othersWait) const;
    bool mayGoOn (const Passage& passage, double unread) const;
    void parkSlowReaders();
    void step();
    void forgetEnded();
    Renderer& rendererOf (const Passage& passage) { return *models[passage.job->model].renderer; }

    const Limits limits;
    RenderModels models;
    std::map<JobId, Passage> passages; // render thread
    std::vector<JobId> over;           // render thread: ended in this turn
    std::set<JobId> held;              // render thread: jobs whose model is being loaded
    DeviceFigures figures;

    mutable std::mutex mutex;
    std::condition_variable changed;
    Scheduler scheduler;
    std::map<JobId, std::shared_ptr<SpeechJob>> jobs; // waiting, speaking or parked
    JobId lastId = 0;
    double spokenCharacters = 0, busySeconds = 0; // lately
    bool stopping = false;
    std::thread thread;
};
} // namespace tableread::engine
