// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Playback/HostPace.h"

using namespace tableread::playback;
using namespace std::chrono_literals;

namespace
{
/** A host that asks for blocks, at so many times the speed of real time. */
struct Host
{
    HostPace pace {};
    HostPace::Clock::time_point now { 1h };
    double block = 0.01;

    void play (double seconds, double speed)
    {
        for (double played = 0.0; played < seconds; played += block)
        {
            pace.add (block, now);
            now += std::chrono::duration_cast<HostPace::Clock::duration> (
                std::chrono::duration<double> (block / speed));
        }
    }
};
} // namespace

TEST_CASE ("A host that renders faster than real time is noticed, with blocks of any size",
           "[source][playback]")
{
    Host host { .block = GENERATE (64.0 / 48'000, 512.0 / 48'000, 8192.0 / 44'100) };
    host.play (3.0, 1.0);
    CHECK_FALSE (host.pace.isFast());
    host.play (0.6, 20.0);
    CHECK_FALSE (host.pace.isFast());
    host.play (1.5, 20.0);
    CHECK (host.pace.isFast());
    host.play (60.0, 3.0);
    CHECK (host.pace.isFast());
    host.play (1.5, 1.0);
    CHECK_FALSE (host.pace.isFast());
}

TEST_CASE ("A host that reads half a second ahead is not taken for one that bounces", "[source][playback]")
{
    Host host;
    for (int i = 0; i < 20; ++i)
    {
        host.play (0.5, 1'000.0);
        host.now += 500ms;
        host.play (1.0, 1.0);
        CHECK_FALSE (host.pace.isFast());
    }
}

TEST_CASE ("The time that a host waits for us is not the host's", "[source][playback]")
{
    Host host;
    host.play (2.0, 10.0);
    REQUIRE (host.pace.isFast());
    for (int i = 0; i < 100; ++i)
    {
        host.pace.add (0.1, host.now);
        host.now += 5s; // for speech
        host.pace.answered (host.now);
        host.now += 10ms;
    }
    CHECK (host.pace.isFast());
}

TEST_CASE ("One pause is not real time yet, and a stop forgets all", "[source][playback]")
{
    Host host;
    host.play (2.0, 10.0);
    host.now += 400ms;
    host.play (0.3, 10.0);
    CHECK (host.pace.isFast());
    host.pace.stop();
    CHECK_FALSE (host.pace.isFast());
    host.play (0.9, 10.0);
    CHECK_FALSE (host.pace.isFast());
}
