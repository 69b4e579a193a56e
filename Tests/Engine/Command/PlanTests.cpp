// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "CommandFixture.h"
#include "Offload/Config.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
nlohmann::json planned (CommandFixture& engine, std::vector<std::string> more)
{
    std::vector<std::string> arguments { "plan", "--json" };
    arguments.insert (arguments.end(), more.begin(), more.end());
    const auto outcome = engine.run (arguments);
    REQUIRE (outcome.code == 0);
    return nlohmann::json::parse (outcome.out);
}

nlohmann::json rowOf (const nlohmann::json& plan, const std::string& name)
{
    for (const auto& row : plan.at ("rows"))
        for (const auto& other : row.at ("names"))
            if (other == name)
                return row;
    FAIL ("no row is named " + name);
    return {};
}
} // namespace

TEST_CASE ("Plan has a row for each preset, and each further layer costs memory and saves time",
           "[engine][command][plan]")
{
    CommandFixture engine;
    const auto plan = planned (engine, { "--vram", "8GB", "--link", "1", "--bandwidth", "1000" });
    CHECK (plan["layers"] == 8);
    for (const auto& preset : offloadPresets())
        CHECK (rowOf (plan, std::string (preset.name))["gpu_layers"] == presetLayers (preset.name, 8));
    CHECK (rowOf (plan, "auto")["gpu_layers"] == 8);
    const auto layer = plan["memory"]["layer"].get<std::int64_t>();
    const auto& rows = plan["rows"];
    for (std::size_t i = 1; i < rows.size(); ++i)
    {
        CHECK (rows[i]["gpu_layers"] < rows[i - 1]["gpu_layers"]);
        CHECK (rows[i]["frame_ms"] >= rows[i - 1]["frame_ms"]);
        CHECK (rows[i]["peak"] <= rows[i - 1]["peak"]);
    }
    // At 1 GB/s only the copies count: bytes over the link.
    const auto none = rowOf (plan, "--gpu-layers 0");
    CHECK (none["transfers"] == 8);
    CHECK (none["frame_ms"].get<double>() == Approx (none["host"].get<double>() / 1e6));
    CHECK (none["host"] <= 8 * layer);
    for (const auto& row : rows)
        CHECK (8 * row["host"].get<std::int64_t>() ==
               (8 - row["gpu_layers"].get<std::int64_t>()) * none["host"].get<std::int64_t>());
    CHECK (rowOf (plan, "high_end")["exposed_wait_ms"] == 0.0);
}

TEST_CASE ("Plan says what fits and what does not", "[engine][command][plan]")
{
    CommandFixture engine;
    const auto all = planned (engine, { "--vram", "8GB" });
    const auto most = rowOf (all, "high_end")["peak"].get<std::int64_t>();
    const auto least = rowOf (all, "--gpu-layers 0")["peak"].get<std::int64_t>();
    const auto reserve = all["memory"]["reserve"].get<std::int64_t>();
    const auto tight = planned (engine, { "--vram", std::to_string (most + reserve - 1) + "B" });
    CHECK (tight["auto"].get<int>() < 8);
    CHECK (rowOf (tight, "high_end")["fits"] == true); // an explicit option may use the reserve
    CHECK (rowOf (planned (engine, { "--vram", std::to_string (most - 1) + "B" }), "high_end")["fits"] ==
           false);

    const auto small = engine.run ({ "plan", "--vram", std::to_string (least / 2) + "B" });
    CHECK (small.code == 0);
    CHECK_THAT (small.out,
                Contains ("does not fit") && Contains ("not even with all layers offloaded. Try --weights"));
    CHECK_FALSE (planned (engine, { "--vram", std::to_string (least / 2) + "B" }).contains ("auto"));
}

TEST_CASE ("Plan takes a measured GPU, or says what it assumes", "[engine][command][plan]")
{
    CommandFixture engine;
    const auto assumed = engine.run ({ "plan" });
    CHECK_THAT (assumed.err, Contains ("No GPU was measured"));
    CHECK_THAT (assumed.out, Contains ("link 25.0 GB/s, GPU memory 760 GB/s") && ! Contains ("auto"));

    int measured = 0;
    engine.measureGpu = [&measured] {
        ++measured;
        return GpuMeasures { 2'000'000'000, 49e9, 3350e9 };
    };
    const auto here = engine.run ({ "plan" });
    CHECK (here.err.empty());
    CHECK_THAT (here.out,
                Contains ("link 49.0 GB/s, GPU memory 3350 GB/s") && Contains ("free on the GPU") &&
                    ! Contains ("driver's context")); // it exists already, and is not in the free memory
    CHECK (planned (engine, {})["free"] == 2'000'000'000);
    CHECK_THAT (engine.run ({ "plan", "--vram", "1.5GB" }).out, Contains ("driver's context"));
    measured = 0;
    engine.run ({ "plan", "--vram", "1GB", "--link", "12", "--bandwidth", "448" });
    CHECK (measured == 0);
}

TEST_CASE ("Plan needs no more of a model than its config.json, and says so", "[engine][command][plan]")
{
    CommandFixture engine;
    std::filesystem::create_directories (engine.folder.path() / "alone");
    std::filesystem::copy (engine.model() / "config.json", engine.folder.path() / "alone");
    const auto alone = engine.run ({ "plan", "--json", "--vram", "8GB", "--model", engine.path ("alone") });
    REQUIRE (alone.code == 0);
    CHECK_THAT (alone.err, Contains ("shapes in its config.json"));
    CHECK (std::count (alone.err.begin(), alone.err.end(), '\n') == 1);

    const auto whole = engine.run ({ "plan", "--json", "--vram", "8GB" });
    CHECK (whole.err.empty());
    auto expected = nlohmann::json::parse (whole.out);
    expected["model"] = "alone";
    CHECK (nlohmann::json::parse (alone.out) == expected);

    // What is there must be complete: an index without its shards does not count as a config.json alone.
    engine.write ("alone/model.safetensors.index.json", R"({"weight_map": {"a": "missing.safetensors"}})");
    const auto broken = engine.run ({ "plan", "--model", engine.path ("alone") });
    CHECK (broken.code == 2);
    CHECK_THAT (broken.err, Contains ("missing.safetensors"));
    std::filesystem::create_directories (engine.folder.path() / "empty");
    CHECK_THAT (engine.run ({ "plan", "--model", engine.path ("empty") }).err, Contains ("config.json"));
}

TEST_CASE ("One more diffusion step reads its weights once more", "[engine][command][plan]")
{
    CommandFixture engine;
    const auto restMs = [&engine] (const char* steps) {
        return planned (engine, { "--bandwidth", "1", "--steps", steps })["times"]["rest_ms"].get<double>();
    };
    const double aStep = 2.0 * (448.0 * 64 + 64.0 * 448 + 3.0 * 3 * 1344 * 448); // in, out, FFNs, in bf16
    CHECK (restMs ("20") - restMs ("10") == Approx (10 * aStep / (1e6 * 0.8)));
}

TEST_CASE ("Narrow weights and more slots show in a plan", "[engine][command][plan]")
{
    CommandFixture engine;
    const auto wide = planned (engine, { "--link", "1" });
    const auto narrow = planned (engine, { "--link", "1", "--weights", "int8" });
    const auto name = "--gpu-layers 0";
    const auto ratio =
        rowOf (narrow, name)["frame_ms"].get<double>() / rowOf (wide, name)["frame_ms"].get<double>();
    CHECK (ratio > 0.5);
    CHECK (ratio < 0.51);
    const auto slots = planned (engine, { "--link", "1", "--prefetch", "7" });
    CHECK (rowOf (slots, name)["transfers"] == 0); // eight slots hold all eight layers
    CHECK (rowOf (slots, name)["peak"] == rowOf (wide, "high_end")["peak"]);
}
