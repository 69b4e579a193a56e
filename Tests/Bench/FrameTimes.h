// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tableread::test
{
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

/** A frame on the wire. */
struct FrameShape
{
    std::size_t bytes = 0;
    double seconds = 0;
};

/** The times between the frames of one stream while somebody listens to it: from its first frame until its audio is two
    seconds ahead of a listener who began with that frame, and never again. A frame has come when its last byte has. */
class FrameTimes
{
public:
    static constexpr double aheadSeconds = 2;

    /** Times that begin at `until` or later are not counted. */
    FrameTimes (FrameShape frameShape, Clock::time_point until) : shape (frameShape), end (until) {}

    void take (std::size_t bytes, Clock::time_point when);

    /** Nobody waits for the next frame any longer: if somebody listened, the wait for it counts. */
    void breakOff (Clock::time_point when);

    const std::vector<double>& betweenMs() const { return between; }

private:
    void frame (Clock::time_point when);
    void count (Clock::time_point when);

    FrameShape shape;
    Clock::time_point end;
    std::size_t partial = 0; // bytes of the frame that is coming
    std::int64_t frames = 0;
    bool isListenedTo = false;
    Clock::time_point first, last;
    std::vector<double> between;
};
} // namespace tableread::test
