// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <random>

#include <catch2/catch.hpp>

#include "Timeline/Layout.h"

using namespace tableread;

namespace
{
/** A passage of so many samples, which are known. */
LayoutItem spoken (std::uint64_t line, std::int64_t length, int speaker = 0, int scene = 0)
{
    return { .line = line,
             .length = { length },
             .least = { length },
             .isLengthKnown = true,
             .firstSpeaker = speaker,
             .lastSpeaker = speaker,
             .scene = scene };
}

LayoutItem guessed (std::uint64_t line, std::int64_t length, std::int64_t least = 0)
{
    auto item = spoken (line, length);
    item.least = { least };
    item.isLengthKnown = false;
    return item;
}

LayoutItem anchored (LayoutItem item, double seconds)
{
    item.anchorSeconds = seconds;
    return item;
}

std::vector<std::int64_t> startsOf (const std::vector<Place>& places)
{
    std::vector<std::int64_t> starts;
    starts.reserve (places.size());
    for (const auto& place : places)
        starts.push_back (place.start.value);
    return starts;
}

using Starts = std::vector<std::int64_t>;
} // namespace

TEST_CASE ("Passages follow each other with the largest gap that applies", "[source][timeline][layout]")
{
    const std::vector<LayoutItem> items { spoken (1, 100, 0, 0), spoken (2, 100, 0, 0), spoken (3, 100, 1, 0),
                                          spoken (4, 100, 1, 1), spoken (5, 100, 0, 2) };
    CHECK (startsOf (layOut (items, {})) == Starts { 0, 100, 200, 300, 400 });
    CHECK (startsOf (layOut (items, { { 10 }, { 20 }, { 50 } })) == Starts { 0, 110, 230, 380, 530 });
    CHECK (startsOf (layOut (items, { { 30 }, { 20 }, { 0 } })) == Starts { 0, 130, 260, 390, 520 });
    CHECK (startsOf (layOut (items, { { 0 }, { 70 }, { 20 } })) == Starts { 0, 100, 270, 390, 560 });
}

TEST_CASE ("A passage of several speakers ends with its last one", "[source][timeline][layout]")
{
    auto first = spoken (1, 100);
    first.lastSpeaker = 1;
    const auto second = spoken (2, 100, 1);
    CHECK (silenceBefore (&first, second, { { 1 }, { 2 }, {} }).value == 1);
    CHECK (silenceBefore (&second, first, { { 1 }, { 2 }, {} }).value == 2);
}

TEST_CASE ("A pause of the script takes the place of a gap", "[source][timeline][layout]")
{
    auto first = spoken (1, 100), second = spoken (2, 100, 1);
    first.pauseBefore = { 7 };
    second.pauseBefore = { 5 };
    CHECK (startsOf (layOut (std::vector { first, second }, { { 10 }, { 20 }, { 30 } })) ==
           Starts { 7, 112 });
}

TEST_CASE ("An anchor says where a passage starts, and the next ones follow it", "[source][timeline][layout]")
{
    auto paused = anchored (spoken (2, 100), 0.5);
    paused.pauseBefore = { 999 };
    const std::vector<LayoutItem> items { spoken (1, 24'000), paused, spoken (3, 100),
                                          anchored (spoken (4, 100), -1.25), spoken (5, 100) };
    CHECK (startsOf (layOut (items, { { 10 }, {}, {} })) == Starts { 0, 12'000, 12'110, -30'000, -29'890 });
}

TEST_CASE ("Anchors and lengths that no timeline has do no harm", "[source][timeline][layout]")
{
    CHECK (samplesOfSeconds (std::numeric_limits<double>::quiet_NaN()).value == 0);
    CHECK (samplesOfSeconds (std::numeric_limits<double>::infinity()) == samplesOfSeconds (1e30));
    CHECK (samplesOfSeconds (-1e300).value < 0);
    std::vector<LayoutItem> items (1000, spoken (1, std::numeric_limits<std::int64_t>::max()));
    items.front() = anchored (items.front(), 1e300);
    const auto places = layOut (items, {});
    CHECK (std::is_sorted (places.begin(), places.end(),
                           [] (const Place& a, const Place& b) { return a.start < b.start; }));
    CHECK (layOut (std::vector { spoken (1, -5), spoken (2, 1) }, {})[1].start.value == 0);
}

TEST_CASE ("A place is settled once all lengths back to the last anchor are known",
           "[source][timeline][layout]")
{
    const std::vector<LayoutItem> items { spoken (1, 100), guessed (2, 500, 30),
                                          spoken (3, 100), guessed (4, 70),
                                          spoken (5, 10),  anchored (guessed (6, 100), 1.0),
                                          spoken (7, 100) };
    const auto places = layOut (items, { { 5 }, {}, {} });
    std::vector<std::size_t> waits;
    waits.reserve (places.size());
    for (const auto& place : places)
        waits.push_back (place.waitsFor);
    constexpr auto none = Place::nothing;
    CHECK (waits == std::vector<std::size_t> { none, none, 1, 1, 1, none, 5 });
    CHECK (places[1].isSettled());
    CHECK_FALSE (places[2].isSettled());
    CHECK (places[2].start.value == 100 + 5 + 500 + 5);
    CHECK (places[2].earliest.value == 100 + 5 + 30 + 5);
    CHECK (places[4].earliest.value == 105 + 30 + 5 + 100 + 5 + 0 + 5);
    CHECK (places[5].earliest.value == 24'000);
}

TEST_CASE ("No passage starts before its earliest place, however long the others turn out to be",
           "[source][timeline][layout]")
{
    std::mt19937 random (GENERATE (range (0u, 20u)));
    const auto pick = [&] (int most) {
        return (std::int64_t) std::uniform_int_distribution (0, most) (random);
    };
    std::vector<LayoutItem> early;
    for (std::uint64_t i = 0; i < 30; ++i)
    {
        auto item = pick (1) == 0 ? spoken (i, pick (1000)) : guessed (i, pick (1000), pick (300));
        if (pick (6) == 0)
            item = anchored (item, (double) pick (100) / 100.0);
        early.push_back (item);
    }
    auto late = early;
    for (auto& item : late)
        if (! item.isLengthKnown)
        {
            item.length = item.least = { item.least.value + pick (500) };
            item.isLengthKnown = true;
        }
    const Gaps gaps { { pick (50) }, {}, {} };
    const auto before = layOut (early, gaps), after = layOut (late, gaps);
    int wrong = 0, moved = 0;
    for (std::size_t i = 0; i < before.size(); ++i)
    {
        wrong += after[i].start < before[i].earliest;
        moved += before[i].isSettled() && after[i].start != before[i].start;
    }
    CHECK (wrong == 0);
    CHECK (moved == 0);
}

TEST_CASE ("While playing nothing at or behind the playhead moves, and nothing ahead falls behind it",
           "[source][timeline][layout]")
{
    const std::vector<LayoutItem> before { guessed (1, 1000), guessed (2, 1000), guessed (3, 1000) };
    const auto heard = layOut (before, {});

    auto after = before;
    after[0] = spoken (1, 300);
    const auto at = [&] (std::int64_t playhead) {
        return startsOf (layOut (after, {}, Playing { { playhead }, heard }));
    };
    CHECK (startsOf (layOut (after, {})) == Starts { 0, 300, 1300 }); // stopped
    CHECK (at (200) == Starts { 0, 300, 1300 });
    CHECK (at (299) == Starts { 0, 300, 1300 });
    CHECK (at (600) == Starts { 0, 601, 1601 }); // 300 is over, so it begins at once
    CHECK (at (1000) == Starts { 0, 1000, 2000 });
    CHECK (at (1500) == Starts { 0, 1000, 2000 });
    CHECK (at (2000) == Starts { 0, 1000, 2000 });

    after[0] = spoken (1, 5000);
    CHECK (at (1500) == Starts { 0, 1000, 2000 });
    CHECK (at (999) == Starts { 0, 5000, 6000 });

    // Anchors too; what the user moves is left out of what is heard, and what is new was not heard.
    after = { anchored (before[0], 1.0), before[1], before[2], spoken (4, 10) };
    CHECK (at (500) == Starts { 0, 1000, 2000, 3000 });
    CHECK (at (10'000) == Starts { 0, 1000, 2000, 3000 });
    CHECK (startsOf (layOut (after, {}, Playing { { 500 }, std::span (heard).subspan (1) })) ==
           Starts { 24'000, 25'000, 26'000, 27'000 });
}

TEST_CASE ("Nothing that is heard moves however a render goes", "[source][timeline][layout]")
{
    std::mt19937 random (GENERATE (range (0u, 10u)));
    const auto pick = [&] (int most) {
        return (std::int64_t) std::uniform_int_distribution (0, most) (random);
    };
    std::vector<LayoutItem> items;
    items.reserve (20);
    for (std::uint64_t i = 1; i <= 20; ++i)
        items.push_back (guessed (i, 200 + pick (800)));
    auto places = layOut (items, {});
    int moved = 0;
    ModelSamples playhead;
    for (int step = 0; step < 200; ++step)
    {
        auto& item = items[(std::size_t) pick (19)];
        if (! item.isLengthKnown)
        {
            item.isLengthKnown = pick (2) == 0;
            item.length = { pick (2000) };
        }
        playhead += { pick (150) };
        const auto next = layOut (items, {}, Playing { playhead, places });
        for (std::size_t i = 0; i < items.size(); ++i)
        {
            const bool wasHeard = places[i].start <= playhead;
            moved += wasHeard ? next[i].start != places[i].start : next[i].start <= playhead;
        }
        places = next;
    }
    CHECK (moved == 0);
}

TEST_CASE ("Gaps are read from an option", "[source][timeline][layout]")
{
    CHECK (readGaps ("line=150,speaker=250,scene=1000").value() == Gaps { { 3600 }, { 6000 }, { 24'000 } });
    CHECK (readGaps ("scene=600000").value() == Gaps { {}, {}, { 14'400'000 } });
    CHECK (readGaps ("speaker=0,line=1").value() == Gaps { { 24 }, {}, {} });
    const auto [wrong, says] =
        GENERATE (table<const char*, const char*> ({ { "", "is not a gap" },
                                                     { "line", "is not a gap" },
                                                     { "150", "is not a gap" },
                                                     { "lines=1", "\"lines=1\" is not a gap" },
                                                     { "Line=1", "is not a gap" },
                                                     { "line=1,", "is not a gap" },
                                                     { "line=1,,scene=1", "is not a gap" },
                                                     { "line=1 ,scene=1", "no length" },
                                                     { "line=", "no length" },
                                                     { "line=-1", "no length" },
                                                     { "line=+1", "no length" },
                                                     { "line=1.5", "no length" },
                                                     { "line=150ms", "no length" },
                                                     { "line=600001", "no length" },
                                                     { "line=99999999999999999999", "no length" },
                                                     { "line=1,line=1", "given twice" } }));
    CAPTURE (wrong);
    const auto refused = readGaps (wrong);
    REQUIRE_FALSE (refused);
    CHECK (refused.error().code == ErrorCode::InvalidInput);
    CHECK_THAT (refused.error().message,
                Catch::Contains (says) && Catch::Contains ("line=150,speaker=250,scene=1000"));
}
