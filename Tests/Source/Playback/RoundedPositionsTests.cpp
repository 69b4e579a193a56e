// SPDX-License-Identifier: Apache-2.0
// Hosts whose blocks do not begin exactly where the one before has ended.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <optional>
#include <random>

#include <catch2/catch.hpp>

#include "StageFixture.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;

namespace
{
constexpr std::int64_t length = 240'000;
constexpr float scale = 1 << 20;

/** A part that is in the store, each sample of which says where it lies, from 1 on. */
Score rampScore (SharedStore& store)
{
    std::vector<float> speech ((std::size_t) length);
    for (std::size_t i = 0; i < speech.size(); ++i)
        speech[i] = (float) (i + 1) / scale;
    REQUIRE (store.keep (speech));
    auto part = partOf (1, 4);
    part.known = KnownTake { contentHash (speech), "fake-1", Take::Ending::Whole, { length } };
    return scoreOf ({ part });
}

/** A stage that plays such a part, at the rate of its take, in real time. */
struct Ramp
{
    explicit Ramp (WaitMode mode = WaitMode::Never)
    {
        stage.setWaitMode (mode);
        test::play (stage, rampScore (*fixture.store));
        REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    }

    /** @returns where the block was read from; it must be read without a gap. */
    std::int64_t play (std::int64_t position, std::size_t count, bool isOffline = false)
    {
        std::vector<float> block (count);
        const HostSamples at { position };
        stage.read (stage.planFor ({ at, count, true, isOffline }), { block });
        for (std::size_t i = 1; i < count; ++i)
            gaps += block[i] != block[i - 1] + 1.0f / scale;
        return (std::int64_t) (block[0] * scale) - 1;
    }

    void standAt (std::int64_t position) { stage.planFor ({ { position }, 512, false, false }); }

    StageFixture fixture;
    Stage stage { fixture.options(), fixture.ear };
    std::int64_t gaps = 0;
};

/** Plays on in blocks of random sizes that begin up to three samples beside the end of the one before. @param read  gets where the
    host says that the block is, where it would be without rounding, and its size */
void playRounded (const std::function<void (std::int64_t says, std::int64_t is, std::size_t count)>& read)
{
    std::minstd_rand dice { 11 };
    for (std::int64_t at = 4'800; at < length - 2'000;)
    {
        const auto count = 1 + (std::size_t) (dice() % 1'500);
        read (at + (std::int64_t) (dice() % 7) - 3, at, count);
        at += (std::int64_t) count;
    }
}
} // namespace

TEST_CASE ("Positions that are some samples beside the blocks' ends are read on in real time",
           "[source][playback][rounded]")
{
    Ramp ramp;
    std::optional<std::int64_t> next;
    std::int64_t breaks = 0, most = 0;
    playRounded ([&] (std::int64_t says, std::int64_t is, std::size_t count) {
        const auto from = ramp.play (says, count);
        breaks += from != next.value_or (says); // the first one is where the host says
        next = from + (std::int64_t) count;
        most = std::max (most, std::abs (from - is));
    });
    CHECK (breaks == 0);
    CHECK (ramp.gaps == 0);
    CHECK (most <= 3);
    CHECK (ramp.stage.late() == 0);
}

TEST_CASE ("Where a block waits, its position is taken literally", "[source][playback][rounded]")
{
    const bool isOffline = GENERATE (true, false);
    CAPTURE (isOffline);
    Ramp ramp (isOffline ? WaitMode::Auto : WaitMode::Always);
    std::int64_t others = 0;
    playRounded ([&] (std::int64_t says, std::int64_t, std::size_t count) {
        others += ramp.play (says, count, isOffline) != says;
    });
    CHECK (others == 0);
    CHECK (ramp.gaps == 0);
}

TEST_CASE ("A position that gets further away is followed", "[source][playback][rounded]")
{
    constexpr std::int64_t count = 512, tolerated = 8;
    const std::int64_t step = GENERATE (count + 1, count - 1, count + 5, count - 5, count + 9, count - 9);
    CAPTURE (step);
    Ramp ramp;
    std::int64_t jumps = 0, next = 40'000, most = 0;
    for (int i = 0; i < 300; ++i)
    {
        const auto says = 40'000 + i * step;
        const auto from = ramp.play (says, (std::size_t) count);
        if (from != next)
        {
            ++jumps;
            CHECK (from == says);
        }
        next = from + count;
        most = std::max (most, std::abs (from - says));
    }
    CHECK (most <= tolerated);
    const auto each = std::abs (step - count);
    CHECK (jumps == 299 / (tolerated / each + 1)); // as seldom as that allows
    CHECK (ramp.gaps == 0);
}

TEST_CASE ("What is played after a jump, or from a stop on, is exactly where the host says",
           "[source][playback][rounded]")
{
    Ramp ramp;
    CHECK (ramp.play (1'000, 512) == 1'000);
    CHECK (ramp.play (1'514, 512) == 1'512);
    CHECK (ramp.play (2'033, 512) == 2'033); // 9 samples
    ramp.standAt (2'545);
    CHECK (ramp.play (2'546, 512) == 2'546);
    CHECK (ramp.play (3'057, 512) == 3'058);
    CHECK (ramp.play (3'572, 512, true) == 3'572); // offline, which does not wait here
    CHECK (ramp.play (700, 512) == 700);
}

TEST_CASE ("What is late is one place also where positions are rounded", "[source][playback][rounded]")
{
    StageFixture fixture;
    Stage stage (fixture.options(), fixture.ear); // without an engine
    stage.setWaitMode (WaitMode::Never);
    auto part = partOf (1, 4);
    part.item.estimate = { length };
    play (stage, scoreOf ({ part }));
    REQUIRE (eventually ([&] { return statesOf (stage).size() == 1; }));
    std::optional<std::int64_t> first;
    std::int64_t end = 0;
    playRounded ([&] (std::int64_t says, std::int64_t, std::size_t count) {
        std::vector<float> block (count);
        stage.read (stage.planFor ({ { says }, count, true, false }), { block });
        first = first.value_or (says);
        end = std::max (end, *first) + (std::int64_t) count;
    });
    stage.planFor ({ { 0 }, 512, false, false });
    REQUIRE (eventually ([&] { return ! fixture.ear.played().empty(); }));
    const auto holes = fixture.ear.played()[0].holes;
    CHECK ((holes == std::vector<Hole> { { 1, { *first }, *first, end - *first } }));
}
