// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "EngineLink/Supervisor.h"
#include "Take/Take.h"

namespace tableread
{
/** What the link is doing, for the status line. */
struct LinkStatus
{
    enum class Phase
    {
        Idle,
        Starting, // an engine is being searched for, started, or loading its model
        Rendering,
        Waiting,   // the engine is busy with another job
        Restarting // the engine was lost and will be asked again after a pause
    };

    Phase phase = Phase::Idle;
    StartProgress start;                            // while it is Starting
    std::string detail;                             // why the link is Waiting or Restarting, in words
    std::optional<SafeMode> safeMode;               // no engine is started until tryAgain()
    bool isEmbeddedOnly = false;                    // until tryAgain (false), or another program is chosen
    std::string model;                              // of the last engine that answered
    std::optional<std::vector<std::string>> voices; // its model's own; empty: no engine has answered yet
    std::size_t queued = 0;
};

/** Fills takes with speech, one after the other, on a thread that talks to the engine.

    If an engine dies, it is restarted and asked for the same take again. With the same fingerprint it repeats the
    take bit for bit, so the part that the take already has is compared and skipped. After `attempts` losses in a
    row, counted from the last attempt that brought a new sample, the take fails, and so do all queued ones, which
    would fail too. A take that the engine refuses fails alone. Every submitted take ends: done, failed or cancelled.
    Threads   all methods: any thread. Listener: the link thread.
*/
class RenderLink
{
public:
    class Listener
    {
    public:
        virtual ~Listener() = default;

        /** The take has more samples or another state. [link thread] */
        virtual void takeChanged (const Take& take) = 0;
    };

    struct Options
    {
        Supervisor::Options engine;
        int attempts = 5;
        std::chrono::milliseconds firstPause { 200 }; // before asking again; doubles each time
        std::chrono::milliseconds longestPause { 3'000 };
    };

    RenderLink (Options options, Listener& listener);

    /** Cancels everything and waits for the thread. */
    ~RenderLink();

    RenderLink (const RenderLink&) = delete;
    RenderLink& operator= (const RenderLink&) = delete;

    void submit (std::shared_ptr<Take> take, protocol::SpeechRequest request);

    /** Cancels the running job and all waiting ones; later submissions are rendered. */
    void cancelAll();

    /** The engine that the user chose, used at the next start; empty: none. */
    void setProgram (std::filesystem::path setting);

    /** Ends safe mode: the next submission starts an engine again, with the embedded model alone if that is wanted. */
    void tryAgain (bool withEmbeddedModel);

    LinkStatus status() const;

private:
    struct Job
    {
        std::shared_ptr<Take> take;
        protocol::SpeechRequest request;
    };

    enum class Next
    {
        TryAgain,
        End
    };

    struct Attempts
    {
        int lost = 0;
        int busy = 0;
    };

    void run();
    std::optional<Job> nextJob(); // waits for one; empty: the link is being destroyed
    void render (const Job& job);
    Next renderOnce (const Job& job, Attempts& attempts);
    Next ask (const Job& job, Attempts& attempts);
    Next lost (const Job& job, Attempts& attempts, const Error& why);
    void failAll (const Job& job, const Error& why);
    void finish (Take& take, const protocol::SpeechEnd& how);
    void end (Take& take, TakeState state, Error why = {});
    void setPhase (LinkStatus::Phase phase, std::string detail = {});
    void starting (const StartProgress& progress);

    Options options;
    Listener& events;
    Supervisor supervisor;
    StopSignal stop; // raised: the running job must end

    mutable std::mutex mutex; // guards everything below
    std::condition_variable wake;
    std::deque<Job> jobs;
    std::deque<Job> dropped; // cancelled before they began; the link thread ends their takes
    LinkStatus now;
    std::filesystem::path program;
    std::optional<bool> triesAgain; // with the embedded model?
    bool leaving = false;

    std::thread thread;
};
} // namespace tableread
