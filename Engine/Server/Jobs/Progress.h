// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "EngineLink/Protocol.h"

namespace tableread::engine
{
/** How a job ended. */
struct JobEnd
{
    protocol::FinishReason reason = protocol::FinishReason::Stop;
    std::int64_t promptTokens = 0;
    std::optional<Error> error {}; // of FinishReason::Error
};

/** How far a job has come, for whoever asks. Threads: any. */
class JobProgress
{
public:
    using Clock = std::chrono::steady_clock;

    enum class Phase
    {
        Queued,
        Preparing, // has a seat: its voices are encoded, its prompt is computed
        Speaking,
        Ended
    };

    struct State
    {
        Phase phase = Phase::Queued;
        std::size_t place = 0; // in the queue, by arrival: 1 is the next
        std::int64_t frames = 0;
        std::optional<JobEnd> end {};
        Clock::time_point endedAt {};
    };

    State state() const;

    void waits (std::size_t place);
    void prepares();
    void spokeFrame();

    /** Only the first end counts. */
    void ends (JobEnd end);

    /** Calls `wake` whenever the phase or the place changes, on the thread that changes it. Replaces the last function; when
        this returns, that one is not called any more. */
    void onChange (std::function<void()> wake);

private:
    void changed() const;

    mutable std::mutex mutex;
    State now;
    std::function<void()> wake;
};

/** "queued", "preparing", "speaking" or "ended". */
const char* nameOf (JobProgress::Phase phase);
} // namespace tableread::engine
