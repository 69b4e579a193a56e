// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "EngineLink/Continuation.h"
#include "EngineLink/Pace.h"
#include "EngineLink/RenderQueue.h"
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
        Waiting,   // the engine is busy with the jobs of others
        Restarting // the engine was lost and will be asked again after a pause
    };

    Phase phase = Phase::Idle;
    StartProgress start;                            // while it is Starting
    std::string detail;                             // why the link is Waiting or Restarting, in words
    std::optional<SafeMode> safeMode;               // no engine is started until tryAgain()
    bool isEmbeddedOnly = false;                    // until tryAgain (false), or another program is chosen
    std::string model;                              // of the last engine that answered
    std::optional<std::vector<std::string>> voices; // its model's own; empty: no engine has answered yet
    int seats = 1;                        // how many requests it speaks at once, as far as we use them
    std::size_t queued = 0, underWay = 0; // takes that wait here; that the engine was asked for
    std::chrono::milliseconds quiet {
        0
    }; // since the engine last said anything, while it was asked for takes
    std::uint64_t moves =
        0; // counts takes that began or ended, and what the engine says of those that wait in its queue
    std::uint64_t losses = 0; // counts engines that were lost, or could not be reached
    std::int64_t samples = 0; // that takes have got since the link began
};

/** How far the takes are that were submitted and have not ended. */
struct LinkProgress
{
    struct Entry
    {
        std::shared_ptr<const Take> take;
        std::int64_t frames = 0, expectedFrames = 0; // the latter is estimated from the text
        bool isUnderWay = false;
    };

    std::vector<Entry> takes;
    std::optional<double> realTimeFactor;                // of all requests together (Pace)
    std::optional<std::chrono::milliseconds> firstAudio; // of the last take that began: from its request on
    std::optional<double> secondsLeft; // until all are done, several at a time; empty: not known yet
};

/** Fills takes with speech: as many at a time as the engine has seats, the most urgent first. Each request under way has a
    thread of a pool, which grows to at most `mostAtOnce`; the link thread finds the engine and hands requests out.

    If an engine dies, it is restarted once for all requests, and asked for the same takes again. With the same fingerprint it
    repeats a take bit for bit, so the part that the take already has is compared and skipped. RenderQueue has the rules for
    how often. A take that the engine refuses fails alone, and if no engine can be reached, all fail. Every submitted take
    ends: done, failed or cancelled.
    Threads   all methods: any thread. Listener: the link's threads, one at a time for each take.
*/
class RenderLink
{
public:
    class Listener
    {
    public:
        virtual ~Listener() = default;

        /** The take has more samples or another state. May call back into the link. [link's threads] */
        virtual void takeChanged (const Take& take) = 0;
    };

    struct Options
    {
        Supervisor::Options engine;
        int attempts = 5;
        std::chrono::milliseconds firstPause { 200 }; // before asking again; doubles each time
        std::chrono::milliseconds longestPause { 3'000 };
        std::size_t mostJobs = 1024;                   // that wait
        int mostAtOnce = 16;                           // requests under way, whatever the engine says
        std::chrono::milliseconds lookEvery { 1'000 }; // at requests that have brought nothing yet
    };

    RenderLink (Options options, Listener& listener);

    /** Cancels everything and waits for the threads. */
    ~RenderLink();

    RenderLink (const RenderLink&) = delete;
    RenderLink& operator= (const RenderLink&) = delete;

    /** @returns Busy if `mostJobs` wait already: nothing is dropped, and the take can be submitted later. */
    [[nodiscard]] Result<void> submit (std::shared_ptr<Take> take, protocol::SpeechRequest request,
                                       Urgency urgency = {});

    /** Changes when takes are wanted that were submitted. The engine is told of those that wait in its queue. */
    void reorder (std::span<const RenderQueue::Change> changes);

    /** Cancels a take that was submitted and has not ended. */
    void cancel (const Take& take);

    /** Cancels all running jobs and all waiting ones; later submissions are rendered. */
    void cancelAll();

    /** The engine that the user chose, used at the next start; empty: none. */
    void setProgram (std::filesystem::path setting);

    /** Ends safe mode: the next submission starts an engine again, with the embedded model alone if that is wanted. */
    void tryAgain (bool withEmbeddedModel);

    LinkStatus status() const;

    /** @param later  the expected lengths of what will be submitted: secondsLeft counts it. */
    LinkProgress progress (std::span<const ModelSamples> later = {}) const;

private:
    using Job = RenderQueue::Job;
    using Clock = RenderQueue::Clock;
    using Lock = std::unique_lock<std::mutex>;

    // The link thread.
    void run();
    void beginNext (Lock& lock);
    Result<protocol::Health> reachEngine (bool mayReplace);
    void reachedNone (Lock& lock, const Error& why);
    void hand (Lock& lock, const Job& job, const std::string& fingerprint);
    bool lookAtOne (Lock& lock);
    void waitForWork (Lock& lock);
    void starting (const StartProgress& progress);

    // The threads of the pool (RenderAttempt.cpp).
    void speakAll();
    void ask (const Job& job);
    protocol::SpeechRequest requestOf (const RenderJob& job);
    void brought (RenderJob& job);
    void settle (const Job& job, const Continuation& heard, const CallResult<protocol::SpeechEnd>& result);
    void askAgain (const Job& job, const CallFailure& failure);
    void finish (const Job& job, const protocol::SpeechEnd& how);
    void leave (const Job& job, TakeState state, Error why = {});

    void endDropped(); // a thread of its own: ends takes that were cancelled before they began
    void forget (const Job& job, bool isWhole);
    void end (Take& take, TakeState state, Error why = {});
    void failAll (std::span<const Job> all, const Error& why); // since no engine can be had

    Options options;
    Listener& events;
    std::string name; // begins the ids of jobs
    Supervisor supervisor;
    StopSignal stop; // raised: nobody wants an engine

    mutable std::mutex mutex; // guards everything below
    std::condition_variable wake;
    RenderQueue queue;
    Pace pace;
    std::deque<Job> handed;                     // to the pool
    std::vector<std::shared_ptr<Take>> dropped; // cancelled before they began
    bool isEnding = false;                      // they are being ended
    LinkStatus now;                             // phase and numbers are those of status()
    std::optional<std::chrono::milliseconds> firstAudio;
    std::int64_t frameSamples = 1;
    std::uint64_t attempts = 0;                   // counted for the ids of jobs
    std::string lastLoss;                         // in words
    std::optional<Clock::time_point> silentSince; // the engine, as a request found out
    Clock::time_point lastSign;                   // of life, while it is asked for takes
    bool isStarting = false;                      // the search for an engine takes its time
    std::filesystem::path program;
    std::optional<bool> triesAgain; // with the embedded model?
    bool leaving = false, isOver = false;

    std::vector<std::thread> pool;
    std::thread ender, thread;
};
} // namespace tableread
