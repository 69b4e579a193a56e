// SPDX-License-Identifier: Apache-2.0
// Speech that many clients do not read: what it takes of the memory, and what it costs those who do.
#include <catch2/catch.hpp>

#include "Engine/Server/Jobs/JobOf.h"
#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
constexpr std::size_t frameSamples = FakeRenderer::frameSamples, frameBytes = frameSamples * sizeof (float);
constexpr double frameSeconds = static_cast<double> (frameSamples) / 24'000;
constexpr std::size_t roomInFrames = 100, crowdedFrames = 4;
constexpr int framesOfEach = 500;

/** A worker with two seats, which would let each job be far ahead of its reader if there were room for all. */
struct CrowdedWorker
{
    CrowdedWorker()
    {
        control->frames = framesOfEach;
        auto limits = withSeats (2);
        limits.crowdedSeconds = crowdedFrames * frameSeconds;
        worker.emplace (fakeModel (control), limits);
        worker->waitUntilLoaded();
    }

    std::shared_ptr<SpeechJob> speak (const std::string& text)
    {
        auto job = jobOf (text, {}, all);
        REQUIRE (worker->submit (job));
        return job;
    }

    /** Everybody who has begun waits for his reader. */
    bool isStill() const
    {
        const auto load = worker->load();
        return load.speaking + load.waiting == 0;
    }

    std::shared_ptr<FakeRendererControl> control = std::make_shared<FakeRendererControl>();
    std::shared_ptr<UnreadSpeech> all = std::make_shared<UnreadSpeech> (roomInFrames * frameBytes);
    std::optional<RenderWorker> worker;
};

std::vector<float> speechOf (const std::string& text)
{
    return FakeRenderer::expected ({ { { 0, text } }, {} }, {}, framesOfEach);
}

std::size_t framesUnread (const std::vector<std::shared_ptr<SpeechJob>>& jobs)
{
    std::size_t samples = 0;
    for (const auto& job : jobs)
        samples += job->queue.unread();
    return samples / frameSamples;
}
} // namespace

TEST_CASE ("Unread speech of all jobs together has its room, and whoever reads is not held up",
           "[engine][server][worker][park]")
{
    CrowdedWorker crowd;
    std::vector<std::shared_ptr<SpeechJob>> slow;
    slow.reserve (6);
    for (int i = 0; i < 6; ++i)
        slow.push_back (crowd.speak ("slow " + std::to_string (i)));
    REQUIRE (eventually ([&] { return crowd.control->passagesParked >= 6 && crowd.isStill(); }));
    CHECK (framesUnread (slow) >= roomInFrames);
    CHECK (framesUnread (slow) <= roomInFrames + 6 * (crowdedFrames + 1));
    for (const auto& job : slow)
        CHECK (job->queue.unread() >= crowdedFrames * frameSamples); // each has begun

    CHECK (heardOf (*crowd.speak ("quick")) == speechOf ("quick"));
    CHECK (framesUnread (slow) <= roomInFrames + 6 * (crowdedFrames + 1));
    for (std::size_t i = 0; i < slow.size(); ++i)
        CHECK (heardOf (*slow[i]) == speechOf ("slow " + std::to_string (i)));
}

TEST_CASE ("Where speech is unread passages go on together when a quarter of its room is free",
           "[engine][server][worker][park]")
{
    CrowdedWorker crowd;
    const std::vector<std::shared_ptr<SpeechJob>> jobs { crowd.speak ("one"), crowd.speak ("two") };
    REQUIRE (eventually ([&] { return crowd.control->passagesParked == 2 && crowd.isStill(); }));
    std::vector<float> heard;
    jobs[0]->queue.take (heard); // 15 frames
    const int before = crowd.control->framesRendered;
    std::this_thread::sleep_for (std::chrono::milliseconds (100));
    CHECK (crowd.control->framesRendered == before);
    jobs[0]->queue.take (heard);
    CHECK (eventually ([&] { return crowd.control->framesRendered > before + 10; }));
}

TEST_CASE ("Whoever has read nearly all goes on, however much others leave unread",
           "[engine][server][worker][park]")
{
    CrowdedWorker crowd;
    const std::vector<std::shared_ptr<SpeechJob>> slow { crowd.speak ("one"), crowd.speak ("two") };
    REQUIRE (eventually ([&] { return crowd.control->passagesParked == 2 && crowd.isStill(); }));
    const auto late = crowd.speak ("late");
    REQUIRE (eventually ([&] { return crowd.control->passagesParked == 3 && crowd.isStill(); }));
    CHECK (late->queue.unread() == crowdedFrames * frameSamples);
    std::vector<float> heard;
    late->queue.take (heard);
    CHECK (
        eventually ([&] { return crowd.isStill() && late->queue.unread() == crowdedFrames * frameSamples; }));
}

TEST_CASE ("Clients that read nothing take no more memory than they may together",
           "[engine][server][connections]")
{
    constexpr int frames = 3'000, clients = 12; // 46 MB
    SpeechServer::Options options;
    options.unreadBytes = 1'000'000;
    options.http.limits.write = std::chrono::minutes (5);
    const ServerFixture engine (options);
    engine.control->frames = frames;
    std::vector<std::unique_ptr<RawClient>> silent;
    for (int i = 0; i < clients; ++i)
    {
        silent.push_back (std::make_unique<RawClient> (engine.path()));
        silent.back()->send (ServerFixture::post (ServerFixture::floats ("I am " + std::to_string (i)),
                                                  "Connection: close\r\n"));
    }
    REQUIRE (eventually ([&] { return engine.control->passagesParked >= clients && ! engine.isBusy(); }));
    CHECK (engine.control->framesRendered < 10'000); // their sockets hold some, too

    const auto quick = engine.speak (ServerFixture::floats ("I read."));
    CHECK (quick.complete);
    CHECK ((asFloats (quick.body) == engine.expectedFloats ("I read.", frames)));
    CHECK (engine.control->framesRendered < 10'000 + frames);
    const auto late = RawResponse::parse (silent[7]->receive());
    CHECK (late.complete);
    CHECK ((asFloats (late.body) == engine.expectedFloats ("I am 7", frames)));
}
