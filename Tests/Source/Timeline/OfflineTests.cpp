// SPDX-License-Identifier: Apache-2.0
#include <numbers>

#include <catch2/catch.hpp>

#include "RandomTimeline.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** An engine that renders lines when a bounce waits for them, and a bounce that reads on when it can. */
class ColdBounce
{
public:
    ColdBounce (Timeline wanted, double hostRateHz, unsigned seed)
        : timeline (std::move (wanted))
        , rate (hostRateHz)
        , dice (seed)
    {
        for (auto& item : timeline.items)
        {
            takes.push_back (std::make_shared<Take>());
            speeches.push_back (noise (dice.upTo (3000), (unsigned) item.line));
            fails.push_back (dice.oneIn (6));
            item.audio = HostAudio::create (takes.back(), rate).value();
        }
    }

    BusSamples read (PlaybackPlan::Span span)
    {
        auto plan = make();
        PlanReader reader;
        BusSamples heard;
        for (auto& bus : heard)
            bus.resize ((std::size_t) (span.to - span.from));
        for (auto at = span.from; at < span.to;)
        {
            const auto count = (std::size_t) std::min (1 + dice.upTo (2000), span.to - at);
            if (const auto wait = plan.waiting ({ at }, count))
            {
                REQUIRE (wait->from.value < at + (std::int64_t) count);
                ++waits;
                renderSome ((std::size_t) wait->line - 1);
                plan = make();
                continue;
            }
            const auto offset = (std::size_t) (at - span.from);
            BusBlock block { std::span (heard[0]).subspan (offset, count) };
            for (std::size_t bus = 0; bus < BusBlock::mostBuses; ++bus)
                block.buses[bus] = heard[bus + 1].data() + offset;
            reader.read (plan, { at }, block);
            at += (std::int64_t) count;
        }
        return heard;
    }

    void renderAll()
    {
        for (std::size_t i = 0; i < takes.size(); ++i)
            while (! takes[i]->isFinal())
                renderPart (i);
    }

    PlaybackPlan make() const { return arrange (timeline, { .hostRateHz = rate, .playsSlate = true }).plan; }

    int waits = 0;

private:
    /** A part of the line that is waited for, at times of another one too: they are rendered in parallel. */
    void renderSome (std::size_t wanted)
    {
        REQUIRE (wanted < takes.size());
        REQUIRE_FALSE (takes[wanted]->isFinal()); // nobody waits for what has ended
        renderPart (wanted);
        if (dice.oneIn (2))
            renderPart ((std::size_t) dice.upTo ((std::int64_t) takes.size() - 1));
    }

    void renderPart (std::size_t index)
    {
        auto& take = *takes[index];
        if (take.isFinal())
            return;
        take.begin ("test");
        const auto done = (std::size_t) take.audio().rendered(), all = speeches[index].size();
        if (fails[index] && done >= all / 2)
            take.fail ({ ErrorCode::Io, "the engine is gone", {} });
        else
        {
            take.append (std::span (speeches[index]).subspan (done, std::min<std::size_t> (800, all - done)));
            if ((std::size_t) take.audio().rendered() == all)
                take.finish();
        }
        timeline.items[index].audio->pump();
    }

    Timeline timeline;
    double rate;
    Dice dice;
    std::vector<std::shared_ptr<Take>> takes;
    std::vector<std::vector<float>> speeches;
    std::vector<bool> fails;
};

Timeline twoLanes()
{
    auto timeline = sequence ({ { 0, nullptr }, { 0, nullptr }, { 0, nullptr } });
    for (auto& item : timeline.items)
        item.estimate = { 1000 };
    timeline.lanes = { {}, { .isMuted = true } };
    return timeline;
}
} // namespace

TEST_CASE ("A cold bounce equals a warm one", "[source][timeline][offline]")
{
    const double rate = GENERATE (24'000.0, 44'100.0, 48'000.0);
    const unsigned seed = GENERATE (range (0u, 8u));
    CAPTURE (rate, seed);
    Dice dice (seed);
    const auto timeline = randomTimeline (dice, 12);
    ColdBounce warm (timeline, rate, seed), cold (timeline, rate, seed);
    warm.renderAll();
    const PlaybackPlan::Span span { toHost ({ -4000 }, rate).value, toHost ({ 60'000 }, rate).value };
    const auto expected = warm.read (span);
    CHECK (warm.waits == 0);
    CHECK ((cold.read (span) == expected));
    CHECK (cold.waits > 0);
}

TEST_CASE ("A wait says which line is missing and from where", "[source][timeline][offline]")
{
    using For = Wait::For;
    const auto of = [] (For what, std::uint64_t line, std::int64_t from) {
        return std::tuple (what, line, from);
    };
    auto timeline = twoLanes();
    const auto waiting = [&] (std::int64_t from, std::size_t count) {
        const auto wait = planOf (timeline, 48'000).waiting ({ from }, count);
        return wait ? of (wait->what, wait->line, wait->from.value) : of (For::Speech, 0, -1);
    };
    const auto nothing = of (For::Speech, 0, -1);

    CHECK ((waiting (0, 1) == of (For::Speech, 1, 0)));
    CHECK ((waiting (-100, 100) == nothing));
    CHECK ((waiting (1'000'000, 1) == of (For::Speech, 1, 0))); // it may be that long

    timeline.items[0].audio = hosted (doneTake (noise (500, 1)), 48'000);
    CHECK ((waiting (0, 1000) == nothing));
    CHECK ((waiting (0, 1001) == of (For::Speech, 2, 1000)));

    timeline.items[1].lane = 1; // muted: nobody needs its speech, but its length
    CHECK ((waiting (0, 1001) == of (For::Length, 2, 1000)));
    timeline.items[1].audio = hosted (begunTake (noise (300, 1)), 48'000);
    CHECK ((waiting (0, 1600) == nothing));
    CHECK ((waiting (0, 1601) == of (For::Length, 2, 1600))); // so long it is at least
    timeline.items[2].anchorSeconds = 1.0;
    CHECK ((waiting (0, 48'000) == nothing));
    CHECK ((waiting (0, 48'001) == of (For::Speech, 3, 48'000)));
    timeline.items[2].isGivenUp = true;
    CHECK ((waiting (0, 1'000'000'000) == nothing));
}

TEST_CASE ("A take that was not whole when the plan was made is not read offline",
           "[source][timeline][offline]")
{
    auto timeline = twoLanes();
    const auto take = begunTake (noise (500, 1));
    timeline.items[0].audio = HostAudio::create (take, 44'100).value();
    const auto plan = planOf (timeline, 44'100);
    take->finish();
    timeline.items[0].audio->pump();
    CHECK (plan.waiting ({ 0 }, 1)->line == 1);
    CHECK (planOf (timeline, 44'100).waiting ({ 0 }, 10'000)->line == 2);
}

TEST_CASE ("A line that is waited for is waited for until it is given up, also if its take fails",
           "[source][timeline][offline]")
{
    const auto take = begunTake (noise (2000, 1));
    auto timeline = sequence ({ { 0, hosted (take, 24'000) }, { 0, nullptr } });
    take->fail ({ ErrorCode::Io, "gone", {} });
    CHECK (planOf (timeline, 24'000).waiting ({ 0 }, 1'000'000)->line == 2);
    timeline.items[0].isWaitedFor = true;
    CHECK (planOf (timeline, 24'000).waiting ({ 0 }, 100)->line == 1);
    timeline.items[0].isGivenUp = true;
    CHECK (planOf (timeline, 24'000).waiting ({ 0 }, 1'000'000)->line == 2);
}

TEST_CASE ("A slate of a second marks the start of a line that failed", "[source][timeline][offline]")
{
    const double rate = GENERATE (22'050.0, 24'000.0, 44'100.0, 48'000.0, 96'000.0, 192'000.0);
    const auto speech = noise (2000, 1);
    const auto failed = begunTake (speech);
    failed->fail ({ ErrorCode::Io, "gone", {} });
    auto timeline = sequence ({ { 240, hosted (failed, rate) }, { 0, hosted (doneTake (speech), rate) } });
    timeline.items[0].estimate = { 36'000 };
    timeline.lanes = { { .bus = 3, .gainDb = -40.0 } }; // the mark is as loud as ever
    const auto plan = arrange (timeline, { .hostRateHz = rate, .playsSlate = true }).plan;
    CHECK_FALSE (plan.waiting ({ 0 }, 1'000'000));
    const auto start = toHost ({ 240 }, rate).value, end = toHost ({ 36'240 }, rate).value;
    const auto second = (std::int64_t) std::llround (rate);
    const auto heard = readBlocks (plan, { 0, end }, [] { return 512; });
    CHECK ((heard[0] == heard[3]));
    double worst = 0.0;
    std::int64_t loud = 0;
    for (std::int64_t i = 0; i < end; ++i)
    {
        const auto phase = 2.0 * std::numbers::pi * 1000.0 * (double) (i - start) / rate;
        const double expected = i >= start && i < start + second ? 0.1 * std::sin (phase) : 0.0;
        worst = std::max (worst, std::abs ((double) heard[0][(std::size_t) i] - expected));
        loud += heard[0][(std::size_t) i] != 0.0f;
    }
    CHECK (worst < 1e-8); // half a unit of float32 at 0.1 is 4e-9
    CHECK (loud > second * 9 / 10);
    CHECK (plan.holes ({ 0 }, 1'000'000) == std::vector<Hole> { { 1, { start }, 0, end - start } });

    for (const int block : { 1, 17, 8192 })
        CHECK ((readBlocks (plan, { 0, end }, [=] { return block; }) == heard));

    // Without it what is there is heard, with a fade to the silence.
    const auto plain = inBlocks (planOf (timeline, rate), 0, end, 333);
    const auto there = allOf (*timeline.items[0].audio);
    const auto untouched = (std::ptrdiff_t) there.size() - 127;
    const auto gain = (float) std::pow (10.0, -2.0);
    int wrong = 0;
    for (std::ptrdiff_t i = 0; i < untouched; ++i)
        wrong += plain[(std::size_t) (start + i)] != there[(std::size_t) i] * gain;
    CHECK (wrong == 0);
    CHECK (std::abs (plain[(std::size_t) (start + untouched) + 126]) < 0.5f * gain / 64.0f);
    CHECK (std::count (plain.begin() + start + untouched + 127, plain.end(), 0.0f) ==
           end - start - untouched - 127);
}

TEST_CASE ("A short line's slate sounds into the next line and a muted one has none",
           "[source][timeline][offline]")
{
    const auto speech = noise (30'000, 1);
    auto timeline = sequence ({ { 0, nullptr }, { 0, hosted (doneTake (speech), 24'000) } });
    timeline.items[0].estimate = { 100 };
    timeline.items[0].isGivenUp = true;
    timeline.items[1].lane = 1;
    timeline.lanes = { {}, {} };
    const auto heard = [&] {
        return inBlocks (arrange (timeline, { .playsSlate = true }).plan, 0, 30'100, 512);
    };
    const auto both = heard();
    timeline.lanes[1].isMuted = true;
    const auto tone = heard();
    timeline.lanes = { { .isMuted = true }, {} };
    const auto line = heard();
    CHECK ((line ==
            inBlocks (planOf (sequence ({ { 100, timeline.items[1].audio } }), 24'000), 0, 30'100, 512)));
    CHECK (tone[6] == 0.1f);
    CHECK (tone[24'001] == 0.0f);
    int wrong = 0;
    for (std::size_t i = 0; i < both.size(); ++i)
        wrong += both[i] != tone[i] + line[i];
    CHECK (wrong == 0);
}
