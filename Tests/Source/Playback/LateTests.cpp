// SPDX-License-Identifier: Apache-2.0
// What is heard, counted and reported where the engine is slower than real time.
#include <cmath>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "StageFixture.h"
#include "Support/SpeechPlaces.h"

using namespace tableread;
using namespace tableread::playback;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
/** Parts that are anchored apart, so that each sample is of one of them. */
Score slowScore()
{
    auto parts = std::vector { partOf (1, 5), partOf (2, 4), partOf (3, 6), partOf (4, 3) };
    for (std::size_t i = 0; i < parts.size(); ++i)
        parts[i].item.anchorSeconds = 0.8 * (double) i;
    return scoreOf (std::move (parts));
}

/** Plays what is asked for as a host does that is in no hurry. */
class LateHost
{
public:
    explicit LateHost (Stage& played) : stage (played) {}

    std::vector<float> play (std::int64_t from, std::int64_t to, double speed = 0.8)
    {
        std::vector<float> heard;
        const auto begun = std::chrono::steady_clock::now();
        for (auto at = from; at < to;)
        {
            const auto count = std::min<std::int64_t> (1 + (std::int64_t) (dice() % 900), to - at);
            std::vector<float> block ((std::size_t) count);
            const auto& plan = stage.planFor ({ { at }, block.size(), true, false });
            stage.read (plan, { block });
            heard.insert (heard.end(), block.begin(), block.end());
            at += count;
            std::this_thread::sleep_until (
                begun + std::chrono::duration<double> ((double) (at - from) / stage.hostRate() / speed));
        }
        return heard;
    }

    void stop() { stage.planFor ({ { 0 }, 512, false, false }); }

private:
    Stage& stage;
    std::minstd_rand dice { 7 };
};

/** Outside these places each sample is right; within them each is silent or faded, and there is speech. */
void checkPlaces (const std::vector<float>& heard, const std::vector<float>& right,
                  const std::vector<Hole>& holes)
{
    std::vector<char> isNamed (heard.size());
    for (const auto& hole : holes)
        for (auto at = hole.position.value; at < hole.position.value + hole.count; ++at)
            isNamed.at ((std::size_t) at) = 1;
    std::int64_t wrong = 0, untrue = 0, loud = 0, silent = 0;
    for (std::size_t i = 0; i < heard.size(); ++i)
    {
        silent += isNamed[i] != 0 && ! isSpeech (right, i);
        wrong += isNamed[i] == 0 && heard[i] != right[i];
        untrue += isNamed[i] != 0 && heard[i] == right[i] && right[i] != 0.0f;
        loud += std::abs (heard[i]) > std::abs (right[i]);
    }
    CHECK (wrong == 0);
    CHECK (untrue == 0);
    CHECK (silent == 0);
    CHECK (loud == 0);
}
} // namespace

TEST_CASE ("Where the engine is late it is silent, and exactly these places are reported",
           "[source][playback][late]")
{
    const double rate = GENERATE (24'000.0, 44'100.0);
    CAPTURE (rate);
    StageFixture fixture;
    FakeFaults slow;
    slow.frameMs = 100; // a frame is 133 ms of speech; the first ones come too late
    const FakeEngine engine (fixture.socket(), slow);
    Stage stage (fixture.options(), fixture.ear);
    stage.setHostRate (rate);
    play (stage, slowScore());
    REQUIRE (eventually ([&] { return statesOf (stage).size() == 4; }));
    LateHost host (stage);
    const auto length = (std::int64_t) (3.0 * rate);
    const auto heard = host.play (0, length);
    CHECK (stage.late() > 0);
    CHECK (fixture.ear.played().empty()); // it still plays
    host.stop();
    REQUIRE (eventually ([&] { return ! fixture.ear.played().empty(); }));
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    std::this_thread::sleep_for (300ms); // for the correction

    const auto told = fixture.ear.played();
    CHECK (told.size() <= 2);
    CHECK (told.back().isCorrection == (told.size() == 2));
    CHECK (told.back().hostRateHz == rate);
    const auto right = bounce (stage, (std::size_t) length);
    CHECK (std::any_of (heard.begin(), heard.end(), [] (float sample) { return sample != 0.0f; }));
    REQUIRE_FALSE (told.back().holes.empty());
    checkPlaces (heard, right, told.back().holes);

    std::this_thread::sleep_for (300ms); // the stage has nothing left to do
    CHECK ((host.play (0, 20'000, 1.9) == std::vector (right.begin(), right.begin() + 20'000)));
    host.stop();
    REQUIRE (eventually ([&] { return fixture.ear.played().size() == told.size() + 1; }));
    CHECK (fixture.ear.played().back().holes.empty());
    CHECK (stage.late() == 0);
    REQUIRE (fixture.ear.bounces().size() == 1);
    CHECK (fixture.ear.bounces()[0].before.holes.empty());
}

TEST_CASE ("Where a line has failed all of it is reported, with the reason", "[source][playback][late]")
{
    StageFixture fixture;
    FakeFaults refusing;
    refusing.refuseStatus = 404;
    const FakeEngine engine (fixture.socket(), refusing);
    Stage stage (fixture.options(), fixture.ear);
    play (stage, scoreOf ({ partOf (1, 5) }));
    stage.renderAll();
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Failed); }));
    std::this_thread::sleep_for (250ms); // the stage has nothing left to do
    LateHost host (stage);
    const auto length = stage.view()->parts[0].place.length.value;
    const auto heard = host.play (0, length + 1'000, 1.9);
    CHECK (heard == std::vector<float> ((std::size_t) length + 1'000));
    CHECK (stage.late() == length);
    host.stop();
    REQUIRE (eventually ([&] { return ! fixture.ear.played().empty(); }));
    const auto told = fixture.ear.played();
    CHECK ((told[0].holes == std::vector<Hole> { { 1, { 0 }, 0, length } }));
    REQUIRE (told[0].reasons.contains (1));
    CHECK_THAT (told[0].reasons.at (1), Catch::Contains ("the file is not audio"));
}

TEST_CASE ("The second before a bounce is noticed is in its report", "[source][playback][late]")
{
    StageFixture fixture;
    FakeFaults slow;
    slow.waits = true;
    FakeEngine engine (fixture.socket(), slow);
    Stage stage (fixture.options(), fixture.ear);
    const auto score = scoreOf ({ partOf (1, 12), partOf (2, 12) });
    play (stage, score);
    REQUIRE (eventually ([&] { return statesOf (stage).size() == 2; }));
    std::thread later ([&] {
        std::this_thread::sleep_for (500ms);
        engine.goOn();
    });
    const auto right = soundOf (score);
    LateHost host (stage);
    const auto heard = host.play (0, (std::int64_t) right.size(), 1e6); // as fast as it can
    later.join();
    host.stop();
    REQUIRE (eventually ([&] { return ! fixture.ear.bounces().empty(); }));
    const auto bounce = fixture.ear.bounces().back();
    CHECK (bounce.gaps.empty());
    REQUIRE_FALSE (bounce.before.holes.empty());
    checkPlaces (heard, right, bounce.before.holes);
    CHECK (fixture.ear.played().empty());
}

TEST_CASE ("A host that stops and bounces at once has two reports", "[source][playback][late]")
{
    StageFixture fixture;
    FakeFaults slow;
    slow.loadMs = 500;
    const FakeEngine engine (fixture.socket(), slow);
    Stage stage (fixture.options(), fixture.ear);
    const auto score = scoreOf ({ partOf (1, 5) });
    play (stage, score);
    REQUIRE (eventually ([&] { return statesOf (stage).size() == 1; }));
    LateHost host (stage);
    (void) host.play (0, 2'000, 1.9);
    if (GENERATE (true, false)) // or it goes on playing offline, which nobody needs to notice
        host.stop();
    CHECK ((bounce (stage, soundOf (score).size()) == soundOf (score)));
    REQUIRE (eventually ([&] { return ! fixture.ear.bounces().empty() && ! fixture.ear.played().empty(); }));
    CHECK (fixture.ear.bounces().back().before.holes.empty());
    CHECK ((fixture.ear.played().back().holes == std::vector<Hole> { { 1, { 0 }, 0, 2'000 } }));
}

TEST_CASE ("What is silent since the host has another rate is reported too", "[source][playback][late]")
{
    StageFixture fixture;
    auto score = slowScore();
    for (auto& part : score.parts)
        part = withKnown (std::move (part), *fixture.store);
    Stage stage (fixture.options(), fixture.ear);
    play (stage, score);
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    stage.setHostRate (48'000.0);
    stage.settle();
    LateHost host (stage);
    const auto heard = host.play (0, 40'000, 1.9);
    host.stop();
    std::this_thread::sleep_for (250ms);
    const auto told = fixture.ear.played(); // nothing, if it was there in time
    checkPlaces (heard, bounce (stage, heard.size()), told.empty() ? std::vector<Hole>() : told.back().holes);
}

TEST_CASE ("What has begun to sound stays where it is, however large the blocks are",
           "[source][playback][late]")
{
    constexpr std::int64_t size = 8'192, first = 6 * size, start = first + 6'000;
    StageFixture fixture;
    FakeFaults slow;
    slow.waits = true;
    FakeEngine engine (fixture.socket(), slow);
    Stage stage (fixture.options(), fixture.ear);
    stage.setWaitMode (WaitMode::Never); // these blocks come faster than they can be heard
    auto late = partOf (1, 12);
    late.item.estimate = { start }; // 17 frames
    const auto known = withKnown (partOf (2, 6), *fixture.store);
    play (stage, scoreOf ({ late, known }));
    REQUIRE (eventually ([&] {
        const auto states = statesOf (stage);
        return states.size() == 2 && states[1] == PartState::Done;
    }));
    std::vector<float> block ((std::size_t) size);
    const auto hear = [&] (std::int64_t at) {
        stage.read (stage.planFor ({ { at }, block.size(), true, false }), { block });
    };
    hear (first - size);
    REQUIRE (eventually ([&] { return engine.jobs() == 1; })); // so the stage knows that it plays
    hear (first);
    const auto speech = speechOf (known);
    CHECK (std::equal (block.begin() + 6'000, block.end(), speech.begin()));
    engine.goOn();
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    hear (first + size);
    CHECK (std::equal (block.begin(), block.end(), speech.begin() + size - 6'000));
}

TEST_CASE ("What was played is reported when the session is closed", "[source][playback][late]")
{
    StageFixture fixture;
    {
        Stage stage (fixture.options(), fixture.ear); // without an engine
        play (stage, scoreOf ({ partOf (1, 5) }));
        REQUIRE (eventually ([&] { return statesOf (stage).size() == 1; }));
        LateHost host (stage);
        (void) host.play (0, 2'000);
        host.stop();
    }
    REQUIRE (fixture.ear.played().size() == 1);
    CHECK ((fixture.ear.played()[0].holes == std::vector<Hole> { { 1, { 0 }, 0, 2'000 } }));
}

TEST_CASE ("What was missing in one project is told of no other", "[source][playback][late]")
{
    StageFixture fixture;
    FakeFaults slow;
    slow.waits = true;
    FakeEngine engine (fixture.socket(), slow);
    auto options = fixture.options();
    options.patience = 100ms;
    Stage stage (options, fixture.ear);
    play (stage, scoreOf ({ partOf (1, 12) }));
    REQUIRE (eventually ([&] { return statesOf (stage).size() == 1; }));
    (void) bounce (stage, 2'000);
    REQUIRE (eventually ([&] { return fixture.ear.bounces().size() == 1; }));
    REQUIRE (stage.gaps().size() == 1);
    LateHost host (stage);
    (void) host.play (0, 12'000, 1.9);
    host.stop();
    REQUIRE (eventually ([&] { return fixture.ear.played().size() == 1; }));

    stage.forgetGaps();
    CHECK (stage.gaps().empty());
    play (stage, scoreOf ({ withKnown (partOf (1, 2), *fixture.store) })); // shorter, which would correct it
    REQUIRE (eventually ([&] { return isAll (stage, PartState::Done); }));
    std::this_thread::sleep_for (250ms);
    CHECK (fixture.ear.played().size() == 1);
    engine.goOn();
}
