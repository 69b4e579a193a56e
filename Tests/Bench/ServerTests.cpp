// SPDX-License-Identifier: Apache-2.0
// The engine's own server, with a renderer that speaks tones.
#include <catch2/catch.hpp>
#include <unistd.h>

#include "Bench/LoadReport.h"
#include "Engine/Server/ServerFixture.h"
#include "Support/Instrumented.h"

using namespace tableread;
using namespace tableread::test;

TEST_CASE ("The server serves several clients for two seconds without an error", "[bench][server]")
{
    const ServerFixture engine;
    engine.control->frameMs = 1;
    LoadSettings settings;
    settings.socket = engine.path();
    settings.clients = 4;
    settings.clientNames = "c";
    settings.seconds = 2;
    settings.lines = { { "Hi there.", { "anna", {} } }, { "Who is it?", { "ben", {} } } };
    settings.compare = true;
    settings.asksHealth = true;
    settings.pid = ::getpid();
    const auto report = measureLoad (settings);
    INFO (describe (report));
    CHECK (report.isGood());
    CHECK (report.load.done > 10);
    CHECK (report.load.healthMs.count > 30);
    REQUIRE (report.process);
    CHECK (report.process->after.descriptors <= report.process->before.descriptors);
}

TEST_CASE ("Two hundred streaming clients get what eight get together", "[bench][server]")
{
    const ServerFixture engine;
    engine.control->frameMs = 20;
    LoadSettings settings;
    settings.socket = engine.path();
    settings.clients = 200;
    settings.clientNames = "c";
    settings.seconds = 10;
    settings.lines = { { "Hi there.", { "anna", {} } }, { "Who is it?", { "ben", {} } } };
    settings.compare = true;
    settings.asksHealth = true;
    settings.baselineClients = 8;
    settings.pid = ::getpid();
    const auto report = measureLoad (settings);
    INFO (describe (report));
    CHECK (report.isGood());
    REQUIRE (report.process);
    CHECK (report.process->after.threads <= report.process->before.threads);
    CHECK (report.process->after.descriptors <= report.process->before.descriptors);
    if (isInstrumented)
        return;
    CHECK (report.load.unheard == 0);
    CHECK (report.load.mostJobs - report.load.leastJobs <=
           std::max<std::int64_t> (1, report.load.leastJobs / 2));
    CHECK (report.load.audioPerSecond >= 0.9 * report.baseline->audioPerSecond);
    CHECK (report.load.healthMs.p99 <= 50);
}
