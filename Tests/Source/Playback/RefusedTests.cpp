// SPDX-License-Identifier: Apache-2.0
// What can never be spoken: a line that is too long for the model, and a project that cannot be opened.
#include <atomic>

#include "PlayedProject.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;

TEST_CASE ("A line that is too long for the model is as long as a slate, and may be asked of another one",
           "[source][playback][player]")
{
    PlayedProject played;
    std::string words;
    for (int i = 0; i < 500; ++i)
        words += "word ";
    played.setText ("The train stood still for an hour.", words);
    FakeFaults faults;
    faults.mostLetters = 1'000;
    const FakeEngine engine (played.fixture.socket(), faults);
    Player player (played.source, played.fixture.options());
    player.renderAll();
    REQUIRE (eventually ([&] {
        return statesOf (player.stage()) ==
               std::vector { PartState::Done, PartState::Failed, PartState::Done };
    }));
    const auto second = ModelSamples { modelSampleRateHz };
    CHECK (eventually ([&] { return player.stage().view()->parts[1].place.length == second; }));
    const auto view = player.stage().view();
    CHECK (view->parts[2].place.start == view->parts[1].place.start + second + modelSamplesOf (350));
    CHECK (view->parts[1].reason == "the passage is too long. Split it.");
    REQUIRE (eventually ([&] { return played.source.document()->takes.size() == 2; }));
    for (const auto& take : played.source.document()->takes)
        CHECK (take->state == project::TakeRecord::State::Done);
}

TEST_CASE ("The gap of a project that cannot be opened ends with the bounce", "[source][playback][player]")
{
    PlayedProject played;
    std::atomic<int> reports { 0 };
    Player player (played.source, played.fixture.options(), [&] (const GapReport&) { ++reports; });
    player.refuse (Error { ErrorCode::InvalidInput, "is damaged", "the session" });
    player.stage().setHostRate (48'000.0);
    (void) bounce (player.stage(), 144'000, 480);
    (void) player.stage().planFor ({ { 144'000 }, 480, false, false });
    REQUIRE (eventually ([&] { return reports == 1; }));
    const auto report = player.lastBounce();
    REQUIRE (report->places.size() == 1);
    CHECK (report->places[0].why == "the session: is damaged");
    CHECK (report->places[0].from.value == 0);
    CHECK (report->places[0].to.value == 144'000);
}
