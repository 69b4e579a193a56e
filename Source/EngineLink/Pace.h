// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "Core/Units.h"

namespace tableread
{
/** How fast speech comes, all requests together: measured while any is under way, where the last ten seconds count most.
    A plain structure: times are passed in, and never go back. Threads: one at a time. */
class Pace
{
public:
    using Clock = std::chrono::steady_clock;

    /** How many requests are under way from now on. */
    void setUnderWay (std::size_t requests, Clock::time_point now);

    void add (ModelSamples speech, Clock::time_point now);

    /** Seconds of work for one second of speech: below 1 is faster than it is heard. Empty: none has come yet. */
    std::optional<double> realTimeFactor (Clock::time_point now) const;

private:
    struct Measured
    {
        double work = 0.0, speech = 0.0; // seconds, the older the less
    };

    Measured at (Clock::time_point now) const;

    Measured known;
    Clock::time_point last {};
    bool isWorking = false;
};
} // namespace tableread
