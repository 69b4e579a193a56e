// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Command/BenchReport.h"
#include "Command/Machine.h"
#include "Command/ModelOptions.h"
#include "CommandFixture.h"
#include "Core/ContentHash.h"

using namespace tableread;
using namespace tableread::engine;
using Catch::Contains;

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

TEST_CASE ("The middle of measurements", "[engine][command][bench]")
{
    CHECK (spreadOf ({}).median == 0);
    CHECK (spreadOf ({ 3, 1, 2 }).median == 2);
    CHECK (spreadOf ({ 4, 1, 2, 3 }).median == 2.5);
    CHECK (spreadOf ({ 4, 1, 2, 3 }).least == 1);
    CHECK (spreadOf ({ 4, 1, 2, 3 }).most == 4);
}

TEST_CASE ("A part is bound by the higher of its floors", "[engine][command][bench]")
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

TEST_CASE ("Bench measures renders and names machine and commit", "[engine][command][bench]")
{
    CommandFixture engine;
    engine.control->frames = 3;
    engine.control->frameMs = 4;
    const auto outcome = engine.run ({ "bench", "--runs", "4", "--threads", "1", "--json" });
    REQUIRE (outcome.code == 0);
    CHECK (engine.control->passagesRendered == 4);
    const auto json = nlohmann::json::parse (outcome.out);
    CHECK (json["machine"]["processor"] == processorName());
    CHECK (json["machine"]["processors"].get<int>() >= 1);
    CHECK (json["machine"]["read_bytes_per_second"] > 1e8);
    CHECK (json["machine"]["reread_bytes_per_second"] > 1e8);
    CHECK (json["machine"]["operations_per_second"] > 1e8);
    CHECK (json["machine"]["operations_per_second"] < 2e12); // one thread: more is work that was left out
    CHECK (json["commit"] == commit());
    CHECK (json["identical"] == true);
    CHECK (json["frames"] == 3);
    CHECK (json["first_audio_ms"]["median"] >= 4.0);
    CHECK (json["rtf"]["median"] >= 4.0 / (1000.0 * FakeRenderer::frameSamples / 24'000));
    CHECK (json["peak_resident_bytes"] > 1'000'000);
    CHECK (json["parts"][2]["part"] == "decoder");
    CHECK ((json["parts"][2]["bound"] == "arithmetic" ||
            json["parts"][2]["bound"] == "memory")); // the machine's

    const auto table = engine.run ({ "bench", "--runs", "1" });
    CHECK_THAT (table.out, Contains (commit()) && Contains (processorName()) && Contains ("language model") &&
                               Contains ("the same samples each time"));
}

TEST_CASE ("Bench gives a hash of the samples, which two builds can compare", "[engine][command][bench]")
{
    CommandFixture engine;
    const auto shelf = shelfOf (engine.model());
    const auto voice = FakeRenderer::encode (orThrow (shelf.fetch ({ shelf.names().front(), {} })).audio);
    const auto spoken = [&voice] (std::uint64_t seed, int frames) {
        return FakeRenderer::expected ({ { { 0, "Hello." } }, { voice } }, { .seed = seed }, frames);
    };
    const auto run = engine.run (
        { "bench", "--runs", "1", "--threads", "1", "--text", "Hello.", "--seed", "3", "--json" });
    CHECK (nlohmann::json::parse (run.out)["samples_xxh3_128"] == contentHash (spoken (3, 5)));

    const auto sweep = engine.run ({ "bench", "--text", "Hello.", "--sweep", "batch=2", "--json" });
    auto both = spoken (0, 5);
    const auto second = spoken (1, 5);
    both.insert (both.end(), second.begin(), second.end());
    const auto points = nlohmann::json::parse (sweep.out);
    REQUIRE (points.size() == 1);
    CHECK (points[0]["batch"] == 2);
    CHECK (points[0]["samples_xxh3_128"] == contentHash (both));
}

TEST_CASE ("Bench holds a GPU's parts against the speed of its memory", "[engine][command][bench]")
{
    CommandFixture engine;
    engine.control->device.name = "GPU";
    engine.control->device.driver = "CUDA 13.0";
    engine.control->device.peakBytes = 5'860'000'000;
    engine.measureGpu = [] {
        return GpuMeasures { .freeBytes = 0, .linkBytesPerSecond = 5e10, .memoryBytesPerSecond = 2.5e12 };
    };
    const auto table = engine.run ({ "bench", "--runs", "1" });
    CHECK_THAT (table.out, Contains ("GPU, CUDA 13.0") && Contains ("reads 2500 GB/s from its memory") &&
                               Contains ("5.86 GB") && Contains ("head and codec") && ! Contains ("decoder"));
}

TEST_CASE ("A GPU's head and codec are one part, and layers that are copied have no floor in its memory",
           "[engine][command][bench]")
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

TEST_CASE ("Bench says so if two renders differ", "[engine][command][bench][errors]")
{
    CommandFixture engine;
    engine.control->atFrame = [&engine] (int) { engine.control->frames = 4; }; // the second run is shorter
    const auto outcome = engine.run ({ "bench", "--runs", "2" });
    CHECK (outcome.code == 1);
    CHECK_THAT (outcome.out, Contains ("DIFFERENT SAMPLES"));
}
