// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Playback/Played.h"

using namespace tableread;
using namespace tableread::playback;

namespace
{
constexpr double modelRate = 24'000.0;
constexpr std::int64_t open = 1'000'000; // so far a take may outgrow its place

/** The end of a time that it was played. */
constexpr Hole stopped {};

/** From the line's sample `offset` on, of a line that begins at 1 000 times its number. */
Hole hole (std::uint64_t line, std::int64_t offset, std::int64_t count)
{
    return { line, { (std::int64_t) line * 1'000 + offset }, offset, count };
}

/** What is known of the lines. */
struct Lines
{
    std::map<std::uint64_t, Played::Line> all {};

    std::vector<Played::Report> reports (Played& played) const { return played.reports (lookup()); }

    Played::Lookup lookup() const
    {
        return [this] (std::uint64_t line) {
            const auto found = all.find (line);
            return found == all.end() ? std::nullopt : std::optional (found->second);
        };
    }
};
} // namespace

TEST_CASE ("What was missing is told when playing stops, each time by itself", "[source][playback][played]")
{
    const Lines lines { { { 1, { { 900 }, true } }, { 2, { { 900 }, true } } } };
    Played played;
    CHECK (played.isSettled());
    played.add ({ hole (1, 100, 50) }, modelRate, modelRate);
    CHECK_FALSE (played.isSettled());
    CHECK (lines.reports (played).empty()); // it goes on
    played.add ({ hole (2, 0, 900), stopped, stopped, hole (1, 0, 10), stopped }, modelRate, modelRate);
    const auto told = lines.reports (played);
    REQUIRE (told.size() == 3);
    CHECK ((told[0].holes == std::vector { hole (1, 100, 50), hole (2, 0, 900) }));
    CHECK (told[1].holes.empty());
    CHECK ((told[2].holes == std::vector { hole (1, 0, 10) }));
    CHECK_FALSE (told[2].isCorrection);
    CHECK (played.isSettled());
    CHECK (played.isFaulty());
    played.add ({ stopped }, modelRate, modelRate);
    CHECK (lines.reports (played).size() == 1);
    CHECK_FALSE (played.isFaulty());
}

TEST_CASE ("What was missing is corrected when it is known how long the lines are",
           "[source][playback][played]")
{
    Lines lines { { { 1, { { 500 } } }, { 2, { { 300 }, true } } } };
    Played played;
    played.add ({ hole (1, 400, open), hole (2, 200, open), stopped }, modelRate, modelRate);
    auto told = lines.reports (played);
    REQUIRE (told.size() == 1);
    CHECK ((told[0].holes == std::vector { hole (1, 400, 100), hole (2, 200, 100) }));
    CHECK_FALSE (played.isSettled());
    CHECK (lines.reports (played).empty());

    SECTION ("longer than was expected")
    {
        lines.all[1] = { { 800 }, true };
        told = lines.reports (played);
        REQUIRE (told.size() == 1);
        CHECK (told[0].isCorrection);
        CHECK ((told[0].holes == std::vector { hole (1, 400, 400), hole (2, 200, 100) }));
    }
    SECTION ("so short that nothing of it was missing")
    {
        lines.all[1] = { { 400 }, true };
        told = lines.reports (played);
        REQUIRE (told.size() == 1);
        CHECK ((told[0].holes == std::vector { hole (2, 200, 100) }));
    }
    SECTION ("as was expected, or the line is gone")
    {
        if (GENERATE (true, false))
            lines.all[1].isKnown = true;
        else
            lines.all.erase (1);
        CHECK (lines.reports (played).empty());
    }
    SECTION ("or not at all, if another project was opened")
    {
        played.forget();
        lines.all[1] = { { 800 }, true };
        CHECK (lines.reports (played).empty());
    }
    SECTION ("or not at all, if it is played again before")
    {
        played.add ({ stopped }, modelRate, modelRate);
        told = lines.reports (played);
        REQUIRE (told.size() == 1);
        CHECK_FALSE (told[0].isCorrection);
    }
    CHECK (played.isSettled());
}

TEST_CASE ("A loop that is played many times names a place once", "[source][playback][played]")
{
    const Lines lines { { { 1, { { 900 }, true } } } };
    Played played;
    for (int round = 0; round < 5'000; ++round)
        played.add ({ hole (1, 100, 50), hole (1, 140, 100) }, modelRate, modelRate);
    played.add ({ stopped }, modelRate, modelRate);
    const auto told = lines.reports (played);
    REQUIRE (told.size() == 1);
    CHECK ((told[0].holes == std::vector { hole (1, 100, 140) }));
}

TEST_CASE ("Places are at the rate at which they were played", "[source][playback][played]")
{
    const Lines lines { { { 1, { { 500 }, true } } } };
    Played played;
    played.add ({ hole (1, 0, open), stopped, hole (1, 0, open) }, 48'000.0, 96'000.0);
    played.add ({ stopped }, 96'000.0, 96'000.0);
    const auto told = lines.reports (played);
    REQUIRE (told.size() == 2);
    CHECK (told[0].hostRateHz == 48'000.0);
    CHECK ((told[0].holes == std::vector { hole (1, 0, 1'000) }));
    CHECK (told[1].hostRateHz == 96'000.0);
    CHECK ((told[1].holes == std::vector { hole (1, 0, 2'000) }));
}

TEST_CASE ("A line that has failed is named with its reason", "[source][playback][played]")
{
    const Lines lines { { { 1, { { 500 }, true, "the engine stopped" } }, { 2, { { 500 }, true } } } };
    Played played;
    played.add ({ hole (1, 0, open), hole (2, 0, 10), stopped }, modelRate, modelRate);
    const auto told = lines.reports (played);
    REQUIRE (told.size() == 1);
    CHECK ((told[0].reasons == std::map<std::uint64_t, std::string> { { 1, "the engine stopped" } }));
}

TEST_CASE ("What was played before a bounce was noticed is the bounce's", "[source][playback][played]")
{
    const Lines lines { { { 1, { { 500 }, true } } } };
    Played played;
    played.add ({ hole (1, 0, 10) }, modelRate, modelRate);
    played.handOver();
    CHECK (played.isSettled());
    CHECK (lines.reports (played).empty());
    CHECK ((played.handedOver (lines.lookup()).holes == std::vector { hole (1, 0, 10) }));
    CHECK (played.handedOver (lines.lookup()).holes.empty());
}
