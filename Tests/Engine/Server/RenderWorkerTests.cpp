// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
std::shared_ptr<SpeechJob> jobOf (std::string text, std::vector<std::string> voices = {})
{
    auto job = std::make_shared<SpeechJob> (1'000'000);
    job->lines.push_back ({ 0, std::move (text) });
    for (auto& voice : voices)
        job->voices.push_back (std::make_shared<ShelfVoice> (ShelfVoice { { voice, {} }, voice }));
    return job;
}

/** All of a job's samples. */
std::vector<float> wait (SpeechJob& job, PcmQueue::State expected = PcmQueue::State::Done)
{
    std::vector<float> samples;
    auto state = PcmQueue::State::Open;
    CHECK (eventually ([&] { return (state = job.queue.take (samples)) != PcmQueue::State::Open; }));
    CHECK (state == expected);
    return samples;
}
} // namespace

TEST_CASE ("While the model loads, jobs are put off and health is 'loading'", "[engine][server][worker]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    std::atomic<bool> mayLoad { false };
    RenderWorker worker (
        [&] {
            while (! mayLoad)
                std::this_thread::sleep_for (std::chrono::milliseconds (1));
            return std::make_unique<FakeRenderer> (control);
        },
        { .patience = std::chrono::milliseconds (10) });
    CHECK (! worker.info());
    const auto refused = worker.submit (jobOf ("x"));
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::Busy);
    CHECK_THAT (refused.error().message, Catch::Contains ("loading"));

    const test::TemporaryFolder folder;
    const VoiceShelf shelf (folder.path(), readBytes);
    SpeechServer server (worker, shelf, {});
    auto socket = UnixSocket::claim (folder.path() / "e.sock").value();
    REQUIRE (socket.listen());
    std::thread thread ([&] { server.serve (socket.fd()); });
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
        []() -> std::unique_ptr<Renderer> { fail (ErrorCode::InvalidInput, "shard 2 is missing"); }, {},
        [&told] { ++told; });
    CHECK_THROWS_WITH (worker.waitUntilLoaded(), Catch::Contains ("shard 2 is missing"));
    CHECK (eventually ([&] { return told == 1; }));
}

TEST_CASE ("Whatever a renderer throws ends one job only", "[engine][server][worker][errors]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    RenderWorker worker ([&] { return std::make_unique<FakeRenderer> (control); }, {});
    control->failAtFrame = 1;
    control->failure = { ErrorCode::OutOfMemory, "no room", {} };
    const auto bad = jobOf ("x");
    REQUIRE (worker.submit (bad));
    CHECK (wait (*bad, PcmQueue::State::Failed).size() == FakeRenderer::frameSamples);
    CHECK (bad->queue.error().code == ErrorCode::OutOfMemory);
    control->failAtFrame = -1;
    const auto good = jobOf ("x");
    REQUIRE (worker.submit (good));
    CHECK (wait (*good) == FakeRenderer::expected ({ { { 0, "x" } }, {} }, {}, 5));
}

TEST_CASE ("Encoded voices are kept up to a limit, the most recently used longest",
           "[engine][server][worker]")
{
    const auto control = std::make_shared<FakeRendererControl>();
    RenderWorker worker ([&] { return std::make_unique<FakeRenderer> (control); }, { .cachedVoices = 2 });
    const auto speakBy = [&] (std::string voice) {
        const auto job = jobOf ("x", { std::move (voice) });
        REQUIRE (worker.submit (job));
        wait (*job);
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
        RenderWorker worker ([&] { return std::make_unique<FakeRenderer> (control); }, {});
        REQUIRE (worker.submit (job));
        CHECK (eventually ([&] { return control->framesRendered > 0; }));
    }
    CHECK (control->framesRendered < 1000);
    CHECK (job->queue.abandoned());
}
