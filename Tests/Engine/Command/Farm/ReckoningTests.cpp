// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "FarmFixture.h"
#include "Passage/Passage.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** A farm whose machine was measured. */
struct ReckoningFixture : FarmFixture
{
    ReckoningFixture()
    {
        control->frameMs = 1;
        const auto outcome = run ({ "bench", "--runs", "1", "--threads", "1", "--passages", "2", "--json" });
        write ("bench.json", outcome.out);
        bench = nlohmann::json::parse (outcome.out);
        factor = bench["worker"]["length_factor"];
    }

    Outcome plan (std::vector<std::string> more)
    {
        more.insert (more.begin(), { "plan", "--bench", path ("bench.json") });
        return run (more);
    }

    nlohmann::json planned (std::vector<std::string> more)
    {
        more.emplace_back ("--json");
        const auto outcome = plan (more);
        REQUIRE (outcome.code == 0);
        return nlohmann::json::parse (outcome.out);
    }

    nlohmann::json bench;
    double factor = 0; // the fake's lines are shorter than usual
};

double seconds (std::size_t letters)
{
    return static_cast<double> (estimatedLength (letters).value) / 24'000;
}
} // namespace

TEST_CASE ("Bench measures a worker, which plan reckons a farm from", "[engine][command][farm][plan]")
{
    ReckoningFixture farm;
    const auto& worker = farm.bench["worker"];
    CHECK (worker["passages"] == 2);
    CHECK (worker["frames_a_second"] > 0);
    CHECK (worker["frames_a_second"] <= 2000);
    CHECK (worker["frame_seconds"] == Approx (320.0 / 24'000));

    const auto one = farm.planned ({ farm.file() });
    CHECK (one["lines"] == 6);
    CHECK (one["letters"] == 4 + 4 + 6 + 5 + 5 + 4);
    CHECK (one["speech_seconds"] ==
           Approx (farm.factor * (3 * seconds (4) + 2 * seconds (5) + seconds (6))).epsilon (1e-4));
    CHECK (one["worker"] == worker);
    const double speaking = one["frames"].get<double>() / worker["frames_a_second"].get<double>();
    CHECK (one["seconds"] > speaking);
    CHECK (one["hours"] == Approx (one["seconds"].get<double>() / 3600));

    const auto two = farm.planned ({ farm.file(), "--nodes", "2", "--hour-cost", "3" });
    CHECK (one["seconds"].get<double>() - two["seconds"].get<double>() >= speaking / 2 * 0.999);
    CHECK (two["cost"] == Approx (3 * 2 * two["hours"].get<double>()));
    CHECK_THAT (farm.plan ({ farm.file(), "--hour-cost", "3" }).out,
                Contains ("6 lines (scene.tableread)") && Contains ("hours") && Contains ("cost"));
}

TEST_CASE ("Plan reckons a manifest's lines as a project's", "[engine][command][farm][plan]")
{
    ReckoningFixture farm;
    const auto manifest =
        farm.write ("game.json", R"({ "tableread_manifest": 1, "voices": { "Anna": "anna" }, "lines": [
            { "id": "a", "speaker": "Anna", "text": "One." }, { "id": "b", "speaker": "Anna", "text": "Three." } ] })");
    const auto planned = farm.planned ({ manifest });
    CHECK (planned["lines"] == 2);
    CHECK (planned["letters"] == 4 + 6);
}

TEST_CASE ("Plan takes a number of lines where there is no project", "[engine][command][farm][plan]")
{
    ReckoningFixture farm;
    const auto usual = farm.planned ({ "--lines", "5000" });
    CHECK (usual["lines"] == 5000);
    CHECK (usual["speech_seconds"] == Approx (farm.factor * 5000 * seconds (60)));
    const auto longer = farm.planned ({ "--lines", "5000", "--letters", "120" });
    CHECK (longer["speech_seconds"] == Approx (farm.factor * 5000 * seconds (120)));
    CHECK_THAT (farm.plan ({ "--lines", "5000" }).out,
                Contains ("5000 lines (of 60 letters)") && ! Contains ("cost"));
}

TEST_CASE ("Plan refuses what does not go together, and files that are none",
           "[engine][command][farm][plan][errors]")
{
    ReckoningFixture farm;
    const auto refused = [&farm] (std::vector<std::string> arguments) {
        arguments.insert (arguments.begin(), "plan");
        const auto outcome = farm.run (arguments);
        CHECK (outcome.code == 2);
        CHECK (outcome.out.empty());
        return outcome.err;
    };
    const auto bench = farm.path ("bench.json");
    CHECK_THAT (refused ({ "--bench", bench }), Contains ("--lines"));
    CHECK_THAT (refused ({ "--bench", bench, "--lines", "5", farm.file() }), Contains ("excludes"));
    CHECK_THAT (refused ({ "--bench", bench, "--lines", "5", "--vram", "8GB" }), Contains ("excludes"));
    CHECK_THAT (refused ({ "--bench", bench, "--lines", "5", "--steps", "8" }), Contains ("excludes"));
    CHECK_THAT (refused ({ "--lines", "5" }), Contains ("requires --bench"));
    CHECK_THAT (refused ({ "--nodes", "5" }), Contains ("requires --bench"));
    CHECK_THAT (refused ({ farm.file() }), Contains ("requires --bench"));
    CHECK_THAT (refused ({ "--bench", bench, farm.file(), "--letters", "5" }), Contains ("requires --lines"));
    for (const auto* number : { "0", "-1", "x", "1e99" })
    {
        CHECK_THAT (refused ({ "--bench", bench, "--lines", number }), Contains ("--lines"));
        CHECK_THAT (refused ({ "--bench", bench, "--lines", "5", "--nodes", number }), Contains ("--nodes"));
    }
    CHECK_THAT (refused ({ "--bench", bench, "--lines", "5", "--hour-cost", "nan" }),
                Contains ("--hour-cost"));
    CHECK_THAT (refused ({ "--bench", farm.path ("none.json"), "--lines", "5" }), Contains ("none.json"));
    CHECK_THAT (refused ({ "--bench", farm.file(), "--lines", "5" }), Contains ("bench --json"));
    CHECK_THAT (refused ({ "--bench", bench, bench }), Contains ("bench.json"));
}
