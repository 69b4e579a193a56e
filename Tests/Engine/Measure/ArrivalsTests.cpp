// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Measure/Arrivals.h"
#include "Support/FakeRenderer.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
struct FakeRun
{
    ArrivalsReport run()
    {
        return measureArrivals (
            request, { .load = [this] (const auto&) { return std::make_unique<FakeRenderer> (control); },
                       .isStopped = [this] { return stopped; } });
    }

    FakeRun()
    {
        request.speech = { .voice = { "Anna", std::vector<float> (24'000, 0.1f) },
                           .text = "Hello.",
                           .settings = {} };
        request.passages = 6;
        request.seats = 2;
        request.leastFrames = 3;
        request.mostFrames = 8;
        control->frameMs = 2;
    }

    std::shared_ptr<FakeRendererControl> control = std::make_shared<FakeRendererControl>();
    ArrivalsRequest request;
    bool stopped = false;
};
} // namespace

TEST_CASE ("Arrivals are compared with their parts", "[engine][measure]")
{
    FakeRun fake;
    const auto report = fake.run();
    CHECK (report.passages == 6);
    CHECK (report.seats == 2);
    CHECK (report.frames >= 18);
    CHECK (report.frames <= 48);
    REQUIRE (report.stepMs.size() == 3);
    CHECK (report.stepMs[1] >= 2);
    CHECK (report.stepMs[2] >= 2);
    CHECK (report.stepCount[2] > report.stepCount[1]); // there is a queue
    CHECK (report.identical);
    CHECK (report.overhead() > 0.5);
    CHECK (report.overhead() < 2);
    CHECK (report.firstAudioP95 >= report.firstAudioP50);
    CHECK (report.firstAudioMost >= 3 * 2 * 2); // the last ones wait for two others
    CHECK (report.idleMs == 0);
    CHECK (toJson (report)["passages"] == 6);
    CHECK_THAT (describe (report), Catch::Contains ("6 passages") && Catch::Contains ("as alone: yes"));
}

TEST_CASE ("Arrivals at a low rate find nobody before them", "[engine][measure]")
{
    FakeRun fake;
    fake.request.perSecond = 20;
    fake.control->frameMs = 0;
    const auto report = fake.run();
    CHECK (report.idleMs > 0.3 * report.wallMs);
    CHECK (report.idleMs < report.wallMs);
    CHECK (report.firstAudioP50 < 50); // the gaps are 50 ms on average
}

TEST_CASE ("Arrivals stop when they are told to", "[engine][measure]")
{
    FakeRun fake;
    fake.stopped = true;
    CHECK_THROWS_AS (fake.run(), Exception);
}
