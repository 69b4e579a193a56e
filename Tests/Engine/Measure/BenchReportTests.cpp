// SPDX-License-Identifier: Apache-2.0
#include "Measure/BenchReport.h"

#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "Measure/Machine.h"

using namespace tableread::engine;

namespace
{
RenderReport run (double scale)
{
    RenderReport report;
    report.frames = 10;
    report.totalMs = 200.0 * scale;
    report.firstFrameMs = 50.0 * scale;
    report.times.languageModel = 100.0 * scale;
    report.times.decoder = 60.0 * scale;
    report.times.other = 40.0 * scale;
    return report;
}
} // namespace

TEST_CASE ("The middle of measurements", "[engine][measure][bench]")
{
    CHECK (spreadOf ({}).median == 0);
    CHECK (spreadOf ({ 3, 1, 2 }).median == 2);
    CHECK (spreadOf ({ 4, 1, 2, 3 }).median == 2.5);
    CHECK (spreadOf ({ 4, 1, 2, 3 }).least == 1);
    CHECK (spreadOf ({ 4, 1, 2, 3 }).most == 4);
}

TEST_CASE ("A part is bound by the higher of its floors", "[engine][measure][bench]")
{
    BenchReport report;
    report.runs = { run (1), run (2), run (1.5) };
    report.limits = { 10e9, 40e9, 100e9 };
    report.work.languageModel = { 30e6, 80e6, 100e6 }; // 3 + 2 ms to read, 1 ms to compute
    report.work.decoder = { 1e6, 0, 300e6 };           // 0.1 ms and 3 ms
    const auto parts = partsOf (report);
    CHECK (parts[0].msPerFrame.median == Approx (15.0));
    CHECK (parts[0].share == Approx (0.5));
    CHECK (parts[0].bound() == "memory");
    CHECK (parts[0].efficiency() == Approx (5.0 / 15.0));
    CHECK (parts[2].bound() == "arithmetic");
    CHECK (parts[2].efficiency() == Approx (3.0 / 9.0));
    CHECK (parts[4].bound().empty());
    CHECK (realTimeFactor (report).median == Approx (300.0 / (10 * 133.3333)).epsilon (1e-4));
}

TEST_CASE ("A GPU's head and codec are one part, and layers that are copied have no floor in its memory",
           "[engine][measure][bench]")
{
    BenchReport report;
    report.device.name = "GPU";
    report.runs = { run (1) };
    report.limits = { 1e12, 1e12, 0 };
    report.work.languageModel = { 2e9, 0, 1e9 };
    report.work.diffusionHead = { 1e9, 2e9, 1e9 };
    report.work.decoder = { 3e9, 0, 1e9 };
    report.work.semanticEncoder = { 4e9, 0, 1e9 };
    auto parts = partsOf (report);
    REQUIRE (parts.size() == 3);
    CHECK (parts[0].memoryFloorMs == Approx (2.0));
    CHECK (parts[1].memoryFloorMs == Approx (10.0));
    CHECK (parts[1].bound() == "memory");
    report.device.transfers = 20;
    parts = partsOf (report);
    CHECK (parts[0].bound().empty());
}

TEST_CASE ("A process's age is counted from its beginning, as the clock goes", "[engine][bench]")
{
    const double before = processAgeMs();
    std::this_thread::sleep_for (std::chrono::milliseconds (200));
    const double passed = processAgeMs() - before;
    CHECK (before > 0);
    CHECK (before < 3'600'000.0); // not the machine's
    CHECK (passed >= 180);
    CHECK (passed < 60'000);
}
