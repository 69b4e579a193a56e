// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Pace.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <vector>

namespace tableread
{
namespace
{
constexpr double memorySeconds = 10.0; // until a second counts half
}

Pace::Measured Pace::at (Clock::time_point now) const
{
    if (underWay == 0)
        return known;
    const auto passed = std::chrono::duration<double> (now - last).count();
    const auto fading = std::exp2 (-passed / memorySeconds);
    return { known.work * fading + passed, known.requests * fading + passed * (double) underWay,
             known.speech * fading };
}

void Pace::setUnderWay (std::size_t requests, Clock::time_point now)
{
    known = at (now);
    last = now;
    underWay = requests;
}

void Pace::add (ModelSamples speech, Clock::time_point now)
{
    known = at (now);
    last = now;
    known.speech += (double) speech.value / (double) modelSampleRateHz;
}

std::optional<double> Pace::realTimeFactor (Clock::time_point now) const
{
    const auto measured = at (now);
    if (measured.speech <= 0.0)
        return std::nullopt;
    return measured.work / measured.speech;
}

std::optional<double> Pace::requestFactor (Clock::time_point now) const
{
    const auto measured = at (now);
    if (measured.speech <= 0.0)
        return std::nullopt;
    return measured.requests / measured.speech;
}

double secondsFor (std::span<const ModelSamples> lengths, int atOnce, double factor)
{
    std::priority_queue<double, std::vector<double>, std::greater<>> free; // when each seat is
    for (int seat = 0; seat < std::max (atOnce, 1); ++seat)
        free.push (0.0);
    double last = 0.0;
    for (const auto length : lengths)
    {
        const auto end = free.top() + factor * (double) length.value / (double) modelSampleRateHz;
        free.pop();
        free.push (end);
        last = std::max (last, end);
    }
    return last;
}
} // namespace tableread
