// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <vector>

#include <catch2/catch.hpp>

#include "EngineLink/RenderQueue.h"

using namespace tableread;
using namespace std::chrono_literals;

namespace
{
using Verdict = RenderQueue::Verdict;

/** A queue, a clock that stands still unless it is told, and an engine with so many seats. */
struct Desk
{
    RenderQueue queue { RenderQueue::Limits { .most = 8 } };
    RenderQueue::Clock::time_point now { 1h };
    int seats = 1;

    RenderQueue::Job add (std::int64_t rank = 0)
    {
        auto job = std::make_shared<RenderJob>();
        job->take = std::make_shared<Take>();
        job->urgency.rank = rank;
        REQUIRE (queue.add (job));
        return job;
    }

    RenderQueue::Job begin() { return queue.begin (now, seats); }

    /** The pause after a loss is over. */
    void afterPause() { now += 1min; }

    /** Loses a job again and again, alone, until it is not asked for any more. */
    Verdict loseOften (const RenderQueue::Job& job)
    {
        auto verdict = Verdict::Again;
        while (verdict == Verdict::Again)
        {
            REQUIRE (begin() == job);
            verdict = queue.lose (job, now);
            afterPause();
        }
        return verdict;
    }
};
} // namespace

TEST_CASE ("A queue gives the most urgent jobs first, those that came first among equals, no more than there "
           "are seats",
           "[source][enginelink]")
{
    Desk desk { .seats = 3 };
    const auto later = desk.add (7), first = desk.add (3), second = desk.add (3);
    CHECK (desk.begin() == first);
    const RenderQueue::Change seek[] { { later->take.get(), { -1 } }, { nullptr, { -2 } } };
    desk.queue.reorder (seek);
    CHECK (desk.begin() == later);
    CHECK (desk.begin() == second);
    desk.add();
    CHECK (desk.begin() == nullptr);
    CHECK_FALSE (desk.queue.nextChance (desk.now, desk.seats)); // not before one ends
    desk.queue.end (first, true);
    CHECK (desk.begin() != nullptr);
    CHECK (desk.queue.underWay() == 3);
    CHECK (desk.queue.waiting() == 0);
}

TEST_CASE ("A queue holds no more than it may", "[source][enginelink]")
{
    Desk desk;
    for (int i = 0; i < 8; ++i)
        desk.add();
    CHECK_FALSE (desk.queue.add (std::make_shared<RenderJob>()));
    REQUIRE (desk.begin());
    desk.add();
    const auto first = desk.queue.jobsThatWait().front();
    CHECK (desk.queue.drop (*first->take) == first);
    CHECK (desk.queue.drop (*first->take) == nullptr);
    desk.add();
}

TEST_CASE ("A job that was refused for now waits longer each time, and others go on", "[source][enginelink]")
{
    Desk desk;
    const auto job = desk.add();
    auto pause = 0ms;
    for (int i = 0; i < 12; ++i)
    {
        REQUIRE (desk.begin() == job);
        desk.queue.wait (job, 0s, desk.now);
        CHECK (desk.queue.pauseAt (desk.now) == RenderQueue::Pause::Busy);
        CHECK (desk.begin() == nullptr);
        const auto chance = desk.queue.nextChance (desk.now, desk.seats).value();
        CHECK (chance - desk.now >= pause);
        CHECK (chance - desk.now <= 3s);
        pause = std::chrono::duration_cast<std::chrono::milliseconds> (chance - desk.now);
        desk.now = chance;
    }
    CHECK (pause == 3s);
    REQUIRE (desk.begin() == job);
    desk.queue.wait (job, 2s, desk.now);
    CHECK (desk.begin() == nullptr);
    const auto other = desk.add();
    CHECK (desk.begin() == other);
    desk.queue.end (other, true);
    REQUIRE (desk.queue.nextChance (desk.now, 1).value() > desk.now);
}

TEST_CASE (
    "An engine that is lost with several jobs is one loss, and they are asked for again in their order",
    "[source][enginelink]")
{
    Desk desk { .seats = 3 };
    const auto a = desk.add(), b = desk.add(), c = desk.add();
    for (int i = 0; i < 3; ++i)
        REQUIRE (desk.begin());
    for (const auto& job : { c, a, b })
        CHECK (desk.queue.lose (job, desk.now) == Verdict::Again);
    CHECK (desk.queue.lostInARow() == 1);
    CHECK (desk.queue.pauseAt (desk.now) == RenderQueue::Pause::Lost);
    CHECK (desk.begin() == nullptr);
    CHECK (desk.queue.nextChance (desk.now, desk.seats) == desk.now + 200ms);
    desk.afterPause();
    CHECK (desk.begin() == a);
    CHECK (desk.begin() == b);
    CHECK (desk.begin() == c);
}

TEST_CASE ("After two losses without a new sample one job at a time is asked for", "[source][enginelink]")
{
    Desk desk { .seats = 2 };
    const auto good = desk.add(), bad = desk.add();
    for (int i = 0; i < 2; ++i)
    {
        REQUIRE (desk.begin());
        REQUIRE (desk.begin());
        CHECK (desk.queue.lose (good, desk.now) == Verdict::Again);
        CHECK (desk.queue.lose (bad, desk.now) == Verdict::Again);
        desk.afterPause();
    }
    CHECK (desk.begin() == good);
    CHECK (desk.begin() == nullptr);

    SECTION ("one that brings something is out of suspicion")
    {
        desk.queue.brought (*good);
        CHECK (good->lost == 0);
        CHECK (bad->lost == 2);
        CHECK (desk.begin() == nullptr); // the other one is not, and waits
        desk.queue.end (good, true);
        CHECK (desk.begin() == bad);
    }
    SECTION ("one that does not is asked for behind the others")
    {
        CHECK (desk.queue.lose (good, desk.now) == Verdict::Again);
        desk.afterPause();
        CHECK (desk.begin() == bad);
    }
}

TEST_CASE ("A job that was lost twice is asked for alone until it brings something", "[source][enginelink]")
{
    Desk desk { .seats = 2 };
    const auto innocent = desk.add (1), guilty = desk.add (2), other = desk.add (3), last = desk.add (4);
    for (int loss = 0; loss < 2; ++loss)
    {
        REQUIRE (desk.begin() == innocent);
        REQUIRE (desk.begin() == guilty);
        REQUIRE (desk.queue.lose (guilty, desk.now) == Verdict::Again);
        REQUIRE (desk.queue.lose (innocent, desk.now) == Verdict::Again);
        desk.afterPause();
    }
    REQUIRE (desk.begin() == other); // the fewest losses
    desk.queue.brought (*other);     // so the engine is well
    CHECK (desk.begin() == nullptr); // but who was lost twice waits until nobody is beside him
    CHECK_FALSE (desk.queue.nextChance (desk.now, desk.seats));
    desk.queue.end (other, true);
    CHECK (desk.queue.nextChance (desk.now, desk.seats) == desk.now);
    REQUIRE (desk.begin() == innocent);
    CHECK (desk.begin() == nullptr);
    desk.queue.brought (*innocent);
    CHECK (desk.begin() == nullptr); // the guilty one is next, and waits
    desk.queue.end (innocent, true);
    REQUIRE (desk.begin() == guilty);
    CHECK (desk.begin() == nullptr);
    CHECK (desk.queue.lose (guilty, desk.now) == Verdict::Again);
    desk.afterPause();
    REQUIRE (desk.begin() == guilty);
    CHECK (desk.queue.lose (guilty, desk.now) == Verdict::Again);
    desk.afterPause();
    REQUIRE (desk.begin() == last);
    desk.queue.brought (*last);
    desk.queue.end (last, true);
    REQUIRE (desk.begin() == guilty);
    CHECK (desk.queue.lose (guilty, desk.now) == Verdict::End);
}

TEST_CASE ("The job that kills the engine ends alone where others came to their ends, else all end",
           "[source][enginelink]")
{
    Desk desk;
    const bool isProven = GENERATE (true, false);
    if (isProven)
    {
        const auto whole = desk.add();
        REQUIRE (desk.begin() == whole);
        desk.queue.brought (*whole);
        desk.queue.end (whole, true);
    }
    const auto bad = desk.add (-1), other = desk.add();
    REQUIRE (desk.begin() == bad);
    desk.queue.brought (*bad);
    CHECK (desk.queue.lose (bad, desk.now) == Verdict::Again);
    desk.afterPause();
    auto verdict = Verdict::Again;
    int losses = 1;
    while (verdict == Verdict::Again)
    {
        const auto job = desk.begin();
        REQUIRE (job != nullptr);
        verdict = desk.queue.lose (job, desk.now);
        ++losses;
        desk.afterPause();
    }
    CHECK (verdict == (isProven ? Verdict::End : Verdict::EndAll));
    CHECK (losses >= 5);
    CHECK (losses <= 9); // each of the two at most five times
    CHECK (desk.queue.waiting() == 1);
}

TEST_CASE ("The second job in a row that the engine is lost with ends all", "[source][enginelink]")
{
    Desk desk;
    const auto whole = desk.add();
    REQUIRE (desk.begin() == whole);
    desk.queue.end (whole, true);
    CHECK (desk.loseOften (desk.add()) == Verdict::End);
    CHECK (desk.queue.isEmpty());
    CHECK (desk.loseOften (desk.add()) == Verdict::EndAll); // and new ones get all attempts again
}

TEST_CASE ("Where no engine can be reached, all end after some attempts", "[source][enginelink]")
{
    Desk desk;
    desk.add();
    for (int i = 1; i < 5; ++i)
    {
        CHECK (desk.queue.reachNone (desk.now) == Verdict::Again);
        CHECK_FALSE (desk.queue.mayBegin (desk.now, 1));
        desk.afterPause();
        CHECK (desk.queue.mayBegin (desk.now, 1));
    }
    SECTION ("the last")
    {
        CHECK (desk.queue.reachNone (desk.now) == Verdict::EndAll);
        CHECK (desk.queue.lostInARow() == 5);
    }
    SECTION ("unless the user tries again")
    {
        desk.queue.forgive();
        CHECK (desk.queue.reachNone (desk.now) == Verdict::Again);
    }
}

TEST_CASE ("Silent requests are looked at, at once if another due time is wanted", "[source][enginelink]")
{
    Desk desk { .seats = 2 };
    const auto a = desk.add(), b = desk.add();
    REQUIRE (desk.begin());
    REQUIRE (desk.begin());
    CHECK (desk.queue.toLookAt (desk.now) == nullptr); // they are not sent yet
    a->nextLook = b->nextLook = desk.now + 1s;
    CHECK (desk.queue.toLookAt (desk.now) == nullptr);
    CHECK (desk.queue.nextLook() == desk.now + 1s);
    const RenderQueue::Change seek[] { { b->take.get(), { 0, desk.now + 3s } } };
    desk.queue.reorder (seek);
    CHECK (desk.queue.toLookAt (desk.now) == b);
    CHECK (b->isDueChanged);
    b->nextLook = desk.now + 1s;
    desk.queue.brought (*a);
    desk.now += 2s;
    CHECK (desk.queue.toLookAt (desk.now) == b);
    CHECK (b->urgency.dueMs (desk.now) == 1'000.0);
    CHECK (b->urgency.dueMs (desk.now + 9s) == 0.0);
    CHECK_FALSE (a->urgency.dueMs (desk.now));
    desk.queue.brought (*b);
    CHECK (desk.queue.toLookAt (desk.now) == nullptr);
    CHECK_FALSE (desk.queue.nextLook());
}
