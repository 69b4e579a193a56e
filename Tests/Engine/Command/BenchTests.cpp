// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Command/ModelOptions.h"
#include "CommandFixture.h"
#include "Core/ContentHash.h"
#include "Measure/Machine.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

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
    CHECK (json["start_ms"].get<double>() > 0);
    CHECK (json["machine"]["processors"].get<int>() >= 1);
    CHECK (json["machine"]["read_bytes_per_second"] > 1e8);
    CHECK (json["machine"]["reread_bytes_per_second"] > 1e8);
    CHECK (json["machine"]["operations_per_second"] > 1e8);
    CHECK (json["machine"]["operations_per_second"] < 2e12); // one thread: more means work left out
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
    const auto points = nlohmann::json::parse (sweep.out);
    REQUIRE (points.size() == 1);
    const int frames = points[0]["frames"];
    CHECK (frames == engine.control->exactFrames);
    auto both = spoken (0, frames);
    const auto second = spoken (1, frames);
    both.insert (both.end(), second.begin(), second.end());
    CHECK (points[0]["batch"] == 2);
    CHECK (points[0]["samples_xxh3_128"] == contentHash (both));
}

TEST_CASE ("A measured text is repeated or cut to as many characters as were asked for",
           "[engine][command][bench]")
{
    CommandFixture engine;
    const auto spoken = [&engine] (const std::string& text, const char* characters) {
        const auto run = engine.run ({ "bench", "--runs", "1", "--threads", "1", "--text", text,
                                       "--characters", characters, "--json" });
        REQUIRE (run.code == 0);
        return nlohmann::json::parse (run.out)["text"].get<std::string>();
    };
    CHECK (spoken ("Grüße!", "0") == "Grüße!");
    CHECK (spoken ("Grüße!", "4") == "Grüß");
    CHECK (spoken ("Grüße!", "11") == "Grüße! Grüß");
    CHECK (spoken ("", "2") == "  ");

    const auto broken = engine.run ({ "bench", "--text", "\xff", "--characters", "9" });
    CHECK (broken.code == 2);
    CHECK_THAT (broken.err, Contains ("UTF-8"));
    CHECK (engine.run ({ "bench", "--characters", "-1" }).code == 2);
}

TEST_CASE ("Bench compares a GPU's parts with the speed of its memory", "[engine][command][bench]")
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

TEST_CASE ("Bench says so if two renders differ", "[engine][command][bench][errors]")
{
    CommandFixture engine;
    engine.control->atFrame = [&engine] (int) { engine.control->frames = 4; }; // the second run is shorter
    const auto outcome = engine.run ({ "bench", "--runs", "2" });
    CHECK (outcome.code == 1);
    CHECK_THAT (outcome.out, Contains ("DIFFERENT SAMPLES"));
}

TEST_CASE ("Bench measures every combination of a sweep and writes table and plot", "[engine][command]")
{
    CommandFixture engine;
    engine.control->frames = 6;
    const auto csv = engine.path ("sweep.csv"), plot = engine.path ("sweep.svg");
    const auto outcome =
        engine.run ({ "bench", "--sweep", "batch=1,3", "interval=0,50", "--csv", csv, "--plot", plot });
    REQUIRE (outcome.code == 0);
    const auto table = engine.read ("sweep.csv");
    CHECK (std::count (table.begin(), table.end(), '\n') == 5);
    const auto frames = std::to_string (engine.control->exactFrames) + ",";
    CHECK (table.find (",0,useful,1," + frames) != std::string::npos);
    CHECK (table.find (",50,useful,3," + frames) != std::string::npos);
    CHECK (engine.read ("sweep.svg").starts_with ("<svg"));
    CHECK (engine.run ({ "bench", "--sweep", "depth=1" }).code == 2);
}

TEST_CASE ("A table, plot or trace that cannot be written, or is also an input, is refused beforehand",
           "[engine][command][errors]")
{
    CommandFixture engine;
    engine.control->frames = 6;
    const auto voice = engine.path ("ada.wav");
    std::filesystem::copy_file (engine.model() / "voices/anna.flac", voice);
    std::filesystem::create_symlink (voice, engine.path ("link.csv"));
    const auto before = engine.read ("ada.wav");
    const auto file = GENERATE (values<std::string> ({ "ada.wav", "link.csv", "no/such/folder.csv", "." }));
    CAPTURE (file);
    for (const auto& arguments : { std::vector<std::string> { "bench", "--sweep", "batch=1", "--csv" },
                                   std::vector<std::string> { "bench", "--sweep", "batch=1", "--plot" },
                                   std::vector<std::string> { "profile", "--trace" } })
    {
        auto all = arguments;
        all.insert (all.end(), { engine.path (file), "--voice", voice });
        const auto outcome = engine.run (all);
        CHECK (outcome.code == 2);
        CHECK_THAT (outcome.err, Contains (file));
        CHECK (engine.read ("ada.wav") == before);
        CHECK (engine.control->passagesRendered == 0);
    }
}
