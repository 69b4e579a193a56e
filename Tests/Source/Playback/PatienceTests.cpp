// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Playback/Patience.h"

using namespace tableread::playback;
using namespace std::chrono_literals;

namespace
{
/** Somebody who waits, with signs and a clock that go on only as they are told. */
struct Waiting
{
    Patience patience { 30s };
    Signs signs {};
    Patience::Clock::time_point now { 1h };

    void begin() { patience.begin (signs, now); }

    bool isOverAfter (std::chrono::milliseconds time)
    {
        now += time;
        return patience.isOver (signs, now);
    }

    /** How long it waits if nothing happens any more, to a second. */
    std::chrono::seconds left()
    {
        std::chrono::seconds waited { 0 };
        while (! isOverAfter (1s))
            ++waited;
        return waited;
    }
};
} // namespace

TEST_CASE ("Patience ends when nothing has happened for its time", "[source][playback]")
{
    Waiting waiting;
    waiting.begin();
    CHECK (waiting.left() == 30s);
    CHECK (waiting.isOverAfter (0s)); // and stays so …
    waiting.now += 1h;
    waiting.begin();
    CHECK (waiting.isOverAfter (0s)); // … for the next block: a hung engine is waited for once
    ++waiting.signs.speech;
    CHECK_FALSE (waiting.isOverAfter (1s));
    CHECK (waiting.left() == 30s);
}

TEST_CASE ("New speech and moves in a queue are progress, however slow", "[source][playback]")
{
    Waiting waiting;
    waiting.begin();
    for (int i = 0; i < 100; ++i)
    {
        CHECK_FALSE (waiting.isOverAfter (29s));
        ++(i % 2 == 0 ? waiting.signs.speech : waiting.signs.moves);
    }
    CHECK_FALSE (waiting.isOverAfter (29s));
    CHECK (waiting.isOverAfter (31s));
}

TEST_CASE ("What was between two waits was no lack of progress", "[source][playback]")
{
    Waiting waiting;
    waiting.begin();
    CHECK_FALSE (waiting.isOverAfter (20s));
    waiting.now += 1h; // all was there
    waiting.begin();
    CHECK (waiting.left() == 30s);
}

TEST_CASE ("A model may load for a minute, and as long as it gets on", "[source][playback]")
{
    Waiting waiting;
    waiting.signs.isLoading = true;
    waiting.begin();
    SECTION ("that does not say how far it is")
    {
        for (int i = 0; i < 60; ++i)
            CHECK_FALSE (waiting.isOverAfter (1s));
        CHECK (waiting.left() >= 8min);
        CHECK (waiting.left() == 0s);
    }
    SECTION ("that gets on for an hour")
    {
        for (int i = 0; i < 60; ++i)
        {
            waiting.signs.loaded = (float) i / 60.0f;
            CHECK_FALSE (waiting.isOverAfter (60s));
        }
    }
    SECTION ("that does not answer any more")
    {
        CHECK_FALSE (waiting.isOverAfter (60s));
        waiting.signs.isLoading = false;
        CHECK (waiting.left() == 30s);
    }
}

TEST_CASE ("An engine may be started again three times in a row", "[source][playback]")
{
    Waiting waiting;
    waiting.begin();
    for (int i = 0; i < 3; ++i)
    {
        ++waiting.signs.losses;
        CHECK_FALSE (waiting.isOverAfter (20s));
    }
    SECTION ("not four times")
    {
        ++waiting.signs.losses;
        CHECK_FALSE (waiting.isOverAfter (5s));
        CHECK (waiting.isOverAfter (26s));
    }
    SECTION ("unless it brings something")
    {
        ++waiting.signs.speech;
        CHECK_FALSE (waiting.isOverAfter (20s));
        ++waiting.signs.losses;
        CHECK_FALSE (waiting.isOverAfter (20s));
        CHECK_FALSE (waiting.isOverAfter (20s));
    }
}
