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
