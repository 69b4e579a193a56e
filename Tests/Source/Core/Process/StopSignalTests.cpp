// SPDX-License-Identifier: Apache-2.0
#include "Core/Process/StopSignal.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include <catch2/catch.hpp>

#include "Support/Eventually.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

TEST_CASE ("A signal runs its action, also one that comes later, until it is lowered", "[source][core]")
{
    StopSignal stop;
    int calls = 0;
    {
        const StopSignal::Action action (stop, [&calls] { ++calls; });
        CHECK (calls == 0);
        stop.raise();
        CHECK (calls == 1);
    }
    stop.raise(); // nobody is there
    CHECK (calls == 1);
    CHECK (stop.isRaised());
    CHECK (stop.pause (1h));
    {
        const StopSignal::Action action (stop, [&calls] { ++calls; });
        CHECK (calls == 2);
    }
    stop.lower();
    CHECK (! stop.pause (1ms));
    const StopSignal::Action action (stop, [&calls] { ++calls; });
    CHECK (calls == 2);
}

TEST_CASE ("An action does not outlive what it is about", "[source][core][threads]")
{
    StopSignal stop;
    std::atomic<bool> runs { false }, mayEnd { false };
    auto about = std::make_unique<int> (0);
    std::optional<StopSignal::Action> action;
    action.emplace (stop, [&] {
        runs = true;
        eventually ([&mayEnd] { return mayEnd.load(); });
        ++*about;
    });
    std::thread raiser ([&stop] { stop.raise(); });
    REQUIRE (eventually ([&runs] { return runs.load(); }));
    std::thread later ([&mayEnd] {
        std::this_thread::sleep_for (50ms);
        mayEnd = true;
    });
    action.reset(); // waits for the one that runs
    CHECK (mayEnd);
    CHECK (*about == 1);
    about.reset();
    stop.raise();
    raiser.join();
    later.join();
}
