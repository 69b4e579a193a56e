// SPDX-License-Identifier: Apache-2.0
#include "Playback/Repertoire.h"

#include <array>

#include <catch2/catch.hpp>

#include "StageFixture.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;

TEST_CASE ("A take that ends between two looks is whole at the host's rate", "[source][playback]")
{
    constexpr double rate = 48'000.0;
    Repertoire repertoire;
    repertoire.setRate (rate);
    repertoire.play (scoreOf ({ partOf (1, 4) }));
    const auto match = [&] { repertoire.match ([] (const Take&) {}); };
    match();
    const auto take = repertoire.ask (0);
    take->begin ("fake-1");
    const auto speech = speechOf (partOf (1, 4));
    REQUIRE (take->append (speech) == speech.size());
    (void) repertoire.pump();
    match();
    constexpr std::array<std::size_t, 1> order { 0 };
    REQUIRE (repertoire.hostOne (order));
    (void) repertoire.pump();
    take->finish(); // and the next that happens is something else: another score, an edit
    match();
    const auto& entry = repertoire.entries()[0];
    CHECK (entry.state == PartState::Done);
    REQUIRE (entry.holding->audio != nullptr);
    CHECK (entry.holding->audio->isComplete());
    CHECK (entry.holding->audio->rendered() == toHost ({ std::ssize (speech) }, rate).value);
}

TEST_CASE ("A take that is kept is not loaded again when its score comes to know it", "[source][playback]")
{
    auto part = partOf (1, 4);
    Repertoire repertoire;
    repertoire.play (scoreOf ({ part }));
    const auto match = [&] { repertoire.match ([] (const Take&) {}); };
    match();
    const auto take = repertoire.ask (0);
    take->begin ("fake-1");
    const auto speech = speechOf (part);
    REQUIRE (take->append (speech) == speech.size());
    take->finish();
    REQUIRE (repertoire.pump());
    match();
    const auto finished = repertoire.finished();
    REQUIRE (finished.size() == 1);
    const std::string hash = "of its samples";
    repertoire.kept ({ finished[0], hash, {} });
    match(); // before the project has written it down
    CHECK (repertoire.entries()[0].state == PartState::Done);

    part.known = KnownTake { .audio = hash, .length = { std::ssize (speech) } };
    repertoire.play (scoreOf ({ part }));
    match();
    CHECK (repertoire.entries()[0].state == PartState::Done);
    REQUIRE (repertoire.entries()[0].holding != nullptr);
    CHECK (repertoire.entries()[0].holding->take == take);

    repertoire.play (scoreOf ({ partOf (2, 4) })); // nothing holds it any more
    match();
    repertoire.play (scoreOf ({ part }));
    match();
    CHECK (repertoire.entries()[0].state == PartState::Loading);
}
