// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "Core/Process/Interrupt.h"

namespace tableread::engine
{
/** The time that a signal leaves a worker for what it has begun. */
class Grace
{
public:
    /** @param signal  which must outlive this object */
    Grace (const Interrupt& signal, double seconds)
        : interrupt (signal)
        , length (std::max (seconds - lastMoment, 0.0))
    {}

    /** Nothing more is begun. */
    bool hasBegun() const { return interrupt.came(); }

    /** What is under way is dropped. */
    bool isOver()
    {
        if (! hasBegun())
            return false;
        if (! end)
            end = Clock::now() + std::chrono::duration_cast<Clock::duration> (length);
        return Clock::now() >= *end;
    }

private:
    using Clock = std::chrono::steady_clock;

    static constexpr double lastMoment = 0.5; // seconds for what has to be done after the last frame

    const Interrupt& interrupt;
    std::chrono::duration<double> length;
    std::optional<Clock::time_point> end;
};
} // namespace tableread::engine
