// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <catch2/catch.hpp>

#include "EngineLink/Operation/Operator.h"
#include "EngineLink/RunningEngine.h"
#include "FakeProcess.h"
#include "Support/Eventually.h"
#include "Support/FakeEngine.h"
#include "Support/RawServer.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Operation = EngineOperation::Kind;
using EngineState = EngineView::State;

namespace
{
EngineOperator::Options quick (const Supervisor::Options& engine)
{
    EngineOperator::Options options { .engine = engine, .every = 20ms, .patience = 300ms };
    options.engine.timeouts.health = 500ms;
    options.engine.timeouts.probe = 200ms;
    options.engine.timeouts.silence = 1s;
    return options;
}

/** An operator that somebody watches. */
struct Watched
{
    explicit Watched (const EngineOperator::Options& options) : engine (options) { engine.setWatched (true); }

    bool shows (EngineState state)
    {
        return eventually ([&] { return engine.view()->state == state; });
    }

    /** Waits for the end of an operation, which is begun here. */
    EngineView::Ended ended (const EngineOperation& operation)
    {
        const auto of = [&] (const EngineView& view) {
            return operation.kind == Operation::Plan ? view.plan : view.ended;
        };
        const auto before = of (*engine.view());
        REQUIRE (engine.begin (operation));
        REQUIRE (eventually ([&] {
            const auto now = of (*engine.view());
            return now && (! before || now->number != before->number);
        }));
        return *of (*engine.view());
    }

    EngineOperator engine;
};

protocol::LoadSettings layers (std::int64_t count)
{
    return { .gpuLayers = count };
}
} // namespace

TEST_CASE ("An operator shows how an engine is, and plans and loads its model",
           "[source][enginelink][operator]")
{
    const FakeProcess process;
    FakeEngine fake (process.socket());
    Watched watched (quick (process.options()));
    REQUIRE (watched.shows (EngineState::Ready));
    const auto view = watched.engine.view();
    REQUIRE (view->models.size() == 1); // without other names
    CHECK (view->models[0].id == "tones");
    CHECK (view->models[0].offload->gpuLayers == 8);
    CHECK (view->models[0].memory->free == 3'000'000'000);
    CHECK (view->version.driver == "590.1");
    CHECK (view->figures.frameMs == Approx (40.0));
    CHECK (view->figures.firstAudioMs == Approx (250.0));
    CHECK (view->figures.realTimeFactor == Approx (0.5));
    CHECK (view->figures.waiting == 2);
    REQUIRE (view->figures.gpus.size() == 1);
    CHECK (view->figures.gpus[0].device == "Fake \"GPU\"");
    CHECK (view->figures.gpus[0].total == 10'000'000'000);
    CHECK_FALSE (view->running);

    const auto plan = watched.ended ({ Operation::Plan, {}, layers (12) });
    REQUIRE (plan.model);
    CHECK (plan.model->offload->gpuLayers == 12);
    CHECK (plan.model->memory->resident == 1'200'000'000);
    CHECK (plan.model->hostBytes == 1'600'000'000);
    CHECK (watched.engine.view()->models[0].offload->gpuLayers == 8); // nothing was loaded
    CHECK_FALSE (watched.engine.view()->ended);

    const auto load = watched.ended ({ Operation::Load, "tones", layers (12) });
    REQUIRE (load.model);
    CHECK (load.model->changed);
    CHECK (load.model->state == "loaded");
    CHECK (eventually ([&] { return watched.engine.view()->models[0].offload->gpuLayers == 12; }));
    CHECK (fake.modelRequests() ==
           std::vector<std::string> { R"({"gpu_layers":12})", R"({"gpu_layers":12})" });
    CHECK (watched.ended ({ Operation::Unload, "tones" }).model->state == "unloaded");
}

TEST_CASE ("What an engine refuses is told in its words", "[source][enginelink][operator]")
{
    const FakeProcess process;
    FakeEngine fake (process.socket());
    Watched watched (quick (process.options()));
    for (const auto kind : { Operation::Plan, Operation::Load })
    {
        const auto refused = watched.ended ({ kind, {}, layers (20) });
        REQUIRE (refused.failure);
        CHECK (refused.failure->code == ErrorCode::OutOfMemory);
        CHECK_THAT (refused.failure->message, Contains ("Lower gpu_layers to 18"));
        CHECK_FALSE (refused.model);
    }
    CHECK_THAT (watched.ended ({ Operation::Load, "nobody", {} }).failure->text(), Contains ("connection"));
}

TEST_CASE ("A loading of long is shown, can be left, and keeps nobody waiting",
           "[source][enginelink][operator]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.reloadMs = 60'000;
    FakeEngine fake (process.socket(), faults);
    auto options = quick (process.options());
    options.mostWaiting = 2;
    Watched watched (options);
    REQUIRE (watched.shows (EngineState::Ready));
    REQUIRE (watched.engine.begin ({ Operation::Load, "tones", layers (12) }));
    REQUIRE (watched.shows (EngineState::Loading)); // longer than any limit of an answer
    CHECK (watched.engine.view()->running->what.kind == Operation::Load);
    CHECK (watched.engine.view()->health.loadingBytes > 0);
    std::this_thread::sleep_for (2s); // longer than the limit of silence: it lives
    CHECK (watched.engine.view()->running);

    CHECK (watched.engine.begin ({ Operation::Plan, {}, layers (1) }));
    CHECK (watched.engine.begin ({ Operation::Plan, {}, layers (2) })); // in the place of the other
    CHECK (watched.engine.begin ({ Operation::Unload, "tones" }));
    CHECK (watched.engine.begin ({ Operation::Unload, "tones" }).error().code == ErrorCode::Busy);
    watched.engine.cancel();
    REQUIRE (eventually ([&] { return watched.engine.view()->ended.has_value(); }, 5s));
    CHECK (watched.engine.view()->ended->failure->code == ErrorCode::Cancelled);
    CHECK (watched.engine.view()->waiting == 0);
    CHECK (watched.ended ({ Operation::Plan, {}, layers (3) }).model); // the next one is not cancelled
    CHECK (fake.modelRequests().size() == 2);
}

TEST_CASE ("An operator that goes while a model loads does not wait for it", "[source][enginelink][operator]")
{
    const FakeProcess process;
    FakeFaults faults;
    faults.reloadMs = 60'000;
    FakeEngine fake (process.socket(), faults);
    const auto begun = std::chrono::steady_clock::now();
    {
        Watched watched (quick (process.options()));
        REQUIRE (watched.engine.begin ({ Operation::Load, "tones", {} }));
        REQUIRE (eventually ([&] { return fake.modelRequests().size() == 1; }));
    }
    CHECK (std::chrono::steady_clock::now() - begun < 10s);
}

TEST_CASE ("An engine that is absent, silent or of another version is told apart",
           "[source][enginelink][operator][errors]")
{
    const FakeProcess process;
    SECTION ("absent")
    {
        auto options = quick (process.options());
        options.engine.search.setting = "/nowhere/tableread-engine";
        Watched watched (options);
        CHECK (watched.shows (EngineState::Absent));
        CHECK_THAT (watched.ended ({ Operation::Load, "tones", {} }).failure->text(),
                    Contains ("Start it first"));
        CHECK (watched.ended ({ Operation::Start }).failure->code == ErrorCode::NotFound);
        CHECK_FALSE (watched.ended ({ Operation::Stop }).failure); // it is not there
    }
    SECTION ("absent, with a program that can be started or cannot")
    {
        auto options = quick (process.options());
        options.engine.search.setting = "/nowhere/tableread-engine";
        Watched watched (options);
        const auto saysWhy = [&] (const std::string& why) {
            return eventually ([&] {
                const auto view = watched.engine.view();
                return view->state == EngineState::Absent &&
                       (view->problem ? view->problem->where : std::string()) == why;
            });
        };
        CHECK (saysWhy ("/nowhere/tableread-engine"));
        watched.engine.setProgram ("/bin/false");
        CHECK (saysWhy (""));
        watched.engine.setProgram ("/nowhere/other");
        CHECK (saysWhy ("/nowhere/other"));
    }
    SECTION ("hung")
    {
        FakeFaults faults;
        faults.hangs = true;
        FakeEngine fake (process.socket(), faults);
        Watched watched (quick (process.options()));
        CHECK (watched.shows (EngineState::Silent));
        REQUIRE (watched.engine.view()->problem);
        const auto failed = watched.ended ({ Operation::Load, "tones", {} });
        REQUIRE (failed.failure);
        CHECK_THAT (failed.failure->text(), Contains ("a model was being loaded") &&
                                                Contains ("Its log: " + watched.engine.log().string()));
    }
    SECTION ("of another protocol")
    {
        FakeFaults faults;
        faults.protocol = 2;
        FakeEngine fake (process.socket(), faults);
        Watched watched (quick (process.options()));
        CHECK (watched.shows (EngineState::Foreign));
        CHECK (watched.engine.view()->health.protocol == 2);
        CHECK (watched.engine.view()->models.empty());
        CHECK (watched.ended ({ Operation::Start }).failure->code == ErrorCode::Unsupported);
    }
    SECTION ("that answers nonsense")
    {
        const RawServer nonsense (process.socket(), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
        Watched watched (quick (process.options()));
        CHECK (watched.shows (EngineState::Silent));
        CHECK (watched.ended ({ Operation::Plan, {}, {} }).failure);
    }
}

TEST_CASE ("An engine that dies while a model loads is seen at once",
           "[source][enginelink][operator][errors]")
{
    const FakeProcess process ("reload-ms=100;die-loading");
    Watched watched (quick (process.options()));
    CHECK_FALSE (watched.ended ({ Operation::Start }).failure);
    REQUIRE (watched.shows (EngineState::Ready));
    const auto died = watched.ended ({ Operation::Load, "tones", layers (12) });
    REQUIRE (died.failure);
    CHECK (died.failure->code == ErrorCode::Io);
    CHECK_THAT (died.failure->message,
                Contains ("broke while a model was being loaded") && Contains ("engine.log"));
    CHECK (watched.shows (EngineState::Absent));
    CHECK (watched.engine.view()->models.empty());
    CHECK_FALSE (watched.ended ({ Operation::Start }).failure); // it can be started again
    CHECK (watched.shows (EngineState::Ready));
    CHECK (process.starts() == 2);
}

TEST_CASE ("An engine is started, ended and started anew", "[source][enginelink][operator]")
{
    const FakeProcess process ("load-ms=300");
    Watched watched (quick (process.options()));
    REQUIRE (watched.shows (EngineState::Absent));
    REQUIRE (watched.engine.begin ({ Operation::Start }));
    REQUIRE (eventually ([&] {
        const auto running = watched.engine.view()->running;
        return running && running->start.step == StartProgress::Step::Loading;
    }));
    REQUIRE (watched.shows (EngineState::Ready));
    REQUIRE (eventually ([&] { return ! watched.engine.view()->running; }));
    CHECK_FALSE (watched.engine.view()->ended->failure);
    CHECK_FALSE (watched.ended ({ Operation::Restart }).failure);
    CHECK (process.starts() == 2);
    CHECK_FALSE (watched.ended ({ Operation::Stop }).failure);
    CHECK (watched.shows (EngineState::Absent));
    CHECK (listenerAt (process.socket()) == 0);
    CHECK_FALSE (watched.ended ({ Operation::StartEmbedded }).failure);
    CHECK (process.starts() == 3);
}

TEST_CASE ("An engine of somebody else is not ended", "[source][enginelink][operator][errors]")
{
    const FakeProcess process;
    FakeEngine fake (process.socket()); // in this process, which is not the engine's program
    Watched watched (quick (process.options()));
    for (const auto kind : { Operation::Stop, Operation::Restart })
    {
        const auto refused = watched.ended ({ kind });
        REQUIRE (refused.failure);
        CHECK (refused.failure->code == ErrorCode::Unsupported);
    }
    CHECK (watched.shows (EngineState::Ready));
}

TEST_CASE ("Nobody asks an engine while nobody watches", "[source][enginelink][operator]")
{
    const FakeProcess process;
    const RawServer engine (process.socket(), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    EngineOperator unwatched (quick (process.options()));
    std::this_thread::sleep_for (200ms);
    CHECK (engine.calls() == 0);
    unwatched.setWatched (true);
    CHECK (eventually ([&] { return engine.calls() > 3; }));
    unwatched.setWatched (false);
    std::this_thread::sleep_for (600ms);
    const auto calls = engine.calls();
    std::this_thread::sleep_for (200ms);
    CHECK (engine.calls() == calls);
}
