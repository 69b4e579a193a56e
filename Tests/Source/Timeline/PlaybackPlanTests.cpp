// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <limits>
#include <thread>

#include <catch2/catch.hpp>

#include "TestTakes.h"
#include "Timeline/PlanExchange.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** Three takes with pauses before two of them, at a host's rate. */
Timeline threeTakes (double rate)
{
    return sequence ({ { 500, hosted (doneTake (noise (7'001, 1)), rate) },
                       { 12'000, hosted (doneTake (noise (5'003, 2)), rate) },
                       { 0, hosted (doneTake (noise (4'001, 3)), rate) } });
}
} // namespace

TEST_CASE ("Takes sound one after the other with their pauses", "[source][timeline]")
{
    auto timeline = threeTakes (24'000);
    timeline.silenceAfter = { 77 };
    const auto arranged = arrange (timeline, {});
    const auto& plan = arranged.plan;
    std::vector<float> expected (500);
    const auto add = [&] (const std::vector<float>& more) {
        expected.insert (expected.end(), more.begin(), more.end());
    };
    add (noise (7'001, 1));
    add (std::vector<float> (12'000));
    add (noise (5'003, 2));
    add (noise (4'001, 3));
    REQUIRE (plan.end().value == (std::int64_t) expected.size());
    CHECK (arranged.end.value == plan.end().value + 77);
    CHECK ((inBlocks (plan, 0, plan.end().value, 100'000) == expected));
    CHECK (plan.isComplete());
    CHECK (plan.missing ({ 0 }, 1'000'000) == 0);
    CHECK_FALSE (plan.waiting ({ 0 }, 1'000'000));
}

TEST_CASE ("What is heard does not depend on the block size", "[source][timeline]")
{
    const double rate = GENERATE (24'000.0, 44'100.0, 48'000.0, 96'000.0);
    const auto plan = planOf (threeTakes (rate), rate);
    const auto end = plan.end().value + 1000;
    const auto whole = inBlocks (plan, -1000, end, end + 1000);
    CHECK (std::count (whole.begin(), whole.begin() + 1000, 0.0f) == 1000);
    for (const std::int64_t block : { 1, 17, 64, 512, 8192 })
        CHECK ((inBlocks (plan, -1000, end, block) == whole));
}

TEST_CASE ("A take starts at the same time at every host rate", "[source][timeline]")
{
    const double rate = GENERATE (44'100.0, 48'000.0, 88'200.0);
    const auto plan = planOf (threeTakes (rate), rate);
    CHECK (plan.placements()[1].start.value == std::llround (19'501 * rate / 24'000));
    CHECK (plan.placements()[2].start.value == std::llround (24'504 * rate / 24'000));
}

TEST_CASE ("Takes without a gap between them do not overlap at any rate", "[source][timeline]")
{
    const double rate = GENERATE (22'050.0, 44'100.0, 44'099.5, 191'999.0);
    std::vector<std::pair<std::int64_t, std::shared_ptr<HostAudio>>> takes;
    takes.reserve (40);
    for (unsigned i = 0; i < 40; ++i)
        takes.emplace_back (0, hosted (doneTake (noise (301 + (std::int64_t) i * 7, i)), rate));
    const auto plan = planOf (sequence (takes), rate);
    for (std::size_t i = 1; i < plan.placements().size(); ++i)
        CHECK (plan.placements()[i].start == plan.placements()[i - 1].end);
}

TEST_CASE ("What follows a growing take has a place that is not settled yet", "[source][timeline]")
{
    const auto growing = begunTake (noise (1000, 5));
    const std::vector<float> third = noise (400, 7);
    auto timeline = sequence ({ { 0, hosted (doneTake (noise (2000, 1)), 24'000) },
                                { 100, HostAudio::create (growing, 24'000).value() },
                                { 0, hosted (begunTake (third), 24'000) } });
    timeline.items[1].estimate = { 1500 };
    timeline.items[2].estimate = { 600 };
    const auto open = planOf (timeline, 24'000);
    CHECK (open.placements().size() == 3);
    CHECK_FALSE (open.isComplete());
    CHECK (open.end().value == 4200);
    CHECK (open.missing ({ 0 }, 3100) == 0);
    CHECK (open.missing ({ 3000 }, 200) == 100);

    std::vector<float> out (200, -1.0f);
    CHECK (open.read ({ 2900 }, std::span (out).first (72)) == 0);
    CHECK (out[71] == noise (1000, 5)[871]); // what is further from the end than a fade
    CHECK (open.read ({ 3100 }, out) == 200);
    CHECK (out == std::vector<float> (200, 0.0f));
    CHECK (open.read ({ 3600 }, std::span (out).first (100)) >=
           100); // the growing one may be longer than that
    CHECK (std::equal (third.begin(), third.begin() + 100, out.begin()));

    growing->append (noise (50, 6));
    CHECK (open.missing ({ 3000 }, 200) == 50); // the plan is the same one: the take in it grew
    growing->finish();
    const auto next = planOf (timeline, 24'000);
    CHECK (next.placements()[2].start.value == 3150);
    CHECK (next.placements()[2].isSettled);
}

TEST_CASE ("A line that fails or has no take keeps its estimated length", "[source][timeline]")
{
    const auto failed = begunTake (noise (300, 1)), cancelled = begunTake (noise (900, 2)),
               cut = begunTake (noise (200, 3));
    failed->fail ({ ErrorCode::Io, "gone", {} });
    cancelled->cancel();
    cut->finish (Take::Ending::CutOff);
    auto timeline = sequence ({ { 0, hosted (failed, 24'000) },
                                { 0, hosted (cancelled, 24'000) },
                                { 0, hosted (cut, 24'000) },
                                { 0, nullptr },
                                { 0, nullptr },
                                { 0, hosted (doneTake (noise (10, 4)), 24'000) } });
    for (auto& item : timeline.items)
        item.estimate = { 500 };
    timeline.items[4].isGivenUp = true;
    const auto plan = planOf (timeline, 24'000);
    using State = Placement::State;
    const std::tuple<std::int64_t, State, bool> expected[] = {
        { 0, State::Broken, true },     { 500, State::Broken, true },   { 1400, State::Whole, true },
        { 1600, State::Growing, true }, { 2100, State::Broken, false }, { 2600, State::Whole, false }
    };
    for (std::size_t i = 0; i < 6; ++i)
    {
        const auto& take = plan.placements()[i];
        CHECK (std::tuple (take.start.value, take.state, take.isSettled) == expected[i]);
    }
    CHECK (plan.placements()[5].waitsFor == 4);
    CHECK (plan.placements()[5].earliest.value == 1600 + 0 + 500);
    const std::vector<Hole> holes { { 1, { 300 }, 300, 200 },
                                    { 4, { 1600 }, 0, 500 },
                                    { 5, { 2100 }, 0, 500 } };
    CHECK (plan.holes ({ 0 }, 10'000) == holes);
    CHECK (plan.missing ({ 0 }, 10'000) == 1200);
}

TEST_CASE ("A line that was given up stays so whatever comes of its take", "[source][timeline]")
{
    const auto there = GENERATE (0, 1, 2);
    const auto speech = noise (900, 1);
    auto timeline = sequence ({ { 0, nullptr }, { 0, hosted (doneTake (speech), 24'000) } });
    if (there > 0)
        timeline.items[0].audio = hosted (there == 1 ? begunTake (speech) : doneTake (speech), 24'000);
    timeline.items[0].estimate = { 500 };
    timeline.items[0].isGivenUp = true;
    const auto plan = planOf (timeline, 24'000);
    CHECK (plan.isComplete());
    CHECK (plan.placements()[1].start.value == 500);
    CHECK (plan.placements()[1].isSettled);
    std::vector<float> out (500, 1.0f);
    CHECK (plan.read ({ 0 }, out) == 500);
    CHECK (out == std::vector<float> (500, 0.0f));
}

TEST_CASE ("A take that outgrows its place is heard on", "[source][timeline]")
{
    const auto speech = noise (30'000, 1);
    const auto take = begunTake (std::span (speech).first (100));
    auto timeline = sequence ({ { 0, HostAudio::create (take, 24'000).value() } });
    timeline.items[0].estimate = { 200 };
    const auto plan = planOf (timeline, 24'000);
    take->append (std::span (speech).subspan (100));
    std::vector<float> out (20'000);
    CHECK (plan.read ({ 0 }, out) == 0);
    CHECK ((out == std::vector<float> (speech.begin(), speech.begin() + 20'000)));
    CHECK (planOf (timeline, 24'000).end().value == 30'000);
}

TEST_CASE ("An empty plan is silence", "[source][timeline]")
{
    const PlaybackPlan plan;
    std::vector<float> out (64, 1.0f);
    CHECK (plan.read ({ -10 }, out) == 0);
    CHECK (out == std::vector<float> (64, 0.0f));
    CHECK (plan.isComplete());
    CHECK (planOf (Timeline(), 48'000).isComplete());
    CHECK (arrange (Timeline(), {}).end.value == 0);
}

TEST_CASE ("Positions at the ends of time are silent", "[source][timeline]")
{
    const auto plan = planOf (doneTake (noise (100, 1)));
    const auto position = GENERATE (std::numeric_limits<std::int64_t>::min(), -1'000'000'000'000,
                                    1'000'000'000'000, std::numeric_limits<std::int64_t>::max());
    std::vector<float> out (64, 1.0f);
    CHECK (plan.read ({ position }, out) == 0);
    CHECK (out == std::vector<float> (64, 0.0f));
    CHECK (plan.missing ({ position }, 64) == 0);
}

TEST_CASE ("The audio thread always hears one whole plan", "[source][timeline][threads]")
{
    constexpr int plans = 2000;
    PlanExchange exchange;
    std::atomic<bool> done { false };
    std::thread message ([&] {
        for (int i = 1; i <= plans; ++i)
            exchange.publish (planOf (doneTake (std::vector<float> (64, (float) i))));
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
        exchange.publish (planOf (take));
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
