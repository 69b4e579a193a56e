// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Bench/FrameTimes.h"

using namespace tableread::test;

namespace
{
constexpr FrameShape halfASecond { 100, 0.5 };
const Clock::time_point begin {};

Clock::time_point at (int ms)
{
    return begin + std::chrono::milliseconds (ms);
}
} // namespace

TEST_CASE ("Times between frames count until the audio is two seconds ahead, and never again",
           "[bench][frames]")
{
    FrameTimes frames (halfASecond, at (100'000));
    frames.take (100, at (0)); // its first frame: 0.5 s ahead
    CHECK (frames.betweenMs().empty());
    frames.take (100, at (200)); // 0.8 s
    frames.take (100, at (300)); // 1.2 s
    frames.take (100, at (400)); // 1.6 s
    frames.take (100, at (500)); // 2 s
    CHECK (frames.betweenMs() == std::vector<double> { 200, 100, 100, 100 });
    frames.take (100, at (5'000)); // what was ahead has been heard
    frames.take (100, at (6'000));
    frames.breakOff (at (7'000));
    CHECK (frames.betweenMs().size() == 4);
}

TEST_CASE ("A stream that is slower than speech is listened to all the time", "[bench][frames]")
{
    FrameTimes frames (halfASecond, at (100'000));
    for (int i = 0; i < 20; ++i)
        frames.take (100, at (i * 600));
    CHECK (frames.betweenMs() == std::vector<double> (19, 600));
}

TEST_CASE ("A frame has come when its last byte has", "[bench][frames]")
{
    FrameTimes frames (halfASecond, at (100'000));
    frames.take (99, at (0));
    frames.take (1, at (10)); // the first frame
    frames.take (50, at (20));
    frames.take (149, at (40)); // the second, and most of the third
    frames.take (1, at (70));   // the third
    CHECK (frames.betweenMs() == std::vector<double> { 30, 30 });

    FrameTimes together (halfASecond, at (100'000));
    together.take (250, at (5));
    together.take (50, at (25));
    CHECK (together.betweenMs() == std::vector<double> { 0, 20 });
}

TEST_CASE ("A wait for a frame that never came counts, if it began in time", "[bench][frames]")
{
    FrameTimes frames (halfASecond, at (1'000));
    frames.take (100, at (900));
    frames.take (100, at (1'100)); // began in time
    frames.take (100, at (1'200)); // did not
    CHECK (frames.betweenMs() == std::vector<double> { 200 });

    FrameTimes stuck (halfASecond, at (1'000));
    stuck.breakOff (at (10)); // nobody heard anything yet
    CHECK (stuck.betweenMs().empty());
    stuck.take (100, at (20));
    stuck.breakOff (at (5'020));
    CHECK (stuck.betweenMs() == std::vector<double> { 5'000 });
}
