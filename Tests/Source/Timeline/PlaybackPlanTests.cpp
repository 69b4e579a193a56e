// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "TestTakes.h"
#include "Timeline/PlanExchange.h"
#include "Timeline/Timeline.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** Two takes with a pause before each, at a host's rate. */
std::vector<TimelineEntry> scene (double rate)
{
    return { { hosted (doneTake (noise (7'001, 1)), rate), { 500 } },
             { hosted (doneTake (noise (5'003, 2)), rate), { 12'000 } },
             { hosted (doneTake (noise (4'001, 3)), rate), { 0 } } };
}

std::vector<float> inBlocks (const PlaybackPlan& plan, std::int64_t from, std::int64_t to, std::int64_t block)
{
    std::vector<float> all ((std::size_t) (to - from));
    for (auto at = from; at < to; at += block)
        plan.read ({ at }, std::span (all).subspan ((std::size_t) (at - from),
                                                    (std::size_t) std::min (block, to - at)));
    return all;
}
} // namespace

TEST_CASE ("Takes sound one after the other with their pauses", "[source][timeline]")
{
    const auto plan = buildPlan (scene (24'000), 24'000);
    std::vector<float> expected (500);
    const auto add = [&] (const std::vector<float>& more) {
        expected.insert (expected.end(), more.begin(), more.end());
    };
    add (noise (7'001, 1));
    add (std::vector<float> (12'000));
    add (noise (5'003, 2));
    add (noise (4'001, 3));
    REQUIRE (plan.end().value == (std::int64_t) expected.size());
    CHECK ((inBlocks (plan, 0, plan.end().value, 100'000) == expected));
    CHECK (plan.isComplete());
    CHECK (plan.missing ({ 0 }, 1'000'000) == 0);
}

TEST_CASE ("What is heard does not depend on the block size", "[source][timeline]")
{
    const double rate = GENERATE (24'000.0, 44'100.0, 48'000.0, 96'000.0);
    const auto plan = buildPlan (scene (rate), rate);
    const auto end = plan.end().value + 1000;
    const auto whole = inBlocks (plan, -1000, end, end + 1000);
    CHECK (std::count (whole.begin(), whole.begin() + 1000, 0.0f) == 1000);
    for (const std::int64_t block : { 1, 17, 64, 512, 8192 })
        CHECK ((inBlocks (plan, -1000, end, block) == whole));
}

TEST_CASE ("A take starts at the same time at every host rate", "[source][timeline]")
{
    const double rate = GENERATE (44'100.0, 48'000.0, 88'200.0);
    const auto plan = buildPlan (scene (rate), rate);
    CHECK (plan.placements()[1].start.value == std::llround (19'501 * rate / 24'000));
    CHECK (plan.placements()[2].start.value == std::llround (24'504 * rate / 24'000));
}

TEST_CASE ("What follows a growing take has no place yet", "[source][timeline]")
{
    const auto growing = std::make_shared<Take>();
    growing->begin ("test");
    growing->append (noise (1000, 5));
    std::vector<TimelineEntry> entries { { hosted (doneTake (noise (2000, 1)), 24'000), {} },
                                         { HostAudio::create (growing, 24'000).value(), { 100 } },
                                         { HostAudio::create (std::make_shared<Take>(), 24'000).value(),
                                           {} } };
    const auto open = buildPlan (entries, 24'000);
    CHECK (open.placements().size() == 2);
    CHECK_FALSE (open.isComplete());
    CHECK (open.end().value == 3100);
    CHECK (open.missing ({ 0 }, 3100) == 0);
    CHECK (open.missing ({ 3000 }, 200) == 100);
    CHECK (open.missing ({ 5000 }, 64) == 64);

    std::vector<float> out (200, -1.0f);
    CHECK (open.read ({ 3000 }, out) == 100);
    CHECK (out[99] == noise (1000, 5)[999]);
    CHECK (out[100] == 0.0f);

    growing->append (noise (50, 6));
    CHECK (open.missing ({ 3000 }, 200) == 50); // the plan is the same one: the take in it grew
    growing->finish();
    CHECK (buildPlan (entries, 24'000).placements().size() == 3);
}

TEST_CASE ("An empty plan is silence", "[source][timeline]")
{
    const PlaybackPlan plan;
    std::vector<float> out (64, 1.0f);
    CHECK (plan.read ({ -10 }, out) == 0);
    CHECK (out == std::vector<float> (64, 0.0f));
    CHECK (plan.isComplete());
    CHECK (buildPlan ({}, 48'000).isComplete());
}

TEST_CASE ("The audio thread always hears one whole plan", "[source][timeline][threads]")
{
    constexpr int plans = 2000;
    PlanExchange exchange;
    std::atomic<bool> done { false };
    std::thread message ([&] {
        for (int i = 1; i <= plans; ++i)
        {
            const std::vector<float> speech (64, (float) i);
            exchange.publish (
                PlaybackPlan ({ { { 0 }, hosted (doneTake (speech), 24'000) } }, PlaybackPlan::End::Closed));
        }
        done = true;
    });

    std::int64_t mixed = 0, backwards = 0;
    float last = 0.0f;
    std::vector<float> out (64);
    for (bool ended = false; ! ended;)
    {
        ended = done;
        exchange.current().read ({ 0 }, out);
        mixed += std::count (out.begin(), out.end(), out.front()) != 64;
        backwards += out.front() < last;
        last = out.front();
    }
    message.join();
    CHECK (mixed == 0);
    CHECK (backwards == 0);
    CHECK (last == (float) plans);
}

TEST_CASE ("Plans are freed when they are no longer played", "[source][timeline]")
{
    PlanExchange exchange;
    std::vector<std::weak_ptr<const Take>> takes;
    for (int i = 0; i < 3; ++i)
    {
        const auto take = doneTake (noise (10, 1));
        takes.push_back (take);
        exchange.publish (PlaybackPlan ({ { { 0 }, hosted (take, 24'000) } }, PlaybackPlan::End::Closed));
        if (i != 0)
            exchange.current();
    }
    CHECK (takes[0].expired());       // replaced before anyone heard it
    CHECK_FALSE (takes[1].expired()); // retired by the audio thread, which may not free
    CHECK_FALSE (takes[2].expired());
    exchange.collect();
    CHECK (takes[1].expired());
    CHECK_FALSE (takes[2].expired());
}
