// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "CommandFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** A render command with more arguments. */
CommandFixture::Outcome render (CommandFixture& engine, std::vector<std::string> more)
{
    std::vector<std::string> arguments { "render", engine.write ("s.txt", "Anna: Hi.\n"), "-o",
                                         engine.path ("o.wav") };
    arguments.insert (arguments.end(), more.begin(), more.end());
    return engine.run (arguments);
}
} // namespace

TEST_CASE ("Passages are a number from 1 to 16, or chosen where speech is rendered",
           "[engine][command][offload]")
{
    CommandFixture engine;
    CHECK (render (engine, {}).code == 0);
    CHECK (engine.loaded.offload.settings.passages == 0); // auto
    CHECK (render (engine, { "--passages", "auto" }).code == 0);
    CHECK (render (engine, { "--passages", "16" }).code == 0);
    CHECK (engine.loaded.offload.settings.passages == 16);
    CHECK_THAT (render (engine, { "--passages", "2" }).err, ! Contains ("no effect"));
    for (const auto* bad : { "0", "17", "-1", "2x", "", "all", "nan" })
    {
        const auto outcome = render (engine, { "--passages", bad });
        CHECK (outcome.code == 2);
        CHECK_THAT (outcome.err, Contains ("from 1 to 16"));
    }
    CHECK (engine.run ({ "plan", "--passages", "auto" }).code == 2); // a plan is for a number
}

TEST_CASE ("Offload options reach the loader", "[engine][command][offload]")
{
    CommandFixture engine;
    REQUIRE (render (engine, { "--gpu-layers", "8", "--prefetch", "3", "--no-pin", "--cache-trim-interval",
                               "20", "--trim", "always", "--weights", "int8", "--vram", "10GB", "--context",
                               "8000", "--passages", "4" })
                 .code == 0);
    const auto& offload = engine.loaded.offload;
    CHECK (offload.mode == OffloadRequest::Mode::Layers);
    CHECK (offload.gpuLayers == 8);
    CHECK (offload.settings.prefetch == 3);
    CHECK_FALSE (offload.settings.pinMemory);
    CHECK (offload.settings.cacheTrimInterval == 20);
    CHECK (offload.settings.trim == TrimPolicy::Always);
    CHECK (offload.settings.weights == WeightsFormat::Int8);
    CHECK (offload.settings.deviceMemoryLimit == 10'000'000'000);
    CHECK (offload.settings.positions == 8000);
    CHECK (offload.settings.passages == 4);
    CHECK (engine.loaded.compute == ComputeType::BFloat16);

    REQUIRE (render (engine, {}).code == 0);
    CHECK (engine.loaded.offload.mode == OffloadRequest::Mode::Default);
    CHECK (engine.loaded.offload.settings.cacheTrimInterval == 50);
    CHECK (engine.loaded.offload.settings.prefetch == 1);
    CHECK (engine.loaded.offload.settings.pinMemory);
    CHECK (engine.loaded.compute == ComputeType::Float32);

    REQUIRE (render (engine, { "--preset", "budget", "--cache-clear-interval", "0" }).code == 0);
    CHECK (engine.loaded.offload.mode == OffloadRequest::Mode::Preset);
    CHECK (engine.loaded.offload.preset == "budget");
    CHECK (engine.loaded.offload.settings.cacheTrimInterval == 0);
    REQUIRE (render (engine, { "--auto" }).code == 0);
    CHECK (engine.loaded.offload.mode == OffloadRequest::Mode::Auto);
    REQUIRE (render (engine, { "--no-offload" }).code == 0);
    CHECK (engine.loaded.offload.mode == OffloadRequest::Mode::None);
    REQUIRE (engine.run ({ "bench", "--runs", "1", "--gpu-layers", "3" }).code == 0);
    CHECK (engine.loaded.offload.gpuLayers == 3);
}

TEST_CASE ("Offload options that make no sense are refused", "[engine][command][offload][errors]")
{
    CommandFixture engine;
    const auto [arguments, why] = GENERATE (table<std::vector<std::string>, std::string> (
        { { { "--cache-trim-interval", "-1" }, "--cache-trim-interval" },
          { { "--gpu-layers", "-1" }, "--gpu-layers" },
          { { "--prefetch", "-1" }, "--prefetch" },
          { { "--vram", "much" }, "is not a memory size" },
          { { "--weights", "fp4" }, "fp4" },
          { { "--trim", "often" }, "often" },
          { { "--gpu-layers", "8", "--auto" }, "excludes" },
          { { "--preset", "budget", "--no-offload" }, "excludes" } }));
    const auto outcome = render (engine, arguments);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (why));
}

TEST_CASE ("The effective configuration is reported, or the options without effect",
           "[engine][command][offload]")
{
    CommandFixture engine;
    CHECK_THAT (render (engine, { "--gpu-layers", "3", "--trim", "always" }).err,
                Contains ("On a CPU all layers are resident: --gpu-layers, --trim have no effect."));
    CHECK_THAT (render (engine, { "--auto" }).err, Contains ("--auto has no effect."));
    CHECK_THAT (render (engine, { "--weights", "fp8" }).err,
                ! Contains ("no effect")); // it has an effect on a CPU too
    CHECK_THAT (render (engine, {}).err, ! Contains ("no effect"));
    CHECK_THAT (render (engine, { "--auto", "--quiet" }).err, ! Contains ("no effect"));

    engine.control->offload =
        OffloadConfig { .layers = 28, .gpuLayers = 8, .settings = {}, .chosenBy = "preset budget" };
    for (const auto& outcome : { render (engine, { "--preset", "budget" }),
                                 engine.run ({ "bench", "--runs", "1", "--preset", "budget" }) })
        CHECK_THAT (outcome.err, Contains ("8 of 28 resident, 20 offloaded (preset budget)"));
}
