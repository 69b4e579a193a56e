// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "EngineLink/Pace.h"

using namespace tableread;
using namespace std::chrono_literals;

TEST_CASE ("The pace is the work for a second of speech, and of late", "[source][enginelink]")
{
    const ModelSamples frame { 2'400 }; // a tenth of a second
    Pace pace;
    Pace::Clock::time_point now { 1h };
    CHECK_FALSE (pace.realTimeFactor (now));
    pace.setUnderWay (2, now);
    CHECK_FALSE (pace.realTimeFactor (now + 1s));
    const auto speak = [&] (std::chrono::milliseconds each, int frames) {
        for (int i = 0; i < frames; ++i)
            pace.add (frame, now += each);
    };
    speak (50ms, 400);
    CHECK (pace.realTimeFactor (now).value() == Approx (0.5).margin (0.02));

    SECTION ("pauses do not count")
    {
        pace.setUnderWay (0, now);
        now += 1h;
        CHECK (pace.realTimeFactor (now).value() == Approx (0.5).margin (0.02));
        pace.setUnderWay (1, now);
        speak (50ms, 40);
        CHECK (pace.realTimeFactor (now).value() == Approx (0.5).margin (0.02));
    }
    SECTION ("waiting for speech counts")
    {
        CHECK (pace.realTimeFactor (now + 10s).value() > 1.0);
    }
    SECTION ("what was long ago is forgotten")
    {
        speak (200ms, 400);
        CHECK (pace.realTimeFactor (now).value() == Approx (2.0).margin (0.05));
    }
}
