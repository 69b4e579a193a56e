// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "Core/Error.h"

namespace tableread::engine
{
/** Passes the samples of one job from the render thread to the connection that asked for them.

    Audio      [samples], mono float32 at the model's rate, in order, none lost.
    Threads    push(), finish(), fail(): render thread. take(): the connection's thread. abandon(): any thread.
    Bound      push() waits while `maxSamples` are unread: a slow reader slows only its own job.
    Waiting    the reader waits in poll() on readableFd() together with its socket, so that it sees a hang-up at once.
*/
class PcmQueue
{
public:
    enum class State
    {
        Open,     // more may come
        Done,     // all samples were taken and the render succeeded
        Failed,   // all samples were taken and the render failed: error() says why
        Abandoned // the reader gave up
    };

    /** @throws Exception OutOfMemory if the system has no more file descriptors. */
    explicit PcmQueue (std::size_t maxSamples);
    ~PcmQueue();
    PcmQueue (const PcmQueue&) = delete;
    PcmQueue& operator= (const PcmQueue&) = delete;

    /** Appends samples, waiting for space. @returns false if the reader is gone. */
    bool push (std::span<const float> samples);

    void finish();
    void fail (Error error);

    /** A descriptor that polls readable when take() has something to return: samples, or an end. */
    int readableFd() const { return eventFd; }

    /** Moves all queued samples to the end of `out`. Does not wait. */
    State take (std::vector<float>& out);

    /** The reader is gone: push() returns false from now on, waiting or not. */
    void abandon();
    bool abandoned() const;

    /** After State::Failed. */
    Error error() const;

private:
    void signal();
    void end (State state);

    mutable std::mutex mutex;
    std::condition_variable room;
    std::vector<float> waiting;
    std::size_t maxSamples;
    State ending = State::Open;
    Error failure;
    int eventFd = -1;
};
} // namespace tableread::engine
