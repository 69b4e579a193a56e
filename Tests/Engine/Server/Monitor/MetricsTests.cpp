// SPDX-License-Identifier: Apache-2.0
#include <future>

#include <catch2/catch.hpp>

#include "MeteredEngine.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
nlohmann::json speechOf (const std::string& client)
{
    auto body = ServerFixture::floats ("Hello.");
    body["tableread"]["client"] = client;
    return body;
}

/** Sends requests that nobody reads; destroying it hangs up. */
class Askers
{
public:
    explicit Askers (const ServerFixture& server) : engine (server) {}

    void ask (const std::string& client)
    {
        clients.push_back (std::make_unique<RawClient> (engine.path()));
        clients.back()->send (ServerFixture::post (speechOf (client)));
    }

    void hangUp() { clients.clear(); }

private:
    const ServerFixture& engine;
    std::vector<std::unique_ptr<RawClient>> clients;
};
} // namespace

TEST_CASE ("Before the first request all counters are there and zero", "[engine][server][metrics]")
{
    const MeteredEngine metered;
    const auto scrape = metered.scrape();
    CHECK (scrape.value ("num_requests_running", { { "model_name", "fake" } }) == 0);
    for (const std::string reason : { "stop", "length", "abort", "error" })
        CHECK (scrape.value ("request_success_total",
                             { { "finished_reason", reason }, { "model_name", "fake" } }) == 0);
    CHECK (scrape.value ("time_to_first_audio_seconds_count") == 0);
    CHECK (scrape.all ("num_requests_waiting_by_client").empty());
}

TEST_CASE ("A spoken request is counted, with the time that each part of it took",
           "[engine][server][metrics]")
{
    constexpr double step = MeteredEngine::stepSeconds, frame = MeteredEngine::frameSeconds;
    const MeteredEngine metered; // 5 frames, each in a step, and a step that says it is the end
    REQUIRE (metered.engine.speak (ServerFixture::floats ("Hello.")).complete);
    const auto scrape = metered.scrape();
    CHECK (metered.finished ("stop") == 1);
    CHECK (metered.streams ("completed") == 1);
    CHECK (scrape.value ("generation_frames_total") == 5);
    CHECK (scrape.value ("prompt_tokens_total") == 1);
    const auto check = [&scrape] (const std::string& name, double count, double sum) {
        INFO (name);
        CHECK (scrape.value (name + "_count") == count);
        CHECK (scrape.value (name + "_sum") == Approx (sum).margin (1e-9));
    };
    check ("time_to_first_audio_seconds", 1, step);
    check ("inter_frame_latency_seconds", 4, 4 * step);
    check ("e2e_request_latency_seconds", 1, 6 * step);
    check ("request_queue_time_seconds", 1, 0);
    check ("request_prefill_time_seconds", 1, step);
    check ("request_decode_time_seconds", 1, 5 * step);
    check ("audio_duration_seconds", 1, 5 * frame);
    check ("audio_rtf", 1, 6 * step / (5 * frame));
    CHECK (scrape.value ("time_to_first_audio_seconds_bucket", { { "le", "0.05" } }) == 0);
    CHECK (scrape.value ("time_to_first_audio_seconds_bucket", { { "le", "0.1" } }) == 1);
}

TEST_CASE ("The gaps that a listener would hear are counted", "[engine][server][metrics]")
{
    constexpr double frame = MeteredEngine::frameSeconds;
    const double step = GENERATE (0.010, 0.020, 0.100);
    const MeteredEngine metered;
    metered.engine.control->stepMs = 1000 * step;
    REQUIRE (metered.engine.speak (ServerFixture::floats ("Hello.")).complete);
    const auto scrape = metered.scrape();
    const double silence = step > frame ? 4 * (step - frame) : 0; // 0, 27 or 347 ms
    CHECK (scrape.value ("audio_underrun_seconds_count") == 1);
    CHECK (scrape.value ("audio_underrun_seconds_sum") == Approx (silence).margin (1e-9));
    CHECK (scrape.value ("streams_underrun_total") == (silence > 0 ? 1 : 0));
    for (const int threshold : { 0, 50, 100, 500 })
        CHECK (
            scrape.value ("audio_continuity_ok_total", { { "threshold_ms", std::to_string (threshold) } }) ==
            (silence <= threshold / 1000.0 ? 1 : 0));
}

TEST_CASE ("A finished file is no stream: nobody listens while it is spoken", "[engine][server][metrics]")
{
    const MeteredEngine metered;
    auto body = ServerFixture::floats ("Hello.");
    body["tableread"]["whole"] = true;
    REQUIRE (metered.engine.speak (body).complete);
    const auto scrape = metered.scrape();
    CHECK (metered.finished ("stop") == 1);
    CHECK (scrape.value ("audio_duration_seconds_count") == 1);
    CHECK (metered.streams ("completed") == 0);
    CHECK (scrape.value ("audio_underrun_seconds_count") == 0);
    CHECK (scrape.value ("streams_underrun_total") == 0);
}

TEST_CASE ("Requests are counted by how they ended", "[engine][server][metrics]")
{
    const MeteredEngine metered;
    auto& control = *metered.engine.control;
    const auto speak = [&metered] { (void) metered.engine.speak (ServerFixture::floats ("Hello.")); };
    control.finish = FinishReason::Length;
    speak();
    CHECK (metered.finished ("length") == 1);
    CHECK (metered.streams ("completed") == 1);

    control.failAtFrame = 3;
    speak();
    CHECK (metered.finished ("error") == 1);
    CHECK (metered.streams ("failed") == 1);
    CHECK (metered.scrape().value ("generation_frames_total") == 5 + 3);

    control.failAtFrame = 0; // no stream has begun
    speak();
    CHECK (metered.finished ("error") == 2);
    CHECK (metered.streams ("failed") == 1);
    CHECK (metered.scrape().value ("e2e_request_latency_seconds_count") == 1);
    CHECK (metered.scrape().value ("audio_underrun_seconds_count") == 2);
}

TEST_CASE ("A client that leaves is counted as an abort, whether it had its first frame or not",
           "[engine][server][metrics][cancel]")
{
    const MeteredEngine metered (MeteredEngine::oneSeat());
    Hold hold (*metered.engine.control);
    metered.engine.control->frames = 10'000;
    metered.engine.control->afterStep = [] { std::this_thread::sleep_for (std::chrono::milliseconds (1)); };
    Askers speaking (metered.engine), waiting (metered.engine);
    speaking.ask ("a");
    REQUIRE (eventually ([&] { return metered.engine.worker->load().speaking == 1; }));
    waiting.ask ("b");
    REQUIRE (eventually ([&] { return metered.engine.worker->load().waiting == 1; }));
    hold.release();
    REQUIRE (eventually ([&] { return metered.engine.control->framesRendered > 1; }));
    waiting.hangUp();
    CHECK (eventually ([&] { return metered.finished ("abort") == 1; }));
    CHECK (metered.streams ("cancelled") == 0);
    CHECK (metered.scrape().value ("num_requests_waiting") == 0);
    speaking.hangUp();
    CHECK (eventually ([&] { return metered.finished ("abort") == 2; }));
    CHECK (metered.streams ("cancelled") == 1);
    CHECK (metered.scrape().value ("num_requests_running") == 0);
    CHECK (metered.scrape().value ("audio_underrun_seconds_count") == 1);
}

TEST_CASE ("Requests that wait are counted, with the time that they do", "[engine][server][metrics]")
{
    constexpr double step = MeteredEngine::stepSeconds;
    const MeteredEngine metered (MeteredEngine::oneSeat());
    Hold hold (*metered.engine.control);
    const auto speak = [&metered] (const std::string& client) {
        return std::async (std::launch::async,
                           [&metered, client] { return metered.engine.speak (speechOf (client)).complete; });
    };
    auto first = speak ("first");
    REQUIRE (eventually ([&] { return metered.clock->ms > 0; })); // it is held in its first step
    auto second = speak ("second");
    REQUIRE (eventually ([&] { return metered.engine.worker->load().waiting == 1; }));
    const auto scrape = metered.scrape();
    CHECK (scrape.value ("num_requests_running") == 1);
    CHECK (scrape.value ("num_requests_waiting") == 1);
    CHECK (scrape.value ("num_requests_waiting_by_client", { { "client", "second" } }) == 1);
    CHECK (scrape.all ("num_requests_waiting_by_client").size() == 1);
    CHECK (scrape.value ("seats", { { "worker", "0" } }) == 1);
    CHECK (scrape.value ("seats_taken") == 1);
    hold.release();
    CHECK (first.get());
    CHECK (second.get());
    const auto after = metered.scrape();
    CHECK (after.value ("request_queue_time_seconds_count") == 2);
    CHECK (after.value ("request_queue_time_seconds_sum") == Approx (5 * step)); // the rest of the first
    CHECK (after.value ("time_to_first_audio_seconds_sum") == Approx ((1 + 6) * step));
    CHECK (after.value ("num_requests_running") == 0);
    CHECK (after.value ("num_requests_waiting") == 0);
    CHECK (eventually ([&] { return metered.scrape().value ("seats_taken") == 0; }));
}

TEST_CASE ("Clients cannot make more than 33 series, nor break the format by their names",
           "[engine][server][metrics]")
{
    const MeteredEngine metered (MeteredEngine::oneSeat());
    const Hold hold (*metered.engine.control);
    Askers askers (metered.engine);
    askers.ask ("speaks");
    REQUIRE (eventually ([&] { return metered.engine.worker->load().speaking == 1; }));
    const std::string nasty { "A\"b\\c\nd\0e\x7f\r", 11 };
    askers.ask (nasty);
    askers.ask (nasty);
    for (int i = 0; i < 40; ++i)
        askers.ask ("client " + std::to_string (i));
    askers.ask ("other");
    askers.ask ("other");
    constexpr std::size_t all = 2 + 40 + 2, named = 32;
    REQUIRE (eventually ([&] { return metered.engine.worker->load().waiting == all; }));
    const auto scrape = metered.scrape();
    CHECK (scrape.value ("num_requests_waiting_by_client", { { "client", "A\"b\\c?d?e??" } }) == 2);
    CHECK (scrape.value ("num_requests_waiting_by_client", { { "client", "other" } }) ==
           12); // two of its own, and ten of others that are not named
    const auto series = scrape.all ("num_requests_waiting_by_client");
    CHECK (series.size() == named); // with that client that is called "other"
    double sum = 0;
    for (const auto& each : series)
        sum += each.value;
    CHECK (sum == static_cast<double> (all));
}

TEST_CASE ("Speech requests that are refused are counted by their status", "[engine][server][metrics]")
{
    auto limits = MeteredEngine::oneSeat();
    limits.queuedJobs = 1;
    const MeteredEngine metered (limits);
    const auto refused = [&metered] (int status) {
        return metered.scrape().value ("requests_refused_total", { { "status", std::to_string (status) } });
    };
    CHECK (metered.scrape().all ("requests_refused_total").empty());
    (void) request (metered.engine.path(), "POST", protocol::speechPath, "{");
    CHECK (refused (400) == 1);
    (void) metered.engine.speak ({ { "model", "another" }, { "input", "Hello." } });
    CHECK (refused (404) == 1);
    const Hold hold (*metered.engine.control);
    Askers askers (metered.engine);
    askers.ask ("speaks");
    REQUIRE (eventually ([&] { return metered.engine.worker->load().speaking == 1; }));
    askers.ask ("waits");
    REQUIRE (eventually ([&] { return metered.engine.worker->load().waiting == 1; }));
    CHECK (metered.engine.speak (ServerFixture::floats ("Hello.")).status == 503);
    CHECK (refused (503) == 1);
    CHECK (metered.finished ("abort") == 0);
}
