// SPDX-License-Identifier: Apache-2.0
#include "Bench/FrameTimes.h"

namespace tableread::test
{
void FrameTimes::take (std::size_t bytes, Clock::time_point when)
{
    partial += bytes;
    for (; partial >= shape.bytes; partial -= shape.bytes)
        frame (when);
}

void FrameTimes::breakOff (Clock::time_point when)
{
    count (when);
    isListenedTo = false;
}

void FrameTimes::frame (Clock::time_point when)
{
    count (when);
    if (frames++ == 0)
    {
        first = when;
        isListenedTo = true;
    }
    last = when;
    const auto heard = std::chrono::duration<double> (when - first).count();
    if (static_cast<double> (frames) * shape.seconds - heard >= aheadSeconds)
        isListenedTo = false;
}

void FrameTimes::count (Clock::time_point when)
{
    if (isListenedTo && last < end)
        between.push_back (Milliseconds (when - last).count());
}
} // namespace tableread::test
