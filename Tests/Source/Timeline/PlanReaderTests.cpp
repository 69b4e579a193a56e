// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <catch2/catch.hpp>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "RandomTimeline.h"
#include "Timeline/GapReport.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
/** Whole takes of random lengths for all lines. */
Timeline wholeTimeline (Dice& dice, int lines, double rate)
{
    auto timeline = randomTimeline (dice, lines);
    for (auto& item : timeline.items)
        item.audio = hosted (doneTake (noise (dice.upTo (3000), (unsigned) item.line)), rate);
    return timeline;
}

float levelled (float sample, int level)
{
    return sample * ((float) level / (float) PlanReader::fadeSamples);
}
} // namespace

TEST_CASE ("Any plan sounds like its takes summed by hand on all buses at any block size",
           "[source][timeline][reader]")
{
    const double rate = GENERATE (22'050.0, 24'000.0, 44'100.0, 48'000.0, 96'000.0, 192'000.0);
    const unsigned seed = GENERATE (range (0u, 6u));
    CAPTURE (rate, seed);
    Dice dice (seed * 100 + (unsigned) rate);
    const auto timeline = wholeTimeline (dice, 12, rate);
    const auto arranged = arrange (timeline, { .hostRateHz = rate });
    const PlaybackPlan::Span span { toHost ({ -4000 }, rate).value, arranged.plan.end().value + 500 };
    const auto expected = plainMix (timeline, rate, span);
    for (const std::int64_t block : { 1, 17, 64, 512, 8192 })
    {
        CAPTURE (block);
        CHECK ((readBlocks (arranged.plan, span, [=] { return block; }) == expected));
    }
    CHECK ((readBlocks (arranged.plan, span, [&] { return 1 + dice.upTo (700); }) == expected));
}

TEST_CASE ("Seeks and loops change no sample", "[source][timeline][reader]")
{
    Dice dice (GENERATE (range (0u, 4u)));
    const double rate = 44'100.0;
    const auto timeline = wholeTimeline (dice, 12, rate);
    const auto plan = planOf (timeline, rate);
    const PlaybackPlan::Span span { -2000, plan.end().value + 500 };
    const auto expected = plainMix (timeline, rate, span)[0];
    PlanReader reader;
    std::vector<float> out (600);
    int wrong = 0;
    auto at = span.from;
    for (int i = 0; i < 2000; ++i)
    {
        if (dice.oneIn (3))
            at = span.from + dice.upTo (span.to - span.from - 700);
        const auto count = 1 + dice.upTo (599);
        if (at + count > span.to)
            at = span.from;
        reader.read (plan, { at }, { std::span (out).first ((std::size_t) count) });
        wrong += ! std::equal (out.begin(), out.begin() + count, expected.begin() + (at - span.from));
        at += count;
    }
    CHECK (wrong == 0);
}

TEST_CASE ("A plan finds all that sounds in a block and nothing else", "[source][timeline][reader]")
{
    Dice dice (GENERATE (range (0u, 4u)));
    std::vector<Placement> placements;
    for (std::uint64_t i = 0; i < 200; ++i)
    {
        const auto start = dice.upTo (10'000) - 500;
        placements.push_back (
            { .line = i, .start = { start }, .end = { start + dice.upTo (dice.oneIn (10) ? 5000 : 100) } });
    }
    const PlaybackPlan plan (placements, 24'000);
    for (int i = 0; i < 300; ++i)
    {
        const auto from = dice.upTo (14'000) - 2000, to = from + dice.upTo (100);
        std::vector<std::uint64_t> found, expected;
        plan.forEach (from, to, [&] (const Placement& take) { found.push_back (take.line); });
        for (const auto& take : plan.placements())
            if (take.start.value < to && take.end.value > from)
                expected.push_back (take.line);
        REQUIRE (found == expected);
    }
}

TEST_CASE ("Gain changes nothing at 0 dB and is exact elsewhere", "[source][timeline][reader]")
{
    const auto speech = noise (1000, 1);
    auto timeline = sequence ({ { 0, hosted (doneTake (speech), 24'000) } });
    timeline.lanes = { { .bus = 2, .gainDb = GENERATE (0.0, -6.0, 24.0, -60.0) } };
    const auto factor = (float) std::pow (10.0, timeline.lanes[0].gainDb / 20.0);
    auto expected = speech;
    for (auto& sample : expected)
        sample *= factor;
    const auto heard = readBlocks (planOf (timeline, 24'000), { 0, 1000 }, [] { return 64; });
    CHECK ((heard[0] == expected));
    CHECK ((heard[2] == expected));
    CHECK ((heard[1] == std::vector<float> (1000, 0.0f)));

    timeline.lanes[0].gainDb = std::numeric_limits<double>::quiet_NaN();
    CHECK ((inBlocks (planOf (timeline, 24'000), 0, 1000, 64) == speech));
}

TEST_CASE ("A mute silences, a solo silences the others, and a bus that nobody takes is no harm",
           "[source][timeline][reader]")
{
    auto timeline = sequence ({ { 0, hosted (doneTake (std::vector<float> (100, 0.25f)), 24'000) },
                                { 0, hosted (doneTake (std::vector<float> (100, 0.5f)), 24'000) } });
    timeline.items[0].anchorSeconds = timeline.items[1].anchorSeconds = 0.0;
    timeline.items[1].lane = 1;
    timeline.lanes = { { .bus = 99 }, { .bus = -5 }, {} };
    const auto level = [&] { return inBlocks (planOf (timeline, 24'000), 50, 51, 1)[0]; };
    CHECK (level() == 0.75f);
    CHECK (planOf (timeline, 24'000).placements()[0].bus == 16);
    timeline.lanes[0].isMuted = true;
    CHECK (level() == 0.5f);
    timeline.lanes[0].isSolo = true; // muted all the same
    CHECK (level() == 0.0f);
    timeline.lanes[0].isMuted = false;
    CHECK (level() == 0.25f);
    timeline.lanes[0].isSolo = false;
    timeline.lanes[2].isSolo = true; // who says nothing silences nobody
    CHECK (level() == 0.75f);
}

TEST_CASE ("Samples keep their sign at zero", "[source][timeline][reader]")
{
    const std::vector<float> speech { -0.0f, 0.0f, 1.0f };
    const auto heard = inBlocks (planOf (doneTake (speech)), 0, 4, 4);
    CHECK (std::signbit (heard[0]));
    CHECK_FALSE (std::signbit (heard[1]));
    CHECK_FALSE (std::signbit (heard[3])); // silence
}

#if defined(__x86_64__)
TEST_CASE ("A host that flushes denormals to zero hears the same samples", "[source][timeline][reader]")
{
    auto timeline = sequence ({ { 0, hosted (doneTake (std::vector<float> { 2e-38f, 1e-39f }), 24'000) } });
    timeline.lanes = { { .gainDb = -12.0 } };
    const auto expected = inBlocks (planOf (timeline, 24'000), 0, 2, 2);
    const auto before = _mm_getcsr();
    _mm_setcsr (before | 0x8040u); // flush to zero, denormals are zero
    const auto heard = inBlocks (planOf (timeline, 24'000), 0, 2, 2);
    const auto after = _mm_getcsr();
    _mm_setcsr (before);
    CHECK ((after & 0x8040u) == 0x8040u); // the host's setting is as it was
    CHECK (heard == expected);
    CHECK (expected[0] > 0.0f);
    CHECK (expected[0] < std::numeric_limits<float>::min());
    CHECK (expected[1] > 0.0f);
}
#endif

TEST_CASE ("Speech that breaks off fades out and comes back with a fade", "[source][timeline][reader]")
{
    const auto speech = noise (3000, 1);
    const auto take = begunTake (std::span (speech).first (1000));
    auto timeline = sequence ({ { 0, HostAudio::create (take, 24'000).value() } });
    timeline.items[0].estimate = { 3000 };
    timeline.items[0].line = 42;
    const auto plan = planOf (timeline, 24'000);
    PlanReader reader;
    HoleLog log;
    std::vector<float> out (500), expected (500);
    const auto block = [&] (std::int64_t at) { return reader.read (plan, { at }, { out }, &log); };

    CHECK (block (0) == 0);
    CHECK ((out == std::vector<float> (speech.begin(), speech.begin() + 500)));
    CHECK (block (500) == 127); // the samples of the fade
    for (std::size_t i = 0; i < 500; ++i)
        expected[i] = levelled (speech[500 + i], std::min (500 - (int) i, 128));
    CHECK ((out == expected));
    CHECK (block (1000) == 500);
    CHECK (out == std::vector<float> (500, 0.0f));

    take->append (std::span (speech).subspan (1000, 1550));
    CHECK (block (1500) == 127);
    for (std::size_t i = 0; i < 500; ++i)
        expected[i] = levelled (speech[1500 + i], std::min ((int) i + 1, 128));
    CHECK ((out == expected));
    CHECK (block (2000) == 77); // the end is at 2550
    take->append (std::span (speech).subspan (2550));
    take->finish();
    CHECK (block (2500) == 76); // from level 51 on
    for (std::size_t i = 0; i < 500; ++i)
        expected[i] = levelled (speech[2500 + i], std::min (52 + (int) i, 128));
    CHECK ((out == expected));
    log.flush();
    const std::vector<Hole> holes { { 42, { 873 }, 873, 754 }, { 42, { 2423 }, 2423, 153 } };
    CHECK (log.collect() == holes);

    // The take is whole by now: no fade, also from the middle.
    CHECK (block (873) == 0);
    CHECK ((out == std::vector<float> (speech.begin() + 873, speech.begin() + 1373)));
}

TEST_CASE ("A seek out of a silence begins without a fade", "[source][timeline][reader]")
{
    const auto speech = noise (1000, 1);
    auto timeline = sequence ({ { 0, HostAudio::create (begunTake (speech), 24'000).value() } });
    const auto plan = planOf (timeline, 24'000);
    PlanReader reader;
    std::vector<float> out (500);
    CHECK (reader.read (plan, { 1000 }, { out }) == 500);
    CHECK (reader.read (plan, { 100 }, { out }) == 0);
    CHECK ((out == std::vector<float> (speech.begin() + 100, speech.begin() + 600)));
}

TEST_CASE ("Outside the holes that are named every sample is right and within them none is",
           "[source][timeline][reader]")
{
    const unsigned seed = GENERATE (range (0u, 12u));
    CAPTURE (seed);
    Dice dice (seed);
    const double rate = dice.oneIn (2) ? 24'000.0 : 48'000.0;
    Timeline timeline;
    std::vector<std::shared_ptr<Take>> takes;
    std::vector<std::vector<float>> speeches;
    double at = 0.1;
    for (std::uint64_t line = 1; line <= 8; ++line) // anchored apart, so that each sample is of one line
    {
        takes.push_back (std::make_shared<Take>());
        speeches.push_back (noise (500 + dice.upTo (4000), (unsigned) line));
        timeline.items.push_back ({ .line = line,
                                    .audio = HostAudio::create (takes.back(), rate).value(),
                                    .estimate = { dice.upTo (5000) },
                                    .anchorSeconds = at });
        at += 0.3;
    }
    std::vector<float> heard;
    HoleLog log;
    PlanReader reader;
    auto plan = planOf (timeline, rate);
    const auto length = (std::int64_t) (rate * 3.0);
    while ((std::int64_t) heard.size() < length)
    {
        for (std::size_t i = 0; i < takes.size(); ++i) // in parallel, some of them late
        {
            auto& take = *takes[i];
            const auto done = take.audio().rendered(), all = (std::int64_t) speeches[i].size();
            if (take.isFinal() || ! dice.oneIn (5))
                continue;
            take.begin ("test");
            take.append (
                std::span (speeches[i])
                    .subspan ((std::size_t) done, (std::size_t) std::min (dice.upTo (900), all - done)));
            if (take.audio().rendered() == all)
                take.finish();
            timeline.items[i].audio->pump();
            plan = planOf (timeline, rate);
        }
        std::vector<float> out (
            (std::size_t) std::min (1 + dice.upTo (900), length - (std::int64_t) heard.size()));
        reader.read (plan, { (std::int64_t) heard.size() }, { out }, &log);
        heard.insert (heard.end(), out.begin(), out.end());
    }
    for (std::size_t i = 0; i < takes.size(); ++i)
        if (! takes[i]->isFinal())
        {
            takes[i]->append (std::span (speeches[i]).subspan ((std::size_t) takes[i]->audio().rendered()));
            takes[i]->finish();
            timeline.items[i].audio->pump();
        }
    const auto right = inBlocks (planOf (timeline, rate), 0, length, 4096);

    log.flush();
    CHECK (log.lost() == 0);
    std::vector<char> isNamed (heard.size());
    const auto lengthOf = [&] (std::uint64_t line) {
        return HostSamples { timeline.items[(std::size_t) line - 1].audio->rendered() };
    };
    for (const auto& hole : joined (within (log.collect(), lengthOf)))
    {
        const auto anchor = *timeline.items[(std::size_t) hole.line - 1].anchorSeconds;
        CHECK (hole.position.value == toHost (samplesOfSeconds (anchor), rate).value + hole.offset);
        for (auto sample = hole.position.value; sample < hole.position.value + hole.count; ++sample)
            isNamed.at ((std::size_t) sample) = 1;
    }
    std::int64_t wrong = 0, untrue = 0, loud = 0, named = 0;
    for (std::size_t i = 0; i < heard.size(); ++i)
    {
        named += isNamed[i];
        wrong += isNamed[i] == 0 && heard[i] != right[i];
        untrue += isNamed[i] != 0 && heard[i] == right[i] && right[i] != 0.0f;
        loud += std::abs (heard[i]) > std::abs (right[i]);
    }
    CHECK (wrong == 0);
    CHECK (untrue == 0);
    CHECK (loud == 0);
    CHECK (named > 0);
}

TEST_CASE ("A hole that goes on from block to block is one", "[source][timeline][reader]")
{
    HoleLog log;
    for (std::int64_t i = 0; i < 5000; ++i)
        for (const std::uint64_t line : { 7u, 8u })
            log.add ({ line, { 100 + i * 64 }, i * 64, 64 });
    CHECK (log.collect().empty());
    log.add ({ 7, { 900'000 }, 0, 1 });
    CHECK (log.collect() == std::vector<Hole> { { 7, { 100 }, 0, 320'000 } });
    log.flush();
    CHECK (log.collect() == std::vector<Hole> { { 7, { 900'000 }, 0, 1 }, { 8, { 100 }, 0, 320'000 } });
    log.flush();
    CHECK (log.collect().empty());
}

TEST_CASE ("Holes that nobody collects are counted and cost no memory", "[source][timeline][reader]")
{
    HoleLog log;
    constexpr auto many = (std::int64_t) HoleLog::capacity + 500;
    for (std::int64_t i = 0; i < many; ++i)
        log.add ({ (std::uint64_t) i + 1, { i }, 0, 1 });
    log.flush();
    CHECK (log.lost() == 500);
    const auto holes = log.collect();
    REQUIRE (holes.size() == HoleLog::capacity);
    CHECK (holes.front().line == 1);
    log.add ({ 9, { 0 }, 0, 1 });
    log.flush();
    CHECK (log.collect().size() == 1);
}
