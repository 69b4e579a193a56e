// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace tableread::playback
{
/** Notices a host that renders faster than real time without saying so: each quarter of the last second of audio came at twice
    the speed or more. It is no longer so after two quarters at less than 1.25 times the speed. So a host that reads half a
    second ahead is not taken for one that bounces, nor one that bounces with a pause for another. Threads: the audio thread;
    no lock, no allocation. */
class HostPace
{
public:
    using Clock = std::chrono::steady_clock;

    /** A block of so much audio is asked for while the transport runs. */
    void add (double seconds, Clock::time_point now) noexcept;

    /** The block's answer was late because of us until now: that is not the host's time. */
    void answered (Clock::time_point now) noexcept { last = now; }

    /** The transport stands. */
    void stop() noexcept { *this = {}; }

    bool isFast() const noexcept { return fast; }

private:
    Clock::time_point last {};
    double audio = 0.0, wall = 0.0;     // seconds, in this quarter
    int fastQuarters = 0, slowOnes = 0; // in a row
    bool fast = false;
};
} // namespace tableread::playback
