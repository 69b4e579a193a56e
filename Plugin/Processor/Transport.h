// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

#include "Core/Units.h"

namespace tableread::plugin
{
/** Where playback is, for the editor to draw. In the standalone app, which has no host, it also moves playback.

    Threads   advance() and show(): the audio thread, wait-free. The rest: any thread.
*/
class Transport
{
public:
    struct Position
    {
        HostSamples sample;
        bool isPlaying = false;
    };

    /** The app's own transport: returns the block's position, then steps over it. */
    Position advance (std::int64_t samples) noexcept
    {
        if (const auto target = wanted.exchange (none, std::memory_order_acq_rel); target != none)
            sample.store (target, std::memory_order_relaxed);
        const Position now { { sample.load (std::memory_order_relaxed) },
                             running.load (std::memory_order_relaxed) };
        if (now.isPlaying)
            sample.store (now.sample.value + samples, std::memory_order_relaxed);
        return now;
    }

    /** In a host: sets where the host is. */
    void show (Position now) noexcept
    {
        sample.store (now.sample.value, std::memory_order_relaxed);
        running.store (now.isPlaying, std::memory_order_relaxed);
    }

    void play() noexcept { running = true; }
    void stop() noexcept { running = false; }
    void locate (HostSamples target) noexcept { wanted.store (target.value, std::memory_order_release); }

    /** What was last played or shown; its two parts may come from neighbouring blocks. */
    Position current() const noexcept
    {
        return { { sample.load (std::memory_order_relaxed) }, running.load (std::memory_order_relaxed) };
    }

    void setRate (double hertz) noexcept { rateHz = hertz; }
    double rate() const noexcept { return rateHz; }

    /** Samples that should have sounded in real time but were not rendered yet. */
    std::atomic<std::int64_t> missed { 0 };

private:
    static constexpr std::int64_t none = INT64_MIN;

    std::atomic<std::int64_t> sample { 0 };
    std::atomic<std::int64_t> wanted { none };
    std::atomic<bool> running { false };
    std::atomic<double> rateHz { (double) modelSampleRateHz };
};
} // namespace tableread::plugin
