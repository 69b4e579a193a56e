// SPDX-License-Identifier: Apache-2.0
#include <initializer_list>
#include <vector>

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

TEST_CASE ("What is left takes as long as the requests that are under way, and the last ones alone",
           "[source][enginelink]")
{
    const auto seconds = [] (std::initializer_list<int> all) {
        std::vector<ModelSamples> lengths;
        for (const int each : all)
            lengths.push_back ({ each * modelSampleRateHz });
        return lengths;
    };
    CHECK (secondsFor ({}, 4, 2.0) == 0.0);
    CHECK (secondsFor (seconds ({ 1, 2, 3 }), 1, 0.5) == Approx (3.0));
    CHECK (secondsFor (seconds ({ 1, 2, 3 }), 0, 0.5) == Approx (3.0));
    CHECK (secondsFor (seconds ({ 2, 2, 2, 2 }), 2, 0.5) == Approx (2.0));
    CHECK (secondsFor (seconds ({ 2, 2, 2 }), 2, 0.5) == Approx (2.0));  // the third one alone
    CHECK (secondsFor (seconds ({ 1, 1, 10 }), 2, 0.5) == Approx (5.5)); // begins after a second of speech
    CHECK (secondsFor (seconds ({ 10, 1, 1 }), 2, 0.5) == Approx (5.0)); // the long one from the start
    CHECK (secondsFor (seconds ({ 3, 4 }), 16, 0.5) == Approx (2.0));
}

TEST_CASE ("What is left is told from the pace of each request, however many there are",
           "[source][enginelink]")
{
    // Four requests, each of which has a second of speech after two seconds of work: a virtual engine and its clock.
    Pace pace;
    Pace::Clock::time_point now { 1h };
    CHECK_FALSE (pace.requestFactor (now));
    pace.setUnderWay (4, now);
    std::vector<ModelSamples> left (8, ModelSamples { 30 * modelSampleRateHz });
    const auto speak = [&] (std::size_t first, std::size_t count) {
        now += 200ms;
        for (auto i = first; i < first + count; ++i)
        {
            pace.add ({ 2'400 }, now);
            left[i].value -= 2'400;
        }
    };
    for (int i = 0; i < 150; ++i) // 15 s of speech each
        speak (0, 4);
    CHECK (pace.requestFactor (now).value() == Approx (2.0).margin (0.05));
    CHECK (pace.realTimeFactor (now).value() == Approx (0.5).margin (0.02));
    CHECK (secondsFor (left, 4, *pace.requestFactor (now)) ==
           Approx (90.0).margin (2.0)); // 15 s + 30 s, times 2

    for (int i = 0; i < 150; ++i)
        speak (0, 4);
    left.erase (left.begin(), left.begin() + 4);
    left.resize (1); // one is left, which runs alone: as slow as each of the four was
    pace.setUnderWay (1, now);
    CHECK (secondsFor (left, 4, *pace.requestFactor (now)) == Approx (60.0).margin (2.0));
    for (int i = 0; i < 100; ++i)
        speak (0, 1);
    CHECK (secondsFor (left, 4, *pace.requestFactor (now)) == Approx (40.0).margin (2.0));
    CHECK (pace.realTimeFactor (now).value() ==
           Approx (1.15).margin (0.05)); // of one request, and before of four
}
