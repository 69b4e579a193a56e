// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Engine/Server/Jobs/JobOf.h"
#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("While the model loads, jobs are put off and health is 'loading'", "[engine][server][worker]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    std::atomic<bool> mayLoad { false };
    RenderWorker worker ({ [&] {
                             while (! mayLoad)
                                 std::this_thread::sleep_for (std::chrono::milliseconds (1));
                             return std::make_unique<FakeRenderer> (control);
                         } },
                         {});
    CHECK (! worker.info());
    const auto refused = worker.submit (jobOf ("x"));
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::Busy);
    CHECK_THAT (refused.error().message, Catch::Contains ("loading"));

    const test::TemporaryFolder folder;
    const VoiceShelf shelf (folder.path(), readBytes);
    SpeechServer server (ServedModels ({ { "fake", &worker, 0, &shelf } }), {});
    auto socket = UnixSocket::claim (folder.path() / "e.sock").value();
    REQUIRE (socket.listen());
    std::thread thread ([&] { server.serve ({ unixListener (socket.fd()) }); });
    CHECK (nlohmann::json::parse (request (socket.path(), "GET", "/health").body)["status"] == "loading");
    mayLoad = true;
    worker.waitUntilLoaded();
    CHECK (nlohmann::json::parse (request (socket.path(), "GET", "/health").body)["status"] == "ok");
    server.stop();
    thread.join();
}

TEST_CASE ("A model that cannot be loaded is reported to whoever waits for it",
           "[engine][server][worker][errors]")
{
    std::atomic<int> told { 0 };
    RenderWorker worker (
        { []() -> std::unique_ptr<Renderer> { fail (ErrorCode::InvalidInput, "shard 2 is missing"); } }, {},
        [&told] { ++told; });
    CHECK_THROWS_WITH (worker.waitUntilLoaded(), Catch::Contains ("shard 2 is missing"));
    CHECK (eventually ([&] { return told == 1; }));
}

TEST_CASE ("Whatever a renderer throws ends one job only", "[engine][server][worker][errors]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    RenderWorker worker (fakeModel (control), {});
    worker.waitUntilLoaded();
    control->failAtFrame = 1;
    control->failure = { ErrorCode::OutOfMemory, "no room", {} };
    const auto bad = jobOf ("x");
    REQUIRE (worker.submit (bad));
    CHECK (heardOf (*bad, PcmQueue::State::Failed).size() == FakeRenderer::frameSamples);
    CHECK (bad->queue.error().code == ErrorCode::OutOfMemory);
    control->failAtFrame = -1;
    const auto good = jobOf ("x");
    REQUIRE (worker.submit (good));
    CHECK (heardOf (*good) == FakeRenderer::expected ({ { { 0, "x" } }, {} }, {}, 5));
}

TEST_CASE ("Encoded voices are kept up to a limit, the most recently used longest",
           "[engine][server][worker]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    RenderWorker worker (fakeModel (control), { .cachedVoices = 2 });
    worker.waitUntilLoaded();
    const auto speakBy = [&] (std::string voice) {
        const auto job = jobOf ("x", { std::move (voice) });
        REQUIRE (worker.submit (job));
        heardOf (*job);
        return control->voicesEncoded.load();
    };
    CHECK (speakBy ("a") == 1);
    CHECK (speakBy ("b") == 2);
    CHECK (speakBy ("a") == 2);
    CHECK (speakBy ("c") == 3); // b is dropped
    CHECK (speakBy ("a") == 3);
    CHECK (speakBy ("b") == 4);
}

TEST_CASE ("A worker that is destroyed does not finish its job", "[engine][server][worker][stop]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->frames = 10'000;
    control->frameMs = 10;
    const auto job = jobOf ("x");
    {
        RenderWorker worker (fakeModel (control), {});
        worker.waitUntilLoaded();
        REQUIRE (worker.submit (job));
        CHECK (eventually ([&] { return control->framesRendered > 0; }));
    }
    CHECK (control->framesRendered < 1000);
    CHECK (job->queue.isUnwanted());
}

TEST_CASE ("A job that fails leaves those beside it alone", "[engine][server][worker][errors]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->frames = 50;
    control->frameMs = 2;
    RenderWorker worker (fakeModel (control), {});
    worker.waitUntilLoaded();
    const auto good = jobOf ("good");
    REQUIRE (worker.submit (good));
    REQUIRE (eventually ([&] { return control->framesRendered > 3; }));
    const auto stranger = std::make_shared<SpeechJob>();
    stranger->lines.push_back ({ 0, "bad" });
    stranger->model = 0;
    control->failAtFrame = 0; // only of the passage that begins now
    REQUIRE (worker.submit (stranger));
    CHECK (heardOf (*stranger, PcmQueue::State::Failed).empty());
    control->failAtFrame = -1;
    CHECK (heardOf (*good) == FakeRenderer::expected ({ { { 0, "good" } }, {} }, {}, 50));
}

TEST_CASE ("A passage joins while others speak, as soon as there is a seat", "[engine][server][worker]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->frames = 2'000;
    control->frameMs = 1;
    RenderWorker worker (fakeModel (control), withSeats (2));
    worker.waitUntilLoaded();
    std::vector<std::shared_ptr<SpeechJob>> jobs;
    for (int i = 0; i < 3; ++i)
    {
        jobs.push_back (jobOf (std::to_string (i)));
        REQUIRE (worker.submit (jobs.back()));
    }
    REQUIRE (eventually ([&] { return jobs[0]->queue.unread() > 0 && jobs[1]->queue.unread() > 0; }));
    auto load = worker.load();
    CHECK (load.seats == 2);
    CHECK (load.speaking == 2);
    CHECK (load.waiting == 1);
    CHECK (jobs[2]->queue.unread() == 0);
    jobs[0]->queue.abandon();
    CHECK (eventually ([&] { return jobs[2]->queue.unread() > 0; }));
    CHECK (control->mostAtOnce == 2);
    CHECK (control->passagesCancelled == 1);
}

TEST_CASE ("A seat that gets free in a step is given away in that step", "[engine][server][worker]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->frames = 3;
    std::atomic<bool> allWait { false };
    control->atFrame = [&] (int) { allWait.wait (false); };
    std::vector<int> begun; // after each step, how many passages
    control->afterStep = [&] { begun.push_back (control->passagesRendered); };
    {
        RenderWorker worker (fakeModel (control), withSeats (1));
        worker.waitUntilLoaded();
        std::vector<std::shared_ptr<SpeechJob>> jobs;
        for (int i = 0; i < 3; ++i)
        {
            jobs.push_back (jobOf (std::to_string (i)));
            REQUIRE (worker.submit (jobs.back()));
        }
        allWait = true;
        allWait.notify_all();
        for (const auto& job : jobs)
            (void) heardOf (*job);
    }
    CHECK (begun ==
           std::vector { 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3 }); // the last step of each begins the next
}

TEST_CASE ("A client that reads slowly loses its seat to those that wait, and misses nothing",
           "[engine][server][worker][park]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->frames = 200;
    auto limits = withSeats (1);
    constexpr double frame = FakeRenderer::frameSamples / 24'000.0;
    limits.parkSeconds = 20 * frame;
    limits.resumeSeconds = 5 * frame;
    limits.holdSeconds = 60 * frame;
    RenderWorker worker (fakeModel (control), limits);
    worker.waitUntilLoaded();
    const auto slow = jobOf ("slow");
    REQUIRE (worker.submit (slow));
    // Nobody waits: it goes on until much more is unread.
    REQUIRE (eventually ([&] { return control->passagesParked == 1; }));
    CHECK (slow->queue.unread() == 60 * FakeRenderer::frameSamples);

    const auto quick = jobOf ("quick");
    REQUIRE (worker.submit (quick));
    std::vector<float> heard;
    while (quick->queue.take (heard) == PcmQueue::State::Open)
        std::this_thread::sleep_for (std::chrono::milliseconds (1));
    CHECK (heard == FakeRenderer::expected ({ { { 0, "quick" } }, {} }, {}, 200));
    CHECK (heardOf (*slow) == FakeRenderer::expected ({ { { 0, "slow" } }, {} }, {}, 200));
    CHECK (worker.load().speaking == 0);
}

TEST_CASE ("While others wait a slow client is parked earlier", "[engine][server][worker][park]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->frames = 1000;
    control->frameMs = 1;
    auto limits = withSeats (1);
    constexpr double frame = FakeRenderer::frameSamples / 24'000.0;
    limits.parkSeconds = 20 * frame;
    limits.resumeSeconds = 5 * frame;
    limits.holdSeconds = 900 * frame;
    RenderWorker worker (fakeModel (control), limits);
    worker.waitUntilLoaded();
    const auto slow = jobOf ("slow");
    REQUIRE (worker.submit (slow));
    const auto other = jobOf ("other");
    REQUIRE (worker.submit (other));
    REQUIRE (eventually ([&] { return other->queue.unread() > 0; }));
    CHECK (slow->queue.unread() >= 20 * FakeRenderer::frameSamples);
    CHECK (slow->queue.unread() < 900 * FakeRenderer::frameSamples);
    slow->queue.abandon(); // while it is parked
    CHECK (eventually ([&] { return control->passagesCancelled == 1; }));
}

TEST_CASE ("A job is cancelled within a step in whatever state it is", "[engine][server][worker][cancel]")
{
    enum State
    {
        Queued,
        Voice,
        Prompt,
        Frames
    };
    const auto state = GENERATE (Queued, Voice, Prompt, Frames);
    const auto control = std::make_shared<FakeRendererControl>();
    control->clock = std::make_shared<VirtualClock>(); // does not wait; the steps below take 5 ms
    control->frames = 2'000;
    control->voiceFrameMs = state == Voice ? 50 : 0;
    control->promptRowMs = state == Prompt ? 50 : 0;
    control->afterStep = [] { std::this_thread::sleep_for (std::chrono::milliseconds (5)); };
    RenderWorker worker (fakeModel (control), withSeats (1));
    worker.waitUntilLoaded();
    const auto neighbour = jobOf ("neighbour");
    if (state == Queued)
    {
        REQUIRE (worker.submit (neighbour));
        REQUIRE (eventually ([&] { return neighbour->queue.unread() > 0; }));
    }
    const auto job = std::make_shared<SpeechJob>();
    job->lines.push_back ({ 0, std::string (10'000, 'x') });
    job->voices.push_back (std::make_shared<ShelfVoice> (
        ShelfVoice { { "long", std::vector<float> (24'000UL * 600) }, "long" }));
    REQUIRE (worker.submit (job));
    if (state == Frames)
        REQUIRE (eventually ([&] { return job->queue.unread() > 0; }));
    std::this_thread::sleep_for (std::chrono::milliseconds (100));
    CHECK ((job->queue.unread() > 0) == (state == Frames));
    const auto before = worker.load();
    CHECK (before.speaking + before.waiting == (state == Queued ? 2 : 1));
    job->queue.abandon();
    const auto begin = std::chrono::steady_clock::now();
    CHECK (eventually ([&] {
        const auto load = worker.load();
        return load.speaking + load.waiting == (state == Queued ? 1 : 0);
    }));
    CHECK (std::chrono::steady_clock::now() - begin <
           std::chrono::milliseconds (1000)); // the work takes minutes
    CHECK (control->passagesCancelled == (state == Queued ? 0 : 1));
}

TEST_CASE ("A voice that nobody encodes to its end gives its recording back",
           "[engine][server][worker][voices]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->clock = std::make_shared<VirtualClock>();
    control->voiceFrameMs = 50;
    control->afterStep = [] { std::this_thread::sleep_for (std::chrono::milliseconds (1)); };
    RenderWorker worker (fakeModel (control), {});
    worker.waitUntilLoaded();
    auto voice =
        std::make_shared<ShelfVoice> (ShelfVoice { { "long", std::vector<float> (24'000UL * 600) }, "long" });
    const std::weak_ptr<ShelfVoice> kept = voice;
    auto job = jobOf ("x");
    job->voices.push_back (std::move (voice));
    REQUIRE (worker.submit (job));
    REQUIRE (eventually ([&] { return worker.load().speaking == 1; }));
    job->queue.abandon();
    job.reset();
    CHECK (eventually ([&] { return kept.expired(); }));
}

TEST_CASE ("Two models share a render thread, each with its own voice for a text",
           "[engine][server][worker][models]")
{
    const auto one = std::make_shared<FakeRendererControl>(), two = std::make_shared<FakeRendererControl>();
    one->frames = 30;
    two->frames = 40;
    one->frameMs = two->frameMs = 1;
    two->name = "other";
    RenderWorker worker ({ [&] { return std::make_unique<FakeRenderer> (one); },
                           [&] { return std::make_unique<FakeRenderer> (two); } },
                         {});
    worker.waitUntilLoaded();
    CHECK (worker.info (0)->name == "fake");
    CHECK (worker.info (1)->name == "other");
    CHECK (! worker.info (2));
    const auto first = jobOf ("x"), second = jobOf ("x");
    second->model = 1;
    REQUIRE (worker.submit (first));
    REQUIRE (worker.submit (second));
    CHECK (heardOf (*first).size() == 30 * FakeRenderer::frameSamples);
    CHECK (heardOf (*second).size() == 40 * FakeRenderer::frameSamples);
    CHECK (one->passagesRendered == 1);
    CHECK (two->passagesRendered == 1);
}

TEST_CASE ("A full queue says how long it will take, by what was spoken so far", "[engine][server][worker]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    control->frames = 10;
    control->frameMs = 10;
    auto limits = withSeats (1);
    limits.queuedJobs = 2;
    RenderWorker worker (fakeModel (control), limits);
    worker.waitUntilLoaded();
    const auto first = jobOf (std::string (1000, 'x')); // 0.1 s: 10 000 characters a second
    REQUIRE (worker.submit (first));
    heardOf (*first);
    control->frames = 2'000;
    std::vector<std::shared_ptr<SpeechJob>> jobs;
    for (int i = 0; i < 3; ++i)
    {
        jobs.push_back (jobOf (std::string (20'000, 'x')));
        REQUIRE (eventually ([&] { return worker.submit (jobs.back()).has_value(); }));
    }
    CHECK (worker.wouldRefuse());
    const auto refused = worker.submit (jobOf ("y"));
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::Busy);
    CHECK (worker.retryAfterSeconds() >= 4);
    CHECK (worker.retryAfterSeconds() <= 12); // the machine may be busy, and the third job's steps count too
}
