// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "Core/Error.h"
#include "Server/Jobs/UnreadSpeech.h"

namespace tableread::engine
{
/** Passes the samples of one job from the render thread to the connection that asked for them.

    Audio      [samples], mono float32 at the model's rate, in order, none lost.
    Threads    push(), finish(), fail(): render thread. take(), onReadable(): one thread at a time. cancel(), abandon():
               any thread.
    Bound      none: the render thread never waits for a client. It asks how much is unread() and parks the job.
*/
class PcmQueue
{
public:
    enum class State
    {
        Open,      // more may come
        Done,      // all samples were taken and the render succeeded
        Failed,    // all samples were taken and the render failed: error() says why
        Cancelled, // somebody else did not want the rest
        Abandoned  // the reader gave up
    };

    /** `all` counts what is unread here too. */
    explicit PcmQueue (std::shared_ptr<UnreadSpeech> all = std::make_shared<UnreadSpeech>());
    ~PcmQueue();
    PcmQueue (const PcmQueue&) = delete;
    PcmQueue& operator= (const PcmQueue&) = delete;

    /** Appends samples, unless the reader is gone. Does not wait. */
    void push (std::span<const float> samples);

    /** Samples that the reader has not taken. */
    std::size_t unread() const;

    void finish();
    void fail (Error error);

    /** Calls `wake` whenever take() has something to return, samples or an end: on the thread that brings it, or at once
        if it is already there. Replaces the last function; after abandon() none is called any more. It must not wait.
        @throws what `wake` throws. */
    void onReadable (std::function<void()> wake);

    /** Moves queued samples to the end of `out`, not more than are encoded in a few milliseconds; wakes the reader again if
        there are more. Does not wait. @throws what `wake` throws; then nothing was taken. */
    State take (std::vector<float>& out);
    static constexpr std::size_t mostAtOnce = 4'800;

    /** Nobody wants the rest; the reader is told, and once more by finish(). Does not wait. */
    void cancel();

    /** The reader is gone: nothing is kept any more. */
    void abandon();

    /** Nobody wants samples any more: it was cancelled or abandoned. */
    bool isUnwanted() const;

    /** Nothing more will be pushed. */
    bool ended() const;

    /** After State::Failed. */
    Error error() const;

private:
    std::size_t left() const { return waiting.size() - taken; }
    void signal();
    void end (State state);

    const std::shared_ptr<UnreadSpeech> allUnread;
    mutable std::mutex mutex;
    std::vector<float> waiting;
    std::size_t taken = 0; // of `waiting`
    State ending = State::Open;
    Error failure;
    std::function<void()> wake;
};
} // namespace tableread::engine
