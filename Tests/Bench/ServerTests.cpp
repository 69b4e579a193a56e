// SPDX-License-Identifier: Apache-2.0
// The engine's own server, with a renderer that speaks tones.
#include <catch2/catch.hpp>
#include <unistd.h>

#include "Bench/LoadReport.h"
#include "Engine/Server/ServerFixture.h"

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
