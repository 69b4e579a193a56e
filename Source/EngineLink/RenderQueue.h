// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "Core/Process/StopSignal.h"
#include "EngineLink/Protocol.h"
#include "Take/Take.h"

namespace tableread
{
/** When a take is wanted. */
struct Urgency
{
    using Clock = std::chrono::steady_clock;

    std::int64_t rank = 0; // the lowest is asked for first; among equals the first that was submitted
    std::optional<Clock::time_point> due {}; // to be audible; empty: nobody listens

    /** As the protocol has it. */
    std::optional<double> dueMs (Clock::time_point now) const;

    bool operator== (const Urgency&) const = default;
};

/** A take that was submitted, until it ends. */
struct RenderJob
{
    using Clock = Urgency::Clock;

    std::shared_ptr<Take> take;
    protocol::SpeechRequest request {};
    Urgency urgency {};
    std::int64_t expected = 0;      // samples, estimated from the text
    std::uint64_t number = 0;       // of its submission
    Clock::time_point notBefore {}; // it is asked for again
    int lost = 0, busy = 0;         // attempts in a row that ended so and brought no new sample
    StopSignal stop {};             // raised: it is cancelled

    // Of the attempt that is under way.
    std::string id;
    std::uint64_t epoch = 0; // of the queue, when it began
    Clock::time_point begun {}, nextLook {};
    bool isSilent = true;         // no new sample has come
    bool isDueChanged = false;    // and the engine does not know it
    std::int64_t counted = 0;     // samples that progress knows of
    protocol::JobStatus known {}; // what the engine said of it last
};

/** Which take is asked for next, and what becomes of one whose engine was lost. A plain structure: times are passed in.

    Losses    of the engine are counted once for all jobs that were under way. After two in a row, without a new sample of
              any job, one job at a time is asked for, the one with the fewest losses first. A job that was lost twice in
              a row is asked for alone until it brings a new sample: nothing else is lost with the one that kills the
              engine. After `attempts` of its own in a row a job ends. If then no job has come to its end since the
              last one that ended so, no other would fare better: all end.
    Threads   one at a time.
*/
class RenderQueue
{
public:
    using Clock = RenderJob::Clock;
    using Job = std::shared_ptr<RenderJob>;

    struct Limits
    {
        std::size_t most = 1024; // that wait
        int attempts = 5;
        std::chrono::milliseconds firstPause { 200 }; // before asking again; doubles each time
        std::chrono::milliseconds longestPause { 3'000 };
    };

    enum class Verdict
    {
        Again,
        End,   // this job
        EndAll // this job, and all that wait
    };

    enum class Pause
    {
        None,
        Lost, // the engine is given time to come back
        Busy  // the engine has no room for any of ours
    };

    explicit RenderQueue (Limits bounds) : limits (bounds) {}

    /** @returns false if the queue is full. */
    [[nodiscard]] bool add (const Job& job);

    std::size_t waiting() const { return queued.size(); }
    std::size_t underWay() const { return asked.size(); }
    bool isEmpty() const { return queued.empty() && asked.empty(); }
    bool hasBegun() const; // a take that is not over has samples, so another engine cannot go on with it
    int lostInARow() const { return inARow; }
    Pause pauseAt (Clock::time_point now) const;

    /** The job to ask for now, which is then under way; null: none may begin. */
    Job begin (Clock::time_point now, int seats);
    bool mayBegin (Clock::time_point now, int seats) const { return best (now, seats) != queued.end(); }

    /** When begin() is worth a call if nothing else happens; empty: never. */
    std::optional<Clock::time_point> nextChance (Clock::time_point now, int seats) const;

    /** A job under way has brought new samples. */
    void brought (RenderJob& job);

    /** A job under way is over; isWhole: the engine said so. */
    void end (const Job& job, bool isWhole);

    /** A job under way was refused for now, and waits again. */
    void wait (const Job& job, std::chrono::milliseconds retryAfter, Clock::time_point now);

    /** The engine was lost with a job, which waits again or ends. */
    [[nodiscard]] Verdict lose (const Job& job, Clock::time_point now);

    /** No engine could be reached for any. */
    [[nodiscard]] Verdict reachNone (Clock::time_point now);

    /** Another try from the start. */
    void forgive() { inARow = 0; }

    /** Takes out the job that waits with this take; null: none. */
    Job drop (const Take& take);
    std::vector<Job> dropWaiting();

    /** Changes when takes are wanted; the first change of a take counts, and takes that are not here are ignored. A silent
        one under way is to be looked at, if another due time is now wanted. */
    struct Change
    {
        const Take* take = nullptr;
        Urgency urgency {};
    };
    void reorder (std::span<const Change> changes);

    /** A job that is under way and silent, and is to be looked at by now; null: none. */
    Job toLookAt (Clock::time_point now) const;
    std::optional<Clock::time_point> nextLook() const;

    const std::vector<Job>& jobsThatWait() const { return queued; }
    const std::vector<Job>& jobsUnderWay() const { return asked; }

private:
    using Jobs = std::vector<Job>;

    std::size_t most (int seats) const;
    Jobs::const_iterator best (Clock::time_point now, int seats) const;
    std::chrono::milliseconds grown (int times) const;
    void countLoss (Clock::time_point now);

    Limits limits;
    Jobs queued, asked;
    std::uint64_t submitted = 0;
    std::uint64_t epoch = 0; // counts losses
    int inARow = 0;          // losses since the last new sample
    bool isProven = false;   // a job came to its end since the last that ended by losses
    Clock::time_point resumeAt {};
};
} // namespace tableread
