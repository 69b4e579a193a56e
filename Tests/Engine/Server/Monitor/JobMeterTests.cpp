// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "MeteredEngine.h"
#include "Server/Monitor/Listener.h"
#include "Server/Monitor/Moment.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("A listener hears nothing when a frame comes after the last one has ended",
           "[engine][server][metrics]")
{
    Listener listener;
    CHECK (! listener.hasBegun());
    listener.hear (10, 1); // until 11
    CHECK (listener.hasBegun());
    listener.hear (10.5, 1); // 12
    CHECK (listener.silence() == 0);
    listener.hear (12.25, 1); // 13.25
    CHECK (listener.silence() == 0.25);
    listener.hear (14, 1); // 15
    CHECK (listener.silence() == 1);
    listener.leave (14.5);
    CHECK (listener.silence() == 1);
    listener.leave (15.5);
    CHECK (listener.silence() == 1.5);
}

TEST_CASE ("A listener misses nothing while he does not read", "[engine][server][metrics]")
{
    Listener listener;
    listener.pause (0);
    listener.hear (0, 10); // until 10
    listener.pause (2);
    listener.pause (3);
    listener.leave (200);
    CHECK (listener.silence() == 0);
    listener.hear (100, 1); // as if it were 2: until 109
    CHECK (listener.silence() == 0);
    CHECK (listener.paused() == 98);
    listener.hear (110, 1);
    CHECK (listener.silence() == 1);
}

TEST_CASE ("A client that reads too slowly is parked, and its pause is no underrun",
           "[engine][server][metrics][park]")
{
    constexpr double frame = MeteredEngine::frameSeconds, step = 0.01, away = 1000;
    const auto clock = std::make_shared<VirtualClock>();
    const auto control = std::make_shared<FakeRendererControl>();
    control->clock = clock;
    control->stepMs = 1000 * step;
    control->frames = 100;
    auto limits = MeteredEngine::oneSeat();
    limits.holdSeconds = 60 * frame;
    limits.resumeSeconds = 5 * frame;
    RenderWorker worker (fakeModel (control), limits);
    worker.waitUntilLoaded();
    const Metrics metrics ({ "fake" }, [clock] { return clock->ms / 1000; });
    const auto scrape = [&metrics] { return Scrape (metrics.text ({})); };

    const auto job = std::make_shared<SpeechJob>();
    job->lines.push_back ({ 0, "x" });
    job->meter = metrics.begin ({ "fake", "slow" });
    REQUIRE (worker.submit (job));
    REQUIRE (eventually ([&] { return scrape().value ("num_requests_parked") == 1; }));
    CHECK (scrape().value ("num_requests_running") == 0);
    clock->pass (1000 * away);
    std::vector<float> heard;
    REQUIRE (eventually ([&] { return job->queue.take (heard) == PcmQueue::State::Done; }));
    CHECK (scrape().value ("num_requests_parked") == 0);
    CHECK (scrape().value ("num_requests_waiting") == 0);
    CHECK (scrape().value ("num_requests_running") == 0);
    CHECK (scrape().value ("audio_underrun_seconds_sum") == 0);
    CHECK (scrape().value ("inter_frame_latency_seconds_count") == 98);
    CHECK (scrape().value ("inter_frame_latency_seconds_sum") == Approx (98 * step));
    CHECK (scrape().value ("request_decode_time_seconds_sum") == Approx (99 * step)); // until its next frame
    CHECK (scrape().value ("audio_rtf_sum") == Approx (100 * step / (100 * frame)));
    CHECK (scrape().value ("e2e_request_latency_seconds_sum") == Approx (101 * step + away));
}

TEST_CASE ("A job that the engine takes with it was cancelled, one that it refused was never there",
           "[engine][server][metrics]")
{
    const Metrics metrics ({ "fake" });
    const auto aborted = [&metrics] {
        return Scrape (metrics.text ({})).value ("request_success_total", { { "finished_reason", "abort" } });
    };
    {
        const auto refused = metrics.begin ({ "fake", "a" });
    }
    CHECK (aborted() == 0);
    {
        auto lost = metrics.begin ({ "fake", "a" });
        lost.queued();
        CHECK (Scrape (metrics.text ({})).value ("num_requests_waiting") == 1);
    }
    CHECK (aborted() == 1);
    CHECK (Scrape (metrics.text ({})).value ("num_requests_waiting") == 0);
    JobMeter none;
    none.queued();
    none.seated();
    none.frame (1);
    none.ended (protocol::FinishReason::Stop, 1);
    CHECK (aborted() == 1);
}
