// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>

#include "Core/Units.h"

namespace tableread::plugin
{
/** Where playback is, for the editor to draw. In the standalone app, which has no host, it also moves playback.

    Loop      Playing that comes to its end goes on at its start; from behind it, playing goes on as ever. One that is shorter
              than 0.05 s is none.
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

    /** A part of the timeline that is played again and again, in seconds. */
    struct Loop
    {
        double from = 0.0, to = 0.0;
        bool isOn = false;
    };

    /** Samples that follow each other. */
    struct Piece : Position
    {
        std::int64_t count = 0;
    };

    /** The app's own transport: the first of the next samples, as many as follow each other, at least one; it steps over
        these. */
    Piece advance (std::int64_t samples) noexcept
    {
        if (const auto target = wanted.exchange (none, std::memory_order_acq_rel); target != none)
            sample.store (target, std::memory_order_relaxed);
        Piece now { { { sample.load (std::memory_order_relaxed) }, running.load (std::memory_order_relaxed) },
                    samples };
        if (! now.isPlaying)
            return now;
        auto next = now.sample.value + samples;
        const auto from = samplesOf (loopFrom), to = samplesOf (loopTo);
        if (loops.load (std::memory_order_relaxed) && to - from >= samplesIn (leastLoop) &&
            now.sample.value < to && next >= to)
        {
            now.count = to - now.sample.value;
            next = from;
        }
        sample.store (next, std::memory_order_relaxed);
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

    /** Its two ends may be seen by a block one after the other. */
    void setLoop (const Loop& loop) noexcept
    {
        loopFrom = loop.from;
        loopTo = loop.to;
        loops = loop.isOn;
    }

    Loop loop() const noexcept { return { loopFrom, loopTo, loops }; }

    void setRate (double hertz) noexcept { rateHz = hertz; }
    double rate() const noexcept { return rateHz; }

private:
    static constexpr std::int64_t none = INT64_MIN;
    static constexpr double leastLoop = 0.05; // seconds

    std::int64_t samplesIn (double seconds) const noexcept
    {
        return std::llround (seconds * rateHz.load (std::memory_order_relaxed));
    }
    std::int64_t samplesOf (const std::atomic<double>& seconds) const noexcept
    {
        return samplesIn (seconds.load (std::memory_order_relaxed));
    }

    std::atomic<std::int64_t> sample { 0 };
    std::atomic<std::int64_t> wanted { none };
    std::atomic<bool> running { false }, loops { false };
    std::atomic<double> loopFrom { 0.0 }, loopTo { 0.0 };
    std::atomic<double> rateHz { (double) modelSampleRateHz };
};
} // namespace tableread::plugin
