// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "Command/Farm/Run.h"
#include "Command/Farm/Source.h"
#include "Farm/Nats/Queue.h"

namespace tableread::engine
{
/** Lines of a queue that many workers share. It fetches some more than are spoken, with their voices, so that a seat that
    becomes free does not wait.

    A line is done for the queue when its take is stored. One that fails is tried again, by whichever worker; after
    mostFailures it is set aside with its reason, and at once if it will never work. To have been begun by a worker that was not
    heard of again is a failure too; to be given back because a worker ends is none.

    Threads   one, and one of its own that fetches */
class QueueSource : public LineSource
{
public:
    static constexpr std::int64_t mostFailures = 3; // of a line
    static constexpr std::size_t mostFailing = 3;   // lines in a row; then it is the worker

    /** What a line is spoken with. @throws Exception if a voice is not to be had here */
    using VoicesOf = std::function<SpokenVoices (const LineMessage& line)>;

    /** The first two must outlive this object. */
    QueueSource (LineQueue& from, BatchRun& current, VoicesOf reader);

    /** Gives back what was not begun. */
    ~QueueSource() override;
    QueueSource (const QueueSource&) = delete;
    QueueSource& operator= (const QueueSource&) = delete;

    LineJob next (Wait wait) override;
    void stepped() override;
    void ended (const FarmLine& line, const LineOutcome& outcome) override;

    /** Why no more lines come; empty: the queue is empty, or the signal came. */
    std::optional<Error> problem() const;

private:
    /** A line that this worker holds. */
    struct Taken
    {
        HeldLine held;
        LineResult known;                        // of the line, before this worker
        std::shared_ptr<const FarmLine> line {}; // never null in `ready`
        std::shared_ptr<const SpokenVoices> voices {};
        std::optional<LineOutcome> refusal {}; // it cannot be spoken here
    };

    void fetchLines();
    bool isRoom() const; // for one more; with the mutex locked
    void prepare (HeldLine held);
    void read (Taken& taken) const;
    void lookBack (Taken& taken) const;
    void end (std::optional<Error> why);
    void finish (Taken taken, LineOutcome outcome);
    void tell (const Taken& taken, LineResult::State state, const std::string& reason);
    void giveBackReady();

    LineQueue& queue;
    BatchRun& run;
    const VoicesOf voicesOf;

    // Of the worker's thread.
    std::map<const FarmLine*, Taken> spoken;
    std::chrono::steady_clock::time_point lastProgress {};
    int framesSince = 0;
    std::set<std::string> failing; // lines, since one was spoken

    mutable std::mutex mutex; // guards the rest
    std::condition_variable changed;
    std::deque<Taken> ready;
    std::size_t inHand = 0; // the size of `spoken`
    bool isOver = false;
    std::optional<Error> trouble;
    std::thread fetcher;
};
} // namespace tableread::engine
