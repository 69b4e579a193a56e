// SPDX-License-Identifier: Apache-2.0
#include <future>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
using Outcome = Result<ModelOutcome>;
using Control = std::shared_ptr<FakeRendererControl>;

/** A worker with two models, whose seats are those of the controls. */
struct ChangingModels
{
    ChangingModels()
    {
        two->name = "two";
        two->frames = one->frames = 1'000;
        two->frameMs = one->frameMs = 1;
    }

    static RenderWorker::Loader loaderOf (const Control& control)
    {
        return [control] { return std::make_unique<FakeRenderer> (control); };
    }

    RenderWorker& start()
    {
        worker = std::make_unique<RenderWorker> (
            std::vector<RenderWorker::Loader> { loaderOf (one), loaderOf (two) }, RenderWorker::Limits {});
        return *worker;
    }

    /** Asks for a change. An empty loader: to unload. */
    std::future<Outcome> change (std::size_t model, RenderWorker::Loader loader = {}, int prefetch = 1) const
    {
        auto promise = std::make_shared<std::promise<Outcome>>();
        ModelChange wanted { .model = model,
                             .done = [promise] (const Outcome& outcome) { promise->set_value (outcome); } };
        if (loader)
        {
            LoadOptions settings;
            settings.offload.settings.prefetch = prefetch;
            wanted.load =
                ModelLoad { std::move (loader), [] (Renderer& each) { return each.info().mostPassages; } };
            if (prefetch != 1)
                wanted.load->settings = settings;
        }
        auto answer = promise->get_future();
        worker->change (std::move (wanted));
        return answer;
    }

    std::future<Outcome> load (std::size_t model, int prefetch = 1) const
    {
        return change (model, loaderOf (model == 0 ? one : two), prefetch);
    }

    std::shared_ptr<SpeechJob> speak (std::size_t model, const std::string& voice = {}) const
    {
        auto job = std::make_shared<SpeechJob>();
        job->model = model;
        job->lines.push_back ({ 0, "x" });
        if (! voice.empty())
            job->voices.push_back (std::make_shared<ShelfVoice> (ShelfVoice { { voice, {} }, voice }));
        REQUIRE (worker->submit (job));
        return job;
    }

    static bool isPending (const std::future<Outcome>& answer)
    {
        return answer.wait_for (std::chrono::milliseconds (50)) == std::future_status::timeout;
    }

    Control one = std::make_shared<FakeRendererControl>(), two = std::make_shared<FakeRendererControl>();
    std::unique_ptr<RenderWorker> worker;
};

Outcome get (std::future<Outcome> answer)
{
    REQUIRE (answer.wait_for (std::chrono::minutes (1)) == std::future_status::ready);
    return answer.get();
}

PcmQueue::State endOf (SpeechJob& job)
{
    std::vector<float> samples;
    auto state = PcmQueue::State::Open;
    CHECK (eventually ([&] { return (state = job.queue.take (samples)) != PcmQueue::State::Open; }));
    return state;
}
} // namespace

TEST_CASE ("Unloading waits for the passages of a model and frees it with its voices",
           "[engine][server][models]")
{
    ChangingModels fixture;
    fixture.one->mostPassages = 1;
    fixture.one->deviceBytesEach = 1000;
    auto& worker = fixture.start();
    worker.waitUntilLoaded();
    const auto running = fixture.speak (0, "anna");
    REQUIRE (eventually ([&] { return running->queue.unread() > 0; }));
    const auto waiting = fixture.speak (0);
    CHECK (fixture.one->voicesAlive == 1);

    auto answer = fixture.change (0);
    CHECK (endOf (*waiting) == PcmQueue::State::Failed);
    CHECK (waiting->queue.error().code == ErrorCode::Unloaded);
    CHECK (worker.status (0).state == ModelState::Unloading);
    CHECK (worker.status (0).info); // it is still there
    CHECK (! worker.info (0));
    const auto refused = worker.submit (std::make_shared<SpeechJob>());
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::Unloaded);
    CHECK_THAT (refused.error().message, Contains ("Load it: POST /v1/tableread/models/"));
    CHECK (fixture.isPending (answer));
    CHECK (fixture.one->alive == 1);

    CHECK (endOf (*running) == PcmQueue::State::Done);
    const auto outcome = get (std::move (answer));
    REQUIRE (outcome);
    CHECK (outcome->changed);
    CHECK (outcome->status.state == ModelState::Unloaded);
    CHECK (outcome->deviceBytes == 1000);
    CHECK (fixture.one->alive == 0);
    CHECK (fixture.one->voicesAlive == 0);
    CHECK (fixture.one->passagesRendered == 1);
}

TEST_CASE ("A model that is not loaded leaves the others alone", "[engine][server][models]")
{
    ChangingModels fixture;
    auto& worker = fixture.start();
    worker.waitUntilLoaded();
    const auto job = fixture.speak (1);
    REQUIRE (eventually ([&] { return job->queue.unread() > 0; }));
    REQUIRE (get (fixture.change (0)));
    CHECK (worker.info (1));
    CHECK (fixture.two->alive == 1);
    const auto spoken = job->queue.unread();
    CHECK (eventually ([&] { return job->queue.unread() > spoken; }));
    REQUIRE (get (fixture.load (0)));
    const auto again = fixture.speak (0);
    CHECK (endOf (*again) == PcmQueue::State::Done);
    CHECK (endOf (*job) == PcmQueue::State::Done);
}

TEST_CASE ("Jobs that wait for a model outlast its loading with other settings", "[engine][server][models]")
{
    ChangingModels fixture;
    fixture.one->mostPassages = 1;
    auto& worker = fixture.start();
    worker.waitUntilLoaded();
    const auto running = fixture.speak (0);
    REQUIRE (eventually ([&] { return running->queue.unread() > 0; }));
    const auto waiting = fixture.speak (0), stranger = std::make_shared<SpeechJob>();
    stranger->fingerprint = "of before";
    stranger->lines.push_back ({ 0, "y" });
    REQUIRE (worker.submit (stranger));

    auto answer = fixture.load (0, 2);
    CHECK (worker.status (0).state == ModelState::Loading);
    CHECK (worker.isLoading());
    const auto refused = worker.submit (std::make_shared<SpeechJob>());
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::Busy);
    CHECK (fixture.isPending (answer));
    const auto outcome = get (std::move (answer));
    REQUIRE (outcome);
    CHECK (outcome->changed);
    CHECK (outcome->status.state == ModelState::Loaded);
    CHECK (worker.info (0));
    CHECK (outcome->status.settings->offload.settings.prefetch == 2);
    CHECK (running->queue.ended());
    CHECK (endOf (*waiting) == PcmQueue::State::Done);
    CHECK (endOf (*stranger) == PcmQueue::State::Failed); // its client was told another fingerprint
    CHECK (stranger->queue.error().code == ErrorCode::Unloaded);
    CHECK (worker.load().waiting == 0);
}

TEST_CASE ("A job that is cancelled while its model is loaded leaves", "[engine][server][models]")
{
    ChangingModels fixture;
    fixture.one->mostPassages = 1;
    auto& worker = fixture.start();
    worker.waitUntilLoaded();
    const auto running = fixture.speak (0);
    REQUIRE (eventually ([&] { return running->queue.unread() > 0; }));
    auto waiting = fixture.speak (0);
    const std::weak_ptr<SpeechJob> kept = waiting;
    auto answer = fixture.load (0, 2);
    REQUIRE (eventually ([&] { return worker.load().waiting == 0; }));
    waiting->queue.abandon();
    waiting.reset();
    CHECK (eventually ([&] { return kept.expired(); }));
    CHECK (fixture.isPending (answer));
    running->queue.abandon();
    const auto outcome = get (std::move (answer));
    CHECK (outcome);
}

TEST_CASE ("What is so already is answered at once beside a passage", "[engine][server][models]")
{
    ChangingModels fixture;
    auto& worker = fixture.start();
    worker.waitUntilLoaded();
    const auto job = fixture.speak (0);
    REQUIRE (eventually ([&] { return job->queue.unread() > 0; }));
    const auto same = get (fixture.load (0));
    REQUIRE (same);
    CHECK (! same->changed);
    CHECK (! job->queue.ended());
    CHECK (worker.info (0));
    job->queue.abandon();
    CHECK (get (fixture.change (0))->changed);
    CHECK (! get (fixture.change (0))->changed);
    CHECK (get (fixture.load (0, 5))->changed);
    CHECK (! get (fixture.load (0, 5))->changed);
    CHECK (get (fixture.load (0))->changed); // with the settings of the start
}

TEST_CASE ("A model that cannot be loaded has failed and can be loaded later", "[engine][server][models]")
{
    ChangingModels fixture;
    auto& worker = fixture.start();
    worker.waitUntilLoaded();
    const auto job = fixture.speak (1);
    REQUIRE (eventually ([&] { return job->queue.unread() > 0; }));
    const bool isMemory = GENERATE (false, true);
    const auto outcome = get (fixture.change (
        0,
        [isMemory]() -> std::unique_ptr<Renderer> {
            if (isMemory)
                throw std::bad_alloc();
            fail (ErrorCode::InvalidInput, "shard 2 is missing");
        },
        2));
    REQUIRE (! outcome);
    CHECK (outcome.error().code == (isMemory ? ErrorCode::OutOfMemory : ErrorCode::InvalidInput));
    CHECK_THAT (outcome.error().message, Contains (isMemory ? "Unload another one" : "shard 2 is missing"));
    CHECK (worker.status (0).state == ModelState::Failed);
    CHECK (worker.status (0).failure->message == outcome.error().message);
    CHECK (fixture.one->alive == 0);
    CHECK (worker.whyNot (0).code == ErrorCode::Unloaded);
    CHECK (endOf (*job) == PcmQueue::State::Done);
    CHECK (get (fixture.load (0)));
    CHECK (endOf (*fixture.speak (0)) == PcmQueue::State::Done);
}

TEST_CASE ("Changes of a model are made in their order and not too many wait", "[engine][server][models]")
{
    ChangingModels fixture;
    auto& worker = fixture.start();
    worker.waitUntilLoaded();
    const auto job = fixture.speak (0);
    REQUIRE (eventually ([&] { return job->queue.unread() > 0; }));
    std::vector<std::future<Outcome>> answers;
    for (std::size_t i = 0; i < RenderModels::mostChanges; ++i)
        answers.push_back (i % 2 == 0 ? fixture.change (0) : fixture.load (0, 2));
    const auto refused = get (fixture.change (0));
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::Busy);
    CHECK (get (fixture.change (1))->changed); // another model's do not wait for these
    CHECK (fixture.isPending (answers.front()));
    job->queue.abandon();
    for (auto& answer : answers)
    {
        const auto outcome = get (std::move (answer));
        REQUIRE (outcome);
        CHECK (outcome->changed);
    }
    CHECK (worker.status (0).state == ModelState::Loaded);
    CHECK (fixture.one->alive == 1);
}

TEST_CASE ("Seats are those of the loaded models", "[engine][server][models]")
{
    ChangingModels fixture;
    fixture.one->mostPassages = 2;
    fixture.two->mostPassages = 5;
    auto& worker = fixture.start();
    worker.waitUntilLoaded();
    CHECK (worker.load().seats == 2);
    REQUIRE (get (fixture.change (0)));
    CHECK (worker.load().seats == 5);
    REQUIRE (get (fixture.change (1)));
    CHECK (worker.load().seats == 0);
    fixture.one->mostPassages = 3;
    REQUIRE (get (fixture.load (0)));
    CHECK (worker.load().seats == 3);
    std::vector<std::shared_ptr<SpeechJob>> jobs;
    jobs.reserve (4);
    for (int i = 0; i < 4; ++i)
        jobs.push_back (fixture.speak (0));
    CHECK (eventually ([&] { return worker.load().speaking == 3 && worker.load().waiting == 1; }));
}

TEST_CASE ("A change that is asked for during the start is made after it", "[engine][server][models]")
{
    ChangingModels fixture;
    fixture.one->loadMs = 100;
    auto& worker = fixture.start();
    const auto outcome = get (fixture.change (0));
    REQUIRE (outcome);
    CHECK (outcome->changed);
    CHECK (worker.status (0).state == ModelState::Unloaded);
    CHECK (worker.status (1).state == ModelState::Loaded);
}

TEST_CASE ("A worker that stops answers the changes that wait", "[engine][server][models][stop]")
{
    ChangingModels fixture;
    auto& worker = fixture.start();
    worker.waitUntilLoaded();
    const auto job = fixture.speak (0);
    REQUIRE (eventually ([&] { return job->queue.unread() > 0; }));
    auto waiting = fixture.change (0);
    CHECK (fixture.isPending (waiting));
    worker.stop();
    const auto refused = get (std::move (waiting));
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::Cancelled);
    const auto late = get (fixture.change (0));
    REQUIRE (! late);
    CHECK (late.error().code == ErrorCode::Cancelled);
}

TEST_CASE ("After a start that failed changes are refused", "[engine][server][models][errors]")
{
    ChangingModels fixture;
    fixture.two->failToLoad = true;
    auto& worker = fixture.start();
    CHECK_THROWS_WITH (worker.waitUntilLoaded(), Contains ("the fake model is broken"));
    CHECK (! get (fixture.load (0)));
    CHECK (fixture.one->alive == 0);
}
