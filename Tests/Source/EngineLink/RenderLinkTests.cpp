// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>

#include <catch2/catch.hpp>

#include "EngineLink/RenderLink.h"
#include "FakeProcess.h"
#include "LinkFixture.h"
#include "Support/FakeEngine.h"
#include "Support/Instrumented.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

TEST_CASE ("Takes are filled in the order in which they were asked for", "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeEngine engine (process.socket());
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    std::vector<std::shared_ptr<Take>> takes;
    for (std::uint64_t seed = 0; seed < 4; ++seed)
    {
        takes.push_back (std::make_shared<Take>());
        REQUIRE (link.submit (takes.back(), line (seed)));
    }
    REQUIRE (watcher.waitForEnd (*takes.back()));
    for (std::uint64_t seed = 0; seed < 4; ++seed)
    {
        CHECK (takes[seed]->state() == TakeState::Done);
        CHECK (takes[seed]->fingerprint() == "fake-1");
        CHECK ((speechOf (*takes[seed]) == fakeSpeech (line (seed))));
        CHECK (engine.requests()[seed].seed == seed);
    }
    CHECK (watcher.changes() > 8);
}

TEST_CASE ("A take knows whether the length limit cut it off", "[source][enginelink][threads]")
{
    const bool isCut = GENERATE (false, true);
    const FakeProcess process (isCut ? "finish=length" : "finish=stop");
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto take = std::make_shared<Take>();
    REQUIRE (link.submit (take, line (5)));
    REQUIRE (watcher.waitForEnd (*take));
    CHECK (take->state() == TakeState::Done);
    CHECK (take->ending() == (isCut ? Take::Ending::CutOff : Take::Ending::Whole));
}

TEST_CASE ("A job that somebody else cancels ends its take", "[source][enginelink][threads]")
{
    const FakeProcess process ("finish=cancelled");
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto take = std::make_shared<Take>();
    REQUIRE (link.submit (take, line (5)));
    REQUIRE (watcher.waitForEnd (*take));
    CHECK (take->state() == TakeState::Cancelled);
}

TEST_CASE ("An engine that dies within a line is started again and the line is whole",
           "[source][enginelink][threads]")
{
    const TemporaryFolder marks;
    const FakeProcess process ("die=3;die-once=" + (marks.path() / "died").string());
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto take = std::make_shared<Take>();
    REQUIRE (link.submit (take, line (5)));
    REQUIRE (watcher.waitForEnd (*take));
    CHECK (take->state() == TakeState::Done);
    CHECK ((speechOf (*take) == fakeSpeech (line (5))));
    CHECK (process.starts() == 2);
}

TEST_CASE ("An engine that dies at the same place again and again is given up on",
           "[source][enginelink][threads]")
{
    const FakeProcess process ("die=3");
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto take = std::make_shared<Take>(), next = std::make_shared<Take>();
    REQUIRE (link.submit (take, line (5)));
    REQUIRE (link.submit (next, line (6)));
    REQUIRE (watcher.waitForEnd (*next));
    CHECK (take->state() == TakeState::Failed);
    CHECK (take->audio().rendered() == 3 * (std::int64_t) fakeFrameSamples); // what was rendered stays
    CHECK_THAT (take->error().message, Catch::Contains ("Tried 5 times"));
    CHECK (next->state() == TakeState::Failed);
    CHECK (next->audio().rendered() == 3 * (std::int64_t) fakeFrameSamples); // it got its chance in between
    CHECK (process.starts() == 7); // two of them brought new samples, so five in a row did not
}

TEST_CASE ("An engine that gets a little further each time is not given up on",
           "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.cutAfterFrames = faults.cutStep = 1;
    faults.cuts = 9;
    FakeEngine engine (process.socket(), faults);
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto take = std::make_shared<Take>();
    auto request = line (1);
    request.lines[0].text = std::string (80, 'a'); // twelve frames
    REQUIRE (link.submit (take, request));
    REQUIRE (watcher.waitForEnd (*take));
    CHECK (take->state() == TakeState::Done);
    CHECK ((speechOf (*take) == fakeSpeech (request)));
    CHECK (engine.jobs() == 10);
}

TEST_CASE ("An engine that cannot be started fails what was asked for, with the reason",
           "[source][enginelink]")
{
    const FakeProcess process ("exit");
    Watcher watcher;
    auto options = fast (process.options());
    const auto take = std::make_shared<Take>();
    SECTION ("crashing at its start")
    {
        RenderLink link (options, watcher);
        REQUIRE (link.submit (take, line (1)));
        REQUIRE (watcher.waitForEnd (*take));
        CHECK_THAT (take->error().message, Catch::Contains ("the tones are out of tune"));
        CHECK (process.starts() == 3); // and no more unasked
    }
    SECTION ("not there")
    {
        options.engine.search.setting = "/nowhere/engine";
        RenderLink link (options, watcher);
        REQUIRE (link.submit (take, line (1)));
        REQUIRE (watcher.waitForEnd (*take));
        CHECK_THAT (take->error().text(),
                    Catch::StartsWith ("/nowhere/engine: the engine that the setting names"));
    }
    CHECK (take->state() == TakeState::Failed);
}

TEST_CASE ("After three failed starts a link is in safe mode until it is told to try again",
           "[source][enginelink]")
{
    const FakeProcess process ("exit");
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto submit = [&] {
        auto take = std::make_shared<Take>();
        REQUIRE (link.submit (take, line (1)));
        REQUIRE (watcher.waitForEnd (*take));
        return take;
    };
    CHECK (submit()->state() == TakeState::Failed);
    auto safe = link.status().safeMode;
    REQUIRE (safe);
    CHECK (safe->why == "the engine ended with exit code 3. Its last words: the tones are out of tune");
    CHECK (std::filesystem::exists (safe->log));
    CHECK_THAT (submit()->error().message,
                Catch::Contains ("3 times in a row") && Catch::Contains (safe->log.string()));
    CHECK (process.starts() == 3);

    SECTION ("as before")
    {
        link.tryAgain (false);
        CHECK_FALSE (link.status().safeMode);
        CHECK (submit()->state() == TakeState::Failed);
        CHECK (link.status().safeMode);
        CHECK (process.starts() == 6);
    }
    SECTION ("with the embedded model")
    {
        link.tryAgain (true);
        CHECK (submit()->state() == TakeState::Done);
        CHECK_FALSE (link.status().safeMode);
        CHECK (link.status().isEmbeddedOnly);
        CHECK (process.starts() == 4);
        process.kill();
        CHECK (submit()->state() == TakeState::Done); // it stays so
        CHECK (process.starts() == 5);

        link.tryAgain (false); // which ends that engine
        CHECK (submit()->state() == TakeState::Failed);
        CHECK_FALSE (link.status().isEmbeddedOnly);
        CHECK (process.starts() == 8);
    }
    SECTION ("with another program")
    {
        link.setProgram ("/nowhere/engine");
        CHECK_FALSE (link.status().safeMode);
        CHECK (submit()->error().code == ErrorCode::NotFound);
    }
    SECTION ("somebody else has started one")
    {
        const FakeEngine engine (process.socket());
        CHECK (submit()->state() == TakeState::Done);
        CHECK_FALSE (link.status().safeMode);
        CHECK (process.starts() == 3);
    }
}

TEST_CASE ("Whatever ends or stops an engine, in whatever state of a line, the line is whole",
           "[source][enginelink][threads]")
{
    const int signal = GENERATE (SIGKILL, SIGTERM, SIGSTOP);
    const bool whileLoading = GENERATE (true, false);
    CAPTURE (signal, whileLoading);
    const FakeProcess process ("frame-ms=50;load-ms=500");
    Watcher watcher;
    auto options = fast (process.options());
    options.engine.hangLimit = 2s;
    options.engine.endLimit = 200ms;
    options.engine.timeouts = { .health = 1s, .probe = 200ms, .silence = 2s };
    RenderLink link (options, watcher);
    const auto take = std::make_shared<Take>();
    REQUIRE (link.submit (take, line (5)));
    if (whileLoading)
        while (link.status().start.step != StartProgress::Step::Loading)
            std::this_thread::sleep_for (1ms);
    else
        REQUIRE (watcher.waitFor ([&] { return take->audio().rendered() > 0; }));
    if (signal == SIGSTOP)
        process.freeze();
    else
        process.signalAll (signal);
    REQUIRE (watcher.waitForEnd (*take));
    CHECK (take->state() == TakeState::Done);
    CHECK ((speechOf (*take) == fakeSpeech (line (5))));
    CHECK (process.starts() == 2);
    CHECK_FALSE (link.status().safeMode);
}

TEST_CASE ("What an engine has been silent before its line was lost counts for its end",
           "[source][enginelink][threads]")
{
    if (isInstrumented)
        return; // it measures time
    const FakeProcess process ("frame-ms=50");
    Watcher watcher;
    auto options = fast (process.options());
    options.engine.hangLimit = 4s;
    options.engine.endLimit = 100ms;
    options.engine.timeouts = { .health = 200ms, .probe = 100ms, .silence = 4s };
    RenderLink link (options, watcher);
    const auto take = std::make_shared<Take>();
    REQUIRE (link.submit (take, line (5)));
    REQUIRE (watcher.waitFor ([&] { return take->audio().rendered() > 0; }));
    process.freeze();
    const auto begun = std::chrono::steady_clock::now();
    REQUIRE (watcher.waitForEnd (*take));
    const auto took = std::chrono::steady_clock::now() - begun;
    CHECK (take->state() == TakeState::Done);
    CHECK (took > 4s);     // busy is not dead
    CHECK (took < 7500ms); // and it is not waited for twice
}

TEST_CASE ("Only the same performance is continued", "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.cutAfterFrames = 3;
    faults.drifts = true;
    FakeEngine engine (process.socket(), faults);
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto take = std::make_shared<Take>();
    REQUIRE (link.submit (take, line (1)));
    REQUIRE (watcher.waitForEnd (*take));
    CHECK (take->state() == TakeState::Failed);
    CHECK_THAT (take->error().message, Catch::Contains ("does not match what it sent before"));
    const auto said = fakeSpeech (line (1));
    CHECK ((speechOf (*take) ==
            std::vector<float> (said.begin(), said.begin() + 3 * (std::ptrdiff_t) fakeFrameSamples)));
}

TEST_CASE ("A busy engine is waited for, a refusal is final for its line alone",
           "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    Watcher watcher;
    const auto take = std::make_shared<Take>();
    SECTION ("busy, more often than a loss is forgiven")
    {
        faults.busyAnswers = 8;
        FakeEngine engine (process.socket(), faults);
        RenderLink link (fast (process.options()), watcher);
        REQUIRE (link.submit (take, line (1)));
        REQUIRE (watcher.waitForEnd (*take));
        CHECK (take->state() == TakeState::Done);
    }
    SECTION ("refused")
    {
        FakeEngine engine (process.socket(), faults);
        RenderLink link (fast (process.options()), watcher);
        auto bad = line (1);
        bad.lines[0].text.clear();
        bad.lines.clear();
        REQUIRE (link.submit (take, bad));
        const auto good = std::make_shared<Take>();
        REQUIRE (link.submit (good, line (2)));
        REQUIRE (watcher.waitForEnd (*good));
        CHECK (take->state() == TakeState::Failed);
        CHECK (take->error().where == "input");
        CHECK (good->state() == TakeState::Done);
    }
}

TEST_CASE ("Cancelling ends every take, and the next one is whole", "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults slow;
    slow.frameMs = 10;
    FakeEngine engine (process.socket(), slow);
    Watcher watcher;
    RenderLink link (fast (process.options()), watcher);
    const auto running = std::make_shared<Take>(), waiting = std::make_shared<Take>(),
               after = std::make_shared<Take>();
    REQUIRE (link.submit (running, line (1)));
    REQUIRE (link.submit (waiting, line (2)));
    REQUIRE (watcher.waitFor ([&] { return running->audio().rendered() > 0; }));
    link.cancelAll();
    REQUIRE (link.submit (after, line (3)));
    REQUIRE (watcher.waitForEnd (*after));
    CHECK (running->state() == TakeState::Cancelled);
    CHECK (waiting->state() == TakeState::Cancelled);
    CHECK (waiting->audio().rendered() == 0);
    CHECK (after->state() == TakeState::Done);
    CHECK ((speechOf (*after) == fakeSpeech (line (3))));
}

TEST_CASE ("A link that is destroyed ends its takes", "[source][enginelink][threads]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.hangs = GENERATE (true, false);
    faults.frameMs = 60'000;
    FakeEngine engine (process.socket(), faults);
    const auto first = std::make_shared<Take>(), second = std::make_shared<Take>();
    const auto begun = std::chrono::steady_clock::now();
    {
        Watcher watcher;
        RenderLink link (fast (process.options()), watcher);
        REQUIRE (link.submit (first, line (1)));
        REQUIRE (link.submit (second, line (2)));
        while ((faults.hangs ? engine.hung() : engine.jobs()) == 0)
            std::this_thread::sleep_for (1ms);
    }
    CHECK (std::chrono::steady_clock::now() - begun < 30s); // if the call were not ended: 60 s or more
    CHECK (first->state() == TakeState::Cancelled);
    CHECK (second->state() == TakeState::Cancelled);
}
