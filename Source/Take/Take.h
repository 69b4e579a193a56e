// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "Take/Audio.h"

namespace tableread
{
enum class TakeState
{
    Queued,
    Rendering,
    Done,
    Failed,   // error() says why; what was rendered before stays
    Cancelled // by the user; what was rendered before stays
};

/** One rendering of one passage at the model's 24 000 Hz, from waiting in the queue to its last sample.

    Threads   begin(), append() and the ends: the link thread. All else: any thread; state() and audio() also on the
              audio thread. A final state is published after the last sample: who sees it also sees all of the audio.
*/
class Take
{
public:
    /** How complete a take is that was rendered to its end. */
    enum class Ending
    {
        Whole,
        CutOff // by the model's length limit: some of the text may be missing
    };

    Take();

    const TakeAudio& audio() const noexcept { return *samples; }
    TakeState state() const noexcept { return current.load (std::memory_order_acquire); }

    /** No more samples will come. */
    bool isFinal() const noexcept;

    /** Once it is Done. */
    Ending ending() const noexcept { return ended.load (std::memory_order_relaxed); }

    /** Who a failure is of. */
    enum class Fault
    {
        Line,  // asked for again, it would fail again
        Engine // that could not be reached
    };

    Error error() const;             // why the take failed
    Fault fault() const;             // and whose fault that is
    std::string fingerprint() const; // of the engine that renders or rendered the take; empty while queued

    /** Rendering starts, or starts again after the engine was restarted. */
    void begin (const std::string& engineFingerprint);

    /** @returns how many samples were taken, like TakeAudio::append(). */
    std::size_t append (std::span<const float> speech) noexcept { return samples->append (speech); }

    void finish (Ending how = Ending::Whole) noexcept;
    void cancel() noexcept { current.store (TakeState::Cancelled, std::memory_order_release); }
    void fail (Error why, Fault whose = Fault::Line);

private:
    std::unique_ptr<TakeAudio> samples;
    std::atomic<TakeState> current { TakeState::Queued };
    std::atomic<Ending> ended { Ending::Whole };
    mutable std::mutex mutex; // guards the strings below
    Error failure;
    Fault blamed = Fault::Line;
    std::string engine;
};
} // namespace tableread
