// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include <catch2/catch.hpp>

#include "StageFixture.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;
using namespace std::chrono_literals;

TEST_CASE ("Parts that end in another order are heard in theirs, and kept", "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.seats = 3;
    faults.frameMs = 5;
    const FakeEngine engine (fixture.socket(), faults);
    Stage stage (fixture.options(), fixture.ear);
    const auto score = scoreOf ({ partOf (1, 20), partOf (2, 3), partOf (3, 9), partOf (4, 2) });
    play (stage, score);
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (stage.gaps().empty());
    CHECK (eventually ([&] { return fixture.ear.all().size() == 4; }));
    for (const auto& kept : fixture.ear.all())
    {
        const auto& part = score.parts[kept.finished.line - 1];
        CHECK_FALSE (kept.loss);
        CHECK (kept.audio == contentHash (speechOf (part)));
        CHECK (kept.finished.name == part.name);
        CHECK (kept.finished.take->fingerprint() == "fake-1");
    }
    CHECK (fixture.store->size() == 4);
    CHECK (engine.jobs() == 4);
    CHECK (isAll (stage, PartState::Done));
    CHECK (stage.view()->fraction() == 1.0);
    CHECK (stage.view()->end.value == (std::int64_t) soundOf (score).size());
}

TEST_CASE ("A bounce is the same with blocks of any size, cold and warm", "[source][playback][threads]")
{
    StageFixture fixture;
    const FakeEngine engine (fixture.socket());
    const auto score = scoreOf ({ partOf (1, 4), partOf (2, 2), partOf (3, 3) });
    const auto sound = soundOf (score);
    Stage stage (fixture.options(), fixture.ear);
    play (stage, score);
    for (const std::size_t block : { 17u, 64u, 512u, 8192u }) // the first is cold
        CHECK ((bounce (stage, sound.size(), block) == sound));
    CHECK (engine.jobs() == 3);
}

TEST_CASE ("What is in the store is played without an engine", "[source][playback]")
{
    StageFixture fixture;
    Stage stage (fixture.options(), fixture.ear);
    std::vector<Part> parts;
    for (std::uint64_t line = 1; line <= 20; ++line)
        parts.push_back (withKnown (partOf (line, 2), *fixture.store));
    const auto score = scoreOf (parts);
    play (stage, score);
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (stage.gaps().empty());
    CHECK (isAll (stage, PartState::Done));
    CHECK (fixture.ear.all().empty());
}

TEST_CASE ("A take whose audio is lost is rendered again, but not one of other words", "[source][playback]")
{
    StageFixture fixture;
    const FakeEngine engine (fixture.socket());
    SharedStore elsewhere;
    Stage stage (fixture.options(), fixture.ear);
    auto lost = withKnown (partOf (1, 3), elsewhere), stale = withKnown (partOf (2, 4), elsewhere);
    stale.isStale = true;
    stale.ifLost = "its words are other ones by now";
    const auto score = scoreOf ({ lost, stale, withKnown (partOf (3, 2), *fixture.store) });
    play (stage, score);
    stage.renderAll();
    REQUIRE (eventually ([&] {
        return statesOf (stage) == std::vector { PartState::Done, PartState::Failed, PartState::Done };
    }));
    CHECK (stage.view()->parts[1].reason == "its words are other ones by now");
    CHECK (stage.view()->parts[2].place.start ==
           stage.view()->parts[1].place.start + stale.known->length); // it keeps its length
    CHECK (eventually ([&] { return fixture.ear.all().size() == 1; }));
    CHECK (fixture.ear.all()[0].audio == lost.known->audio);
    CHECK (engine.jobs() == 1);
}

TEST_CASE ("A stale take is heard as long as a part has it", "[source][playback]")
{
    StageFixture fixture;
    Stage stage (fixture.options(), fixture.ear);
    auto old = withKnown (partOf (1, 3), *fixture.store);
    const auto sound = speechOf (old);
    old.isStale = true;
    old.name = "other words";
    play (stage, scoreOf ({ old }));
    CHECK ((bounce (stage, sound.size()) == sound));
    CHECK (isAll (stage, PartState::Stale));
}

TEST_CASE ("A take that cannot be stored stays in memory", "[source][playback]")
{
    StageFixture fixture;
    const FakeEngine engine (fixture.socket());
    fixture.store->problem = Error { ErrorCode::OutOfMemory, "the disk is full", {} };
    auto options = fixture.options();
    if (GENERATE (true, false))
        options.store = nullptr;
    Stage stage (options, fixture.ear);
    auto part = partOf (1, 3);
    play (stage, scoreOf ({ part }));
    stage.renderAll();
    REQUIRE (eventually ([&] { return fixture.ear.all().size() == 1; }));
    const auto kept = fixture.ear.all()[0];
    CHECK (kept.loss);

    // Undone and done again, as the project then has it: with the take, which is in no store.
    play (stage, Score {});
    REQUIRE (eventually ([&] { return stage.view()->parts.empty(); }));
    part.known =
        KnownTake { kept.audio, "fake-1", Take::Ending::Whole, { (std::int64_t) speechOf (part).size() } };
    play (stage, scoreOf ({ part }));
    CHECK ((bounce (stage, speechOf (part).size()) == speechOf (part)));
    CHECK (engine.jobs() == 1);
}

TEST_CASE ("An edited part is asked for alone, and what nobody wants any more is cancelled",
           "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.seats = 2;
    faults.waits = true;
    FakeEngine engine (fixture.socket(), faults);
    Stage stage (fixture.options(), fixture.ear);
    auto score = scoreOf ({ partOf (1, 3), partOf (2, 4), partOf (3, 2) });
    play (stage, score);
    stage.renderAll();
    REQUIRE (eventually ([&] { return engine.jobs() == 2; }));
    score.parts[1] = partOf (2, "Other words.");
    play (stage, score);
    REQUIRE (eventually ([&] { return engine.cancelled() == 1; }));
    engine.goOn();
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (engine.jobs() == 4);
    score.parts[0].item.pauseBefore = { 777 };
    play (stage, score);
    REQUIRE (eventually ([&] { return stage.view()->parts[0].place.start.value == 777; }));
    CHECK (engine.jobs() == 4);
}

TEST_CASE ("A part that is being edited is asked for when it has settled, by a bounce at once",
           "[source][playback][threads]")
{
    StageFixture fixture;
    const FakeEngine engine (fixture.socket());
    auto options = fixture.options();
    options.settling = GENERATE (std::chrono::milliseconds (2'000), std::chrono::milliseconds (3'600'000));
    Stage stage (options, fixture.ear);
    auto score = scoreOf ({ partOf (1, 3), partOf (2, 2) });
    play (stage, score);
    stage.renderAll();
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    score.parts[0] = partOf (1, "Other words.");
    play (stage, score);
    REQUIRE (eventually ([&] { return statesOf (stage)[0] == PartState::Missing; }));
    std::this_thread::sleep_for (200ms);
    CHECK (statesOf (stage)[0] == PartState::Missing);
    if (options.settling < 1min)
        CHECK (eventually ([&] { return isAll (stage, PartState::Done); }));
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (engine.jobs() == 3);
}

TEST_CASE ("Parts are asked for from the playhead on, and a jump changes the order",
           "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.waits = true;
    FakeEngine engine (fixture.socket(), faults);
    auto options = fixture.options();
    options.mostAsked = 3;
    Stage stage (options, fixture.ear);
    play (stage, scoreOf (partsOf (8, 3)));
    stage.renderAll();
    REQUIRE (eventually ([&] { return engine.jobs() == 1; }));
    CHECK (stage.engine().queued <= 3);
    const auto places = stage.view()->parts;
    REQUIRE (places.size() == 8);
    stage.planFor ({ { places[5].place.start.value + 1 }, 64, false, false });
    REQUIRE (eventually ([&] {
        const auto states = statesOf (stage);
        return states[5] == PartState::Queued && states[6] == PartState::Queued &&
               states[1] == PartState::Missing;
    }));
    engine.goOn();
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    std::vector<std::uint64_t> asked;
    for (const auto& request : engine.requests())
        asked.push_back (request.seed);
    CHECK (asked == std::vector<std::uint64_t> { 1, 6, 7, 8, 2, 3, 4, 5 });
    CHECK_FALSE (engine.requests()[1].dueMs); // nobody listens
}

TEST_CASE ("While it plays, the engine is told when parts are due", "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.seats = 4;
    const FakeEngine engine (fixture.socket(), faults);
    Stage stage (fixture.options(), fixture.ear);
    const auto score = scoreOf ({ partOf (1, 3), partOf (2, 300) });
    stage.planFor ({ { 0 }, 64, true, false }); // which also starts the rendering
    play (stage, score);
    REQUIRE (eventually ([&] { return engine.jobs() == 2; }));
    const auto requests = engine.requests();
    REQUIRE (requests[0].dueMs);
    REQUIRE (requests[1].dueMs);
    CHECK (std::min (*requests[0].dueMs, *requests[1].dueMs) == 0.0);
    CHECK (std::max (*requests[0].dueMs, *requests[1].dueMs) <= 1'000.0); // the first is about a second long
}

TEST_CASE ("All is rendered behind a link that holds little", "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.seats = 2;
    const FakeEngine engine (fixture.socket(), faults);
    auto options = fixture.options();
    options.link.mostJobs = 2;
    Stage stage (options, fixture.ear);
    play (stage, scoreOf (partsOf (30, 2)));
    stage.renderAll();
    CHECK (eventually ([&] { return isAll (stage, PartState::Done); }));
    CHECK (engine.jobs() == 30);
}

TEST_CASE ("Parts that ask for the same have one take", "[source][playback]")
{
    StageFixture fixture;
    const FakeEngine engine (fixture.socket());
    Stage stage (fixture.options(), fixture.ear);
    auto twice = partOf (1, 3);
    twice.item.line = 2;
    const auto score = scoreOf ({ partOf (1, 3), twice });
    play (stage, score);
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (engine.jobs() == 1);
}

TEST_CASE ("Rendering stops, and goes on when it is wanted", "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.waits = true;
    FakeEngine engine (fixture.socket(), faults);
    Stage stage (fixture.options(), fixture.ear);
    const auto score = scoreOf ({ partOf (1, 3), partOf (2, 3) });
    play (stage, score);
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Missing); }));
    CHECK (engine.jobs() == 0); // nobody has asked for anything
    stage.renderAll();
    REQUIRE (eventually ([&] { return stage.view()->parts[0].fraction() > 0.0; }));
    CHECK (statesOf (stage)[0] == PartState::Rendering);
    CHECK (stage.view()->parts[0].fraction() < 1.0);
    stage.stop();
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Missing); }));
    CHECK (eventually ([&] { return engine.cancelled() == 1; }));
    engine.goOn();
    stage.renderAll();
    CHECK (eventually ([&] { return isAll (stage, PartState::Done); }));
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
}

TEST_CASE ("A change of the host's rate holds nobody up, and all is resampled from its start",
           "[source][playback][threads]")
{
    StageFixture fixture;
    Stage stage (fixture.options(), fixture.ear);
    const auto part = withKnown (partOf (1, 30), *fixture.store);
    play (stage, scoreOf ({ part }));
    (void) bounce (stage, 100);
    for (const double rate : { 48'000.0, 44'100.0, 24'000.0 })
    {
        stage.setHostRate (rate);
        Take take;
        take.append (speechOf (part));
        take.finish();
        const auto audio = HostAudio::create (std::shared_ptr<Take> (&take, [] (Take*) {}), rate).value();
        audio->pump();
        std::vector<float> expected ((std::size_t) audio->rendered());
        audio->read (0, expected);
        CHECK ((bounce (stage, expected.size()) == expected));
    }
}

TEST_CASE ("While it plays nothing at or behind the playhead moves, unless the user moves it",
           "[source][playback][threads]")
{
    StageFixture fixture;
    Stage stage (fixture.options(), fixture.ear);
    auto score =
        scoreOf ({ withKnown (partOf (1, 9), *fixture.store), withKnown (partOf (2, 9), *fixture.store),
                   withKnown (partOf (3, 9), *fixture.store) });
    play (stage, score);
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    const auto before = stage.view()->parts;
    const auto startOf = [&] (std::size_t index) { return stage.view()->parts[index].place.start.value; };
    stage.planFor ({ { before[1].place.start.value + 9'600 }, 64, true, false });
    std::this_thread::sleep_for (300ms); // it has been seen
    score.parts[0].item.pauseBefore = { 24'000 };
    score.silenceAfter = { 777 };
    play (stage, score);
    REQUIRE (eventually ([&] { return stage.view()->end == before[2].place.end() + score.silenceAfter; }));
    CHECK (startOf (0) == before[0].place.start.value);
    CHECK (startOf (1) == before[1].place.start.value);

    score.parts[0].anchor = score.parts[0].item.anchorSeconds = 100.0;
    play (stage, score);
    CHECK (eventually ([&] { return startOf (0) == 100 * modelSampleRateHz; }));
    CHECK (startOf (1) == before[1].place.start.value);
    stage.planFor ({ { 0 }, 64, false, false });
    CHECK (eventually ([&] { return startOf (1) > 100 * modelSampleRateHz; })); // nobody hears it any more
}

TEST_CASE ("A stage may end at any moment", "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.seats = 4;
    faults.waits = true;
    const FakeEngine engine (fixture.socket(), faults);
    for (int i = 0; i < 10; ++i)
    {
        Stage stage (fixture.options(), fixture.ear);
        std::vector<Part> parts;
        for (std::uint64_t line = 1; line <= 10; ++line)
            parts.push_back (line % 3 == 0 ? withKnown (partOf (line, 3), *fixture.store) : partOf (line, 3));
        play (stage, scoreOf (parts));
        stage.renderAll();
        stage.setHostRate (48'000.0);
        std::this_thread::sleep_for (std::chrono::milliseconds (5 * i));
    }
}

TEST_CASE ("The time that is left is that of all that is wanted, not only of what the engine was asked for",
           "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.waits = true;
    FakeEngine engine (fixture.socket(), faults);
    auto options = fixture.options();
    options.mostAsked = 2;
    Stage stage (options, fixture.ear);
    auto score = scoreOf ({ partOf (1, 8), partOf (2, 20), partOf (3, 9), partOf (4, 30), partOf (5, 5) });
    score.parts.push_back (score.parts[3]); // the same once more: one take for both
    score.parts.back().item.line = 6;
    play (stage, score);
    CHECK_FALSE (stage.progress().secondsLeft);
    stage.renderAll();
    REQUIRE (eventually ([&] { return stage.progress().secondsLeft.has_value(); }));
    REQUIRE (eventually ([&] { return stage.progress().takes.size() == 3; }));
    double expected = -(double) fakeFrameSamples; // which has come
    for (std::size_t i = 0; i < 5; ++i)
        expected += (double) score.parts[i].item.estimate.value;
    CHECK (eventually ([&] {
        const auto progress = stage.progress();
        return *progress.secondsLeft / *progress.realTimeFactor * (double) modelSampleRateHz ==
               Approx (expected).epsilon (0.01);
    }));
    engine.goOn();
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    CHECK (eventually ([&] { return stage.progress().secondsLeft == 0.0; }));
}
