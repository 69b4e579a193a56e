// SPDX-License-Identifier: Apache-2.0
// What an offline bounce waits for, and what it does not.
#include <thread>

#include <catch2/catch.hpp>

#include "Source/EngineLink/FakeProcess.h"
#include "StageFixture.h"
#include "Support/Instrumented.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
/** The greatest value in the first second of a part. */
float peakAt (const std::vector<float>& sound, const Place& place)
{
    const auto from = sound.begin() + place.start.value;
    return *std::max_element (from, from + std::min (place.length.value, modelSampleRateHz));
}
} // namespace

TEST_CASE ("A bounce is whole though the engine is killed twice with four requests under way",
           "[source][playback][threads]")
{
    StageFixture fixture;
    const FakeProcess process ("seats=4;frame-ms=20");
    auto options = fixture.options();
    options.link.engine = process.options();
    Stage stage (options, fixture.ear);
    const auto score = scoreOf (partsOf (10, 12));
    play (stage, score);
    std::thread killer ([&] {
        for (int i = 0; i < 2; ++i)
        {
            (void) eventually ([&] { return process.starts() == i + 1 && stage.engine().underWay == 4; });
            std::this_thread::sleep_for (100ms);
            process.kill();
        }
    });
    const auto sound = bounce (stage, soundOf (score).size());
    killer.join();
    CHECK ((sound == soundOf (score)));
    CHECK (stage.gaps().empty());
    CHECK (process.starts() == 3);
}

TEST_CASE ("A bounce waits for a model that loads, longer than it is patient", "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.loadMs = 2'000;
    const FakeEngine engine (fixture.socket(), faults);
    auto options = fixture.options();
    options.patience = 700ms;
    Stage stage (options, fixture.ear);
    const auto score = scoreOf (partsOf (2, 3));
    play (stage, score);
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (stage.gaps().empty());
}

TEST_CASE ("A bounce waits for its place in the engine's queue", "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.queue = 20;
    faults.frameMs = 100;
    const FakeEngine engine (fixture.socket(), faults);
    StageFixture others;
    auto theirs = others.options();
    theirs.link.engine.socket = fixture.socket();
    Stage other (theirs, others.ear), third (theirs, others.ear);
    for (auto* const each : { &other, &third })
    {
        play (*each, scoreOf (partsOf (1, 12)));
        each->renderAll();
    }
    REQUIRE (eventually ([&] { return engine.waiting() == 1; }));
    auto options = fixture.options();
    options.patience = 2'000ms; // less than what is before us, more than one of them
    options.link.lookEvery = 50ms;
    Stage stage (options, fixture.ear);
    const auto score = scoreOf (partsOf (1, 2));
    play (stage, score);
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (stage.gaps().empty());
}

TEST_CASE ("A bounce is not over before its takes are kept and told", "[source][playback][threads]")
{
    StageFixture fixture { .store = std::make_shared<SlowStore> (50ms) };
    const FakeEngine engine (fixture.socket());
    Stage stage (fixture.options(), fixture.ear);
    auto score = scoreOf (partsOf (3, 3));
    score.parts[1] = withKnown (score.parts[1], *fixture.store); // is there already
    play (stage, score);
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (fixture.ear.all().size() == 2);
    CHECK (fixture.store->size() == 3);
}

TEST_CASE ("A store that hangs holds a bounce up once, and costs none of it", "[source][playback][threads]")
{
    const auto store = std::make_shared<SlowStore> (60s);
    StageFixture fixture { .store = store };
    const FakeEngine engine (fixture.socket());
    auto options = fixture.options();
    options.patience = 300ms;
    Stage stage (options, fixture.ear);
    const auto score = scoreOf (partsOf (10, 3));
    play (stage, score);
    const auto begun = std::chrono::steady_clock::now();
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    const auto took = std::chrono::steady_clock::now() - begun;
    CHECK (took >= 300ms);
    if (! isInstrumented)
        CHECK (took < 2s); // ten times the patience would be 3
    CHECK (stage.gaps().empty());
    CHECK (fixture.ear.all().empty());
    store->goOn();
    CHECK (eventually ([&] { return fixture.ear.all().size() == 10; }));
}

TEST_CASE ("A bounce waits for an engine that hangs, once, and marks what is missing",
           "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.hangs = true;
    const FakeEngine engine (fixture.socket(), faults);
    auto options = fixture.options();
    options.patience = 400ms;
    Stage stage (options, fixture.ear);
    auto score = scoreOf (partsOf (6, 20));
    score.parts[2] = withKnown (score.parts[2], *fixture.store);
    score.playsSlate = GENERATE (true, false);
    play (stage, score);
    REQUIRE (eventually ([&] { return stage.view()->parts.size() == 6; }));
    const auto length = (std::size_t) stage.view()->end.value;
    const auto begun = std::chrono::steady_clock::now();
    const auto sound = bounce (stage, length);
    const auto took = std::chrono::steady_clock::now() - begun;
    CHECK (took >= 400ms);
    if (! isInstrumented)
        CHECK (took < 4s);

    const auto gaps = stage.gaps();
    REQUIRE (gaps.size() == 5);
    REQUIRE (eventually ([&] { return fixture.ear.bounces().size() == 1; }));
    CHECK (fixture.ear.bounces()[0].gaps == gaps);
    CHECK (fixture.ear.bounces()[0].playsSlate == score.playsSlate);
    CHECK (gaps[0].line == 1);
    CHECK (gaps[2].line == 4);
    CHECK_THAT (gaps[0].why, Catch::StartsWith ("Nothing has come from the engine"));
    const auto parts = stage.view()->parts;
    for (const auto& gap : gaps)
    {
        CHECK (gap.place.start == parts[gap.line - 1].place.start);
        CHECK (peakAt (sound, gap.place) == Approx (score.playsSlate ? 0.1f : 0.0f).margin (1e-3));
    }
    const auto speech = speechOf (score.parts[2]);
    const auto there = sound.begin() + parts[2].place.start.value;
    CHECK ((std::vector<float> (there, there + (std::ptrdiff_t) speech.size()) == speech));
}

TEST_CASE ("A bounce without an engine waits for nothing, and says why each part is missing",
           "[source][playback]")
{
    StageFixture fixture;
    Stage stage (fixture.options(), fixture.ear);
    const auto score = scoreOf (partsOf (100, 8));
    play (stage, score);
    REQUIRE (eventually ([&] { return stage.view()->parts.size() == 100; }));
    const auto begun = std::chrono::steady_clock::now();
    (void) bounce (stage, (std::size_t) stage.view()->end.value);
    if (! isInstrumented)
        CHECK (std::chrono::steady_clock::now() - begun < 20s); // patience would be 30
    const auto gaps = stage.gaps();
    REQUIRE (gaps.size() == 100);
    CHECK_THAT (gaps[99].why, Catch::Contains ("/nowhere/engine"));
    CHECK (isAll (stage, PartState::Failed));

    // An engine comes, and the user asks once more: the next bounce is whole.
    const FakeEngine engine (fixture.socket());
    stage.renderAll();
    CHECK (eventually ([&] { return isAll (stage, PartState::Done); }));
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (stage.gaps().empty());
}

TEST_CASE (
    "What no engine could be asked for is asked for again by the next bounce, and when the transport starts",
    "[source][playback][threads]")
{
    StageFixture fixture;
    Stage stage (fixture.options(), fixture.ear);
    auto score = scoreOf (partsOf (3, 8));
    score.parts[1].failure = "the voice sounded of nothing"; // which stays as it is
    play (stage, score);
    REQUIRE (eventually ([&] { return stage.view()->parts.size() == 3; }));
    const bool isOffline = GENERATE (true, false);
    const auto hearUntil = [&] (const std::vector<PartState>& states) {
        if (isOffline)
            (void) bounce (stage, (std::size_t) stage.view()->end.value);
        else
            (void) stage.planFor ({ {}, 512, true, false });
        const bool isSo = eventually ([&] { return statesOf (stage) == states; });
        (void) stage.planFor ({ {}, 0, false, false });
        return isSo;
    };
    using enum PartState;
    REQUIRE (hearUntil ({ Failed, Failed, Failed }));
    for (const auto index : { 0u, 2u })
        CHECK (stage.view()->parts[index].take->fault() == Take::Fault::Engine);

    const FakeEngine engine (fixture.socket());
    std::this_thread::sleep_for (200ms);
    CHECK (engine.jobs() == 0); // not by itself
    CHECK (hearUntil ({ Done, Failed, Done }));
    CHECK (engine.jobs() == 2);
    if (isOffline)
        CHECK (stage.gaps() == std::vector { Gap { 2, {}, "the voice sounded of nothing" } });
}

TEST_CASE (
    "A bounce asks again for what no engine could be asked for while it was heard, without a stop between",
    "[source][playback][threads]")
{
    StageFixture fixture;
    Stage stage (fixture.options(), fixture.ear);
    const auto score = scoreOf (partsOf (3, 8));
    play (stage, score);
    (void) stage.planFor ({ {}, 512, true, false }); // in real time
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Failed); }));
    const FakeEngine engine (fixture.socket());
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    CHECK (stage.gaps().empty());
}

TEST_CASE ("The end of each bounce is told once, also of the one that a stage ends with",
           "[source][playback][threads]")
{
    StageFixture fixture;
    auto score = scoreOf (partsOf (2, 3));
    score.parts[0] = withKnown (score.parts[0], *fixture.store);
    score.parts[1].failure = "the voice sounded of nothing";
    score.parts[1].item.anchorSeconds = -30.0; // the first that is heard, the last in the script
    {
        Stage stage (fixture.options(), fixture.ear);
        stage.setHostRate (48'000.0);
        play (stage, score);
        constexpr std::size_t block = 1024;
        const auto hear = [&] (std::int64_t at, bool isOffline) {
            (void) stage.planFor ({ { at }, block, true, isOffline });
        };
        constexpr std::int64_t before = -1'440'000; // half a minute
        hear (0, true);                             // whole
        hear (0, false);
        hear (before, true); // at once: nobody may have seen the end of the first
        hear (0, false);
        REQUIRE (eventually ([&] { return fixture.ear.bounces().size() == 2; }));
        hear (0, false);
        hear (before, true);
        CHECK (fixture.ear.bounces().size() == 2);
    }
    const auto bounces = fixture.ear.bounces();
    REQUIRE (bounces.size() == 3);
    CHECK (bounces[0].gaps.empty());
    for (const auto& bounce : { bounces[1], bounces[2] })
    {
        REQUIRE (bounce.gaps == std::vector { Gap { 2, {}, "the voice sounded of nothing" } });
        CHECK (bounce.gaps[0].place.start.value == -30 * modelSampleRateHz);
        CHECK (bounce.hostRateHz == 48'000.0);
        CHECK (bounce.playsSlate);
    }
}

TEST_CASE ("A part that fails keeps its length, and the others are whole; it can be tried again",
           "[source][playback][threads]")
{
    StageFixture fixture;
    Stage stage (fixture.options(), fixture.ear);
    auto score = scoreOf (partsOf (3, 20));
    score.parts[1].request.lines.clear(); // which an engine refuses
    {
        const FakeEngine engine (fixture.socket());
        play (stage, score);
        stage.renderAll();
        REQUIRE (eventually ([&] {
            return statesOf (stage) == std::vector { PartState::Done, PartState::Failed, PartState::Done };
        }));
    }
    const auto parts = stage.view()->parts;
    CHECK_THAT (parts[1].reason, Catch::Contains ("nothing to speak"));
    CHECK (parts[2].place.start == parts[1].place.start + score.parts[1].item.estimate);
    REQUIRE (eventually ([&] { return fixture.ear.failed().size() == 1; }));
    CHECK (fixture.ear.failed()[0].line == 2);
    CHECK (fixture.ear.failed()[0].take->fingerprint() == "fake-1");

    const auto sound = bounce (stage, (std::size_t) stage.view()->end.value);
    REQUIRE (stage.gaps().size() == 1);
    CHECK (stage.gaps()[0] == Gap { 2, {}, parts[1].reason });
    CHECK (peakAt (sound, parts[1].place) == Approx (0.1).margin (1e-3));
    for (const std::size_t whole : { 0u, 2u })
    {
        const auto speech = speechOf (score.parts[whole]);
        const auto there = sound.begin() + parts[whole].place.start.value;
        CHECK ((std::vector<float> (there, there + (std::ptrdiff_t) speech.size()) == speech));
    }

    const FakeEngine another (fixture.socket());
    stage.retry (2);
    CHECK (eventually ([&] { return fixture.ear.failed().size() == 2; })); // it was asked for
    CHECK (another.jobs() == 0);                                           // and refused
}

TEST_CASE ("A failure that is known from before is not tried again unasked", "[source][playback]")
{
    StageFixture fixture;
    const FakeEngine engine (fixture.socket());
    Stage stage (fixture.options(), fixture.ear);
    auto score = scoreOf (partsOf (2, 3));
    score.parts[0].failure = "the voice sounded of nothing";
    play (stage, score);
    (void) bounce (stage, (std::size_t) estimatedLength (8).value);
    CHECK (stage.gaps() == std::vector { Gap { 1, {}, "the voice sounded of nothing" } });
    REQUIRE (eventually ([&] { return statesOf (stage)[1] == PartState::Done; }));
    CHECK (engine.jobs() == 1);
    stage.retry (1);
    CHECK (eventually ([&] { return isAll (stage, PartState::Done); }));
    CHECK (engine.jobs() == 2);
}

TEST_CASE ("A part that another engine has begun is rendered from its start", "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.cutAfterFrames = 3;
    faults.drifts = true;
    const FakeEngine engine (fixture.socket(), faults);
    Stage stage (fixture.options(), fixture.ear);
    auto score = scoreOf (partsOf (1, 8));
    play (stage, score);
    stage.renderAll();
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    CHECK (engine.jobs() == 3);
    score.parts[0].request.seed += 2; // as the third job drifted
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
}

TEST_CASE ("A block waits when it is to, and only then", "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.frameMs = 50;
    const FakeEngine engine (fixture.socket(), faults);
    Stage stage (fixture.options(), fixture.ear);
    const auto score = scoreOf ({ withKnown (partOf (1, 12), *fixture.store), partOf (2, 4) });
    const auto first = (std::int64_t) speechOf (score.parts[0]).size(),
               all = (std::int64_t) soundOf (score).size();
    play (stage, score);
    REQUIRE (eventually ([&] {
        return statesOf (stage) == std::vector { PartState::Done, PartState::Missing };
    }));
    const auto missing = [&] (std::int64_t position, bool isOffline) {
        constexpr std::size_t block = 512;
        return stage.planFor ({ { position }, block, true, isOffline }).missing ({ position }, block);
    };
    SECTION ("never")
    {
        stage.setWaitMode (WaitMode::Never);
        CHECK (missing (first, true) > 0);
    }
    SECTION ("always, also in real time")
    {
        stage.setWaitMode (WaitMode::Always);
        CHECK (missing (first, false) == 0);
    }
    SECTION ("offline")
    {
        CHECK (missing (first, false) > 0);
        CHECK (missing (first, true) == 0);
    }
    SECTION ("where the host does not say so, but asks for blocks faster than they can be heard")
    {
        for (std::int64_t at = 0; at < all - 512; at += 512)
            CHECK (missing (at, false) == 0);
    }
}

TEST_CASE ("A bounce needs no other thread of the host, nor do edits meanwhile wait for it",
           "[source][playback][threads]")
{
    StageFixture fixture;
    FakeFaults faults;
    faults.waits = true;
    FakeEngine engine (fixture.socket(), faults);
    Stage stage (fixture.options(), fixture.ear);
    auto score = scoreOf (partsOf (2, 4));
    play (stage, score);
    std::vector<float> sound;
    std::thread host ([&] { sound = bounce (stage, soundOf (score).size()); });
    CHECK (eventually ([&] { return engine.jobs() == 1; }));
    const auto before = std::chrono::steady_clock::now();
    play (stage, score);
    (void) stage.view();
    (void) stage.gaps();
    stage.setPatience (60s);
    if (! isInstrumented)
        CHECK (std::chrono::steady_clock::now() - before < 1s);
    engine.goOn();
    host.join();
    CHECK ((sound == soundOf (score)));
}
