// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "Playback/Repertoire.h"
#include "StageFixture.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;

TEST_CASE ("A take that ends between two looks is resampled to its end", "[source][playback]")
{
    const auto part = partOf (1, 4);
    const auto speech = speechOf (part);
    Repertoire repertoire;
    repertoire.setRate (48'000.0);
    repertoire.play (test::scoreOf ({ part }));
    const auto match = [&] { repertoire.match ([] (const Take&) {}); };
    match();
    const auto take = repertoire.ask (0);
    take->begin ("fake-1");
    take->append (std::span (speech).first (speech.size() / 2));
    match();
    REQUIRE (repertoire.hostOne (std::array<std::size_t, 1> { 0 }));
    take->append (std::span (speech).subspan (speech.size() / 2));
    take->finish();
    match(); // for another reason: pump() has not seen the end yet
    CHECK (repertoire.entries()[0].state == PartState::Done);
    const auto& audio = *repertoire.entries()[0].holding->audio;
    CHECK_FALSE (audio.isComplete());
    CHECK (repertoire.pump());
    CHECK (audio.isComplete());
    CHECK (audio.rendered() == 2 * (std::int64_t) speech.size());
    CHECK_FALSE (repertoire.pump());
}
