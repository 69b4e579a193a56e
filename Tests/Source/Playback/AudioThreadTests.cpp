// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "StageFixture.h"
#include "Support/AllocationGuard.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;

TEST_CASE ("In real time a block neither allocates nor locks, while speech comes and plans change",
           "[source][playback][audiothread]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.seats = 2;
    faults.frameMs = 10;
    const FakeEngine engine (fixture.socket(), faults);
    Stage stage (fixture.options(), fixture.ear);
    auto score = scoreOf ({ partOf (1, 30), partOf (2, 30), withKnown (partOf (3, 30), *fixture.store) });
    play (stage, score);
    std::array<float, 64> block {}; // 2.7 ms
    int allocations = 0, locks = 0;
    std::int64_t position = 0, turn = 0;
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes (1);
    while (! isAll (stage, PartState::Done) && std::chrono::steady_clock::now() < end)
    {
        {
            const AllocationGuard guard;
            const auto said = position + turn++ % 7 - 3; // as hosts do that round it
            const auto& plan = stage.planFor ({ { said }, block.size(), true, false });
            stage.read (plan, { block });
            allocations += AllocationGuard::allocations();
            locks += AllocationGuard::locks();
        }
        position = (position + 64) % 288'000;
        if (position % 1'280 == 0)
            play (stage, score);
        std::this_thread::sleep_for (std::chrono::milliseconds (3)); // as in real time: nothing waits
    }
    CHECK (isAll (stage, PartState::Done));
    CHECK (allocations == 0);
    CHECK (locks == 0);
}
