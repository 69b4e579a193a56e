// SPDX-License-Identifier: Apache-2.0
// RenderLink with several requests under way.
#include <algorithm>

#include <catch2/catch.hpp>

#include "FakeProcess.h"
#include "LinkFixture.h"
#include "Passage/Passage.h"
#include "Support/Eventually.h"
#include "Support/FakeEngine.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
std::vector<std::uint64_t> seedsOf (const FakeEngine& engine)
{
    std::vector<std::uint64_t> seeds;
    for (const auto& request : engine.requests())
        seeds.push_back (request.seed);
    return seeds;
}
} // namespace

TEST_CASE ("As many requests are under way as the engine has seats", "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.waits = true;
    faults.seats = GENERATE (1, 4, 40);
    auto options = fast (process.options());
    options.mostAtOnce = 8;
    FakeEngine engine (process.socket(), faults);
    Watcher watcher;
    RenderLink link (options, watcher);
    std::vector<Asked> all;
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        all.push_back (submit (link, lineOf (3, seed)));
    const auto atOnce = std::min (faults.seats, options.mostAtOnce);
    CHECK (eventually ([&] { return engine.jobs() == atOnce; }));
    CHECK (link.status().underWay == (std::size_t) atOnce);
    CHECK (link.status().seats == atOnce);
    engine.goOn();
    for (const auto& each : all)
        REQUIRE (watcher.waitForEnd (*each.take));
    for (const auto& each : all)
        CHECK (each.isWhole());
    CHECK (engine.mostAtOnce() == atOnce);
    CHECK (engine.jobs() == 20);
}

TEST_CASE ("A short take ends before a longer one that began earlier", "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.seats = 2;
    faults.frameMs = 20;
    const FakeEngine engine (process.socket(), faults);
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto longer = submit (link, lineOf (40, 1)), shorter = submit (link, lineOf (2, 2));
    REQUIRE (watcher.waitForEnd (*shorter.take));
    CHECK (longer.take->state() == TakeState::Rendering);
    CHECK (shorter.isWhole());
    REQUIRE (watcher.waitForEnd (*longer.take));
    CHECK (longer.isWhole());
}

TEST_CASE ("The most urgent take is asked for next, also after a change of mind",
           "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.waits = true;
    FakeEngine engine (process.socket(), faults);
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto running = submit (link, line (0));
    REQUIRE (watcher.waitFor ([&] { return running.take->audio().rendered() > 0; }));
    const auto a = submit (link, line (1), { 50 }), b = submit (link, line (2), { 30 }),
               c = submit (link, line (3), { 40 }), d = submit (link, line (4), { 30 });
    const RenderQueue::Change seek[] { { a.take.get(), { 10 } }, { c.take.get(), { 20 } } };
    link.reorder (seek);
    engine.goOn();
    for (const auto* each : { &running, &a, &b, &c, &d })
        REQUIRE (watcher.waitForEnd (*each->take));
    CHECK (seedsOf (engine) == std::vector<std::uint64_t> { 0, 1, 3, 2, 4 });
}

TEST_CASE ("The engine is told when takes are due, and of changes while they wait in its queue",
           "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.seats = 2;
    faults.queue = 8;
    faults.waits = true;
    faults.frameMs = 20;
    FakeEngine engine (process.socket(), faults);
    Watcher watcher;
    auto options = fast (process.options());
    options.lookEvery = 20ms;
    RenderLink others (options, watcher), link (options, watcher);
    const auto one = submit (others, lineOf (3, 1)), two = submit (others, lineOf (60, 2));
    REQUIRE (watcher.waitFor (
        [&] { return one.take->audio().rendered() > 0 && two.take->audio().rendered() > 0; }));

    const auto soon = Urgency::Clock::now() + 60s;
    const auto first = submit (link, lineOf (60, 3), { 1, soon }),
               second = submit (link, lineOf (3, 4), { 2 });
    REQUIRE (eventually ([&] { return engine.waiting() == 2; }));
    CHECK (eventually ([&] { return link.status().moves >= 4; })); // both began, and their places are known
    const RenderQueue::Change seek[] { { second.take.get(), { 0, Urgency::Clock::now() } } };
    link.reorder (seek);
    REQUIRE (eventually ([&] { return engine.changes() >= 1; }));
    engine.goOn();
    for (const auto* each : { &one, &two, &first, &second })
        REQUIRE (watcher.waitForEnd (*each->take));
    const auto requests = engine.requests();
    REQUIRE (requests.size() == 4);
    CHECK (requests[2].seed == 4); // the place that became free first
    CHECK_FALSE (requests[2].dueMs);
    CHECK (requests[3].seed == 3);
    REQUIRE (requests[3].dueMs);
    CHECK (*requests[3].dueMs > 1'000.0);
    CHECK (*requests[3].dueMs <= 60'000.0);
    CHECK (requests[2].id != requests[3].id);
}

TEST_CASE ("An engine that is killed with four requests under way is started once, and all are whole",
           "[source][enginelink][threads]")
{
    const FakeProcess process ("seats=4;frame-ms=30");
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    std::vector<Asked> all;
    for (std::uint64_t seed = 0; seed < 6; ++seed)
        all.push_back (submit (link, lineOf (20, seed)));
    REQUIRE (watcher.waitFor ([&] {
        return std::count_if (all.begin(), all.end(),
                              [] (const Asked& each) { return each.take->audio().rendered() > 0; }) == 4;
    }));
    process.kill();
    for (const auto& each : all)
        REQUIRE (watcher.waitForEnd (*each.take));
    for (const auto& each : all)
        CHECK (each.isWhole());
    CHECK (process.starts() == 2);
    CHECK (link.status().losses == 1);
}

TEST_CASE ("A take that kills the engine fails, and those beside and behind it are whole",
           "[source][enginelink][threads]")
{
    const FakeProcess process ("seats=2;die=3;die-text=poison;frame-ms=5");
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto beside = submit (link, lineOf (12, 1)),
               poison = submit (link, line (2, "It was poison, my lord.")),
               behind = submit (link, lineOf (12, 3)), last = submit (link, lineOf (12, 4));
    for (const auto* each : { &beside, &poison, &behind, &last })
        REQUIRE (watcher.waitForEnd (*each->take));
    CHECK (poison.take->state() == TakeState::Failed);
    CHECK_THAT (poison.take->error().message, Catch::Contains ("Tried 5 times"));
    for (const auto* each : { &beside, &behind, &last })
    {
        CAPTURE (each->take->error().text());
        CHECK (each->isWhole());
    }
}

TEST_CASE ("One take is cancelled, and the others go on", "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.seats = 2;
    faults.waits = true;
    FakeEngine engine (process.socket(), faults);
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto one = submit (link, line (1)), two = submit (link, line (2)),
               waiting = submit (link, line (3)), last = submit (link, line (4));
    REQUIRE (watcher.waitFor (
        [&] { return one.take->audio().rendered() > 0 && two.take->audio().rendered() > 0; }));
    link.cancel (*waiting.take);
    REQUIRE (watcher.waitForEnd (*waiting.take));
    link.cancel (*one.take);
    REQUIRE (watcher.waitForEnd (*one.take));
    engine.goOn();
    REQUIRE (watcher.waitForEnd (*two.take));
    REQUIRE (watcher.waitForEnd (*last.take));
    CHECK (waiting.take->state() == TakeState::Cancelled);
    CHECK (waiting.take->audio().rendered() == 0);
    CHECK (one.take->state() == TakeState::Cancelled);
    CHECK (two.isWhole());
    CHECK (last.isWhole());
    CHECK (engine.jobs() == 3);
}

TEST_CASE ("A link that is full says so, and drops nothing", "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.waits = true;
    FakeEngine engine (process.socket(), faults);
    Watcher watcher;
    auto options = fast (process.options());
    options.mostJobs = 3;
    RenderLink link (options, watcher);
    std::vector<Asked> all { submit (link, line (0)) };
    REQUIRE (watcher.waitFor ([&] { return all[0].take->audio().rendered() > 0; }));
    for (std::uint64_t seed = 1; seed < 4; ++seed)
        all.push_back (submit (link, line (seed)));
    Asked refused { .request = line (4) };
    const auto result = link.submit (refused.take, refused.request);
    REQUIRE_FALSE (result);
    CHECK (result.error().code == ErrorCode::Busy);
    CHECK (refused.take->state() == TakeState::Queued);
    engine.goOn();
    for (const auto& each : all)
        REQUIRE (watcher.waitForEnd (*each.take));
    for (const auto& each : all)
        CHECK (each.isWhole());
    REQUIRE (link.submit (refused.take, refused.request));
    REQUIRE (watcher.waitForEnd (*refused.take));
    CHECK (refused.isWhole());
}

TEST_CASE ("A link tells how far its takes are, and how long the rest will take", "[source][enginelink]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.waits = true;
    faults.frameMs = 10;
    FakeEngine engine (process.socket(), faults);
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    CHECK (link.progress().takes.empty());
    CHECK_FALSE (link.progress().secondsLeft);
    const auto running = submit (link, lineOf (12, 1)), waiting = submit (link, lineOf (4, 2));
    REQUIRE (watcher.waitFor (
        [&] { return running.take->audio().rendered() >= (std::int64_t) fakeFrameSamples; }));
    const auto progress = link.progress();
    REQUIRE (progress.takes.size() == 2);
    CHECK (progress.takes[0].take == running.take);
    CHECK (progress.takes[0].isUnderWay);
    CHECK (progress.takes[0].frames == 1);
    CHECK (progress.takes[0].expectedFrames == estimatedLength (80).value / (std::int64_t) fakeFrameSamples);
    CHECK_FALSE (progress.takes[1].isUnderWay);
    CHECK (progress.takes[1].frames == 0);
    REQUIRE (progress.realTimeFactor);
    CHECK (*progress.realTimeFactor > 0.0);
    REQUIRE (progress.firstAudio);
    CHECK (*progress.firstAudio >= 10ms);
    REQUIRE (progress.secondsLeft);
    CHECK (*progress.secondsLeft > *progress.realTimeFactor); // more than a second of speech is missing
    engine.goOn();
    REQUIRE (watcher.waitForEnd (*waiting.take));
    CHECK (eventually ([&] { return link.progress().takes.empty(); }));
}
