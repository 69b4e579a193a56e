// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "RandomTimeline.h"
#include "Support/AllocationGuard.h"
#include "Support/NoSystemCalls.h"
#include "Timeline/PlanExchange.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** Plans of lines that are whole, growing, broken and not there, and a reader with all buses. */
class AudioThread
{
public:
    AudioThread()
    {
        Dice dice (1);
        auto timeline = randomTimeline (dice, 40);
        for (auto& lane : timeline.lanes)
            lane.isMuted = lane.isSolo = false;
        for (auto& item : timeline.items)
        {
            const auto speech = noise (3000, (unsigned) item.line);
            auto take = dice.oneIn (2) ? doneTake (speech) : begunTake (std::span (speech).first (1500));
            growing.push_back (take);
            if (! dice.oneIn (6))
                item.audio = hosted (std::move (take), 48'000);
            item.isGivenUp = dice.oneIn (6);
        }
        plans.reserve (2);
        for (int i = 0; i < 2; ++i)
            plans.push_back (arrange (timeline, { .hostRateHz = 48'000.0, .playsSlate = i == 1 }).plan);
        end = plans[0].end().value;
    }

    void publish (std::size_t index) { exchange.publish (plans[index]); }

    /** Reads all of it as an audio thread does. @returns what was missing. */
    std::size_t play (std::int64_t size)
    {
        std::size_t missing = 0;
        for (std::int64_t at = -1000; at < end; at += size)
        {
            BusBlock block { { buffers[0].data(), (std::size_t) size } };
            for (std::size_t bus = 0; bus < BusBlock::mostBuses; ++bus)
                block.buses[bus] = buffers[bus + 1].data();
            const auto& plan = exchange.current();
            waits += plan.waiting ({ at }, (std::size_t) size).has_value();
            missing += reader.read (plan, { at }, block, &log);
        }
        log.flush();
        return missing;
    }

    int waits = 0;

private:
    PlanExchange exchange;
    PlanReader reader;
    HoleLog log;
    std::vector<std::shared_ptr<Take>> growing;
    std::vector<PlaybackPlan> plans;
    std::array<std::array<float, 8192>, 1 + BusBlock::mostBuses> buffers {};
    std::int64_t end = 0;
};
} // namespace

TEST_CASE ("Reading neither allocates nor locks at any block size", "[source][timeline][audiothread]")
{
    AudioThread audio;
    std::size_t missing = 0;
    int allocations = 0, locks = 0;
    for (std::size_t plan = 0; plan < 2; ++plan)
        for (const std::int64_t size : { 1, 17, 64, 512, 8192 })
        {
            audio.publish (plan); // what it replaces is freed by the next one, out of sight of the guard
            const AllocationGuard guard;
            missing += audio.play (size);
            allocations += AllocationGuard::allocations();
            locks += AllocationGuard::locks();
        }
    CHECK (allocations == 0);
    CHECK (locks == 0);
    CHECK (missing > 0);
    CHECK (audio.waits > 0);
}

TEST_CASE ("Reading makes no system call", "[source][timeline][audiothread]")
{
    AudioThread audio;
    audio.publish (0);
    audio.play (64);
    audio.publish (1);
    CHECK (withoutSystemCalls ([&] { return audio.play (17) > 0; }) == 0);
}
