// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Pace.h"

#include <cmath>

namespace tableread
{
namespace
{
constexpr double memorySeconds = 10.0; // until a second counts half
}

Pace::Measured Pace::at (Clock::time_point now) const
{
    if (! isWorking)
        return known;
    const auto passed = std::chrono::duration<double> (now - last).count();
    const auto fading = std::exp2 (-passed / memorySeconds);
    return { known.work * fading + passed, known.speech * fading };
}

void Pace::setUnderWay (std::size_t requests, Clock::time_point now)
{
    known = at (now);
    last = now;
    isWorking = requests > 0;
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
} // namespace tableread
