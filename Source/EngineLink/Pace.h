// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

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

    /** Seconds that one request takes for a second of its speech, beside those that are under way with it. */
    std::optional<double> requestFactor (Clock::time_point now) const;

private:
    struct Measured
    {
        double work = 0.0, requests = 0.0, speech = 0.0; // seconds, the older the less; of each request
    };

    Measured at (Clock::time_point now) const;

    Measured known;
    Clock::time_point last {};
    std::size_t underWay = 0;
};

/** Seconds until speech of these lengths is there, if `atOnce` requests are under way as long as there are so many, in this
    order, and each takes `factor` seconds for a second of its speech. */
double secondsFor (std::span<const ModelSamples> lengths, int atOnce, double factor);
} // namespace tableread
