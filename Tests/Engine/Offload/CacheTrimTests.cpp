// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Core/Error.h"
#include "Offload/OutOfMemory.h"
#include "OffloadFixture.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

TEST_CASE ("A trim comes after each interval of transfers, then the count starts over", "[engine][offload]")
{
    FakeDevice device;
    CacheTrim trim (device, 5, TrimPolicy::Always);
    for (int transfer = 1; transfer <= 23; ++transfer)
    {
        trim.transferred();
        CHECK (trim.counters().done == transfer / 5);
        CHECK (trim.counters().transfers == transfer % 5);
    }
    CHECK (device.trims == 4);
}

TEST_CASE ("An interval of 0 never trims, one of 1 trims after each transfer", "[engine][offload]")
{
    FakeDevice device;
    device.unusedBlocks = 1;
    CacheTrim never (device, 0, TrimPolicy::Always);
    CacheTrim each (device, 1, TrimPolicy::Always);
    for (int transfer = 0; transfer < 100; ++transfer)
        never.transferred();
    CHECK (device.trims == 0);
    for (int transfer = 0; transfer < 100; ++transfer)
        each.transferred();
    CHECK (device.trims == 100);
}

TEST_CASE ("A trim with nothing to return is left out and counted, unless it is forced", "[engine][offload]")
{
    FakeDevice device;
    device.trimMs = 3.0;
    CacheTrim useful (device, 2, TrimPolicy::Useful);
    for (int i = 0; i < 4; ++i)
        useful.transferred();
    CHECK (useful.counters().skipped == 2);
    CHECK (useful.counters().done == 0);
    CHECK (device.trims == 0);
    device.unusedBlocks = 700;
    for (int i = 0; i < 4; ++i)
        useful.transferred();
    CHECK (useful.counters().skipped == 3);
    CHECK (useful.counters().done == 1);
    CHECK (useful.counters().bytesReturned == 700);
    CHECK (useful.counters().spentMs == 3.0);
    CHECK (useful.counters().waitedMs == 0.0);

    CacheTrim always (device, 2, TrimPolicy::Always);
    device.compute (40.0);
    always.transferred();
    always.transferred();
    CHECK (always.counters().done == 1);
    CHECK (always.counters().skipped == 0);
    CHECK (always.counters().waitedMs == 40.0); // work in progress does not count as the trim's time
    CHECK (always.counters().spentMs == 3.0);
}

TEST_CASE ("Trims come after a transfer, never between a layer's acquire and its work", "[engine][offload]")
{
    StreamedModel model ({ .interval = 1, .policy = TrimPolicy::Always });
    for (int frame = 0; frame < 3; ++frame)
        model.frame (1.0);
    const auto& calls = model.device.calls;
    int trims = 0;
    for (std::size_t i = 0; i < calls.size(); ++i)
    {
        if (calls[i] != "trim")
            continue;
        ++trims;
        CHECK (calls[i - 1] == "copy");
        CHECK (calls[i - 2] == "compute");
    }
    CHECK (trims == 60);
    CHECK (model.trim.counters().outOfMemory == 0);
    CHECK (model.device.faults.empty());
}

TEST_CASE ("When memory runs out, one trim and one more try come before an error",
           "[engine][offload][errors]")
{
    FakeDevice device (1.0, 1000);
    device.unusedBlocks = 50;
    CacheTrim trim (device, 50, TrimPolicy::Useful);
    const OffloadConfig config { .layers = 28, .gpuLayers = 8, .settings = {}, .chosenBy = {} };

    device.refuseAllocations = 1;
    CHECK (allocateOrTrim (device, trim, { .bytes = 100, .name = "slot 1 of 2" }, config) != nullptr);
    CHECK (trim.counters().outOfMemory == 1);
    CHECK (trim.counters().done == 0);
    CHECK (trim.counters().bytesReturned == 50);

    device.refuseAllocations = 2;
    const auto error =
        failureOf ([&] { allocateOrTrim (device, trim, { .bytes = 100, .name = "slot 2 of 2" }, config); });
    CHECK (error.code == ErrorCode::OutOfMemory);
    CHECK_THAT (error.message, Contains ("slot 2 of 2 needs") && Contains ("8 of 28 layers resident") &&
                                   Contains ("Lower --gpu-layers to 6, or use --weights int8."));
    CHECK (device.refuseAllocations == 0); // it was tried twice
    CHECK (trim.counters().outOfMemory == 2);
}

TEST_CASE ("The ladder goes from layers to intervals, and up again when memory is stable",
           "[engine][offload]")
{
    OffloadConfig config { .layers = 28, .gpuLayers = 8, .settings = {}, .chosenBy = {} };
    config.settings.weights = WeightsFormat::Int8;
    const auto next = [&config] (std::int64_t layers, std::int64_t interval) {
        config.gpuLayers = layers;
        config.settings.cacheTrimInterval = interval;
        return nextStepOfLadder (config);
    };
    CHECK (next (28, 50) == "Lower --gpu-layers to 26.");
    CHECK (next (8, 50) == "Lower --gpu-layers to 6.");
    CHECK (next (6, 50) == "Lower --gpu-layers to 4.");
    CHECK (next (4, 100) == "Lower --cache-trim-interval to 50.");
    CHECK (next (4, 0) == "Lower --cache-trim-interval to 50.");
    CHECK (next (4, 50) == "Lower --cache-trim-interval to 20.");
    CHECK (next (4, 20) == "Lower --cache-trim-interval to 10.");
    CHECK_THAT (next (4, 10), Contains ("Lower --gpu-layers to 0"));
    CHECK_THAT (next (0, 10), Contains ("no layer is resident"));
    config.settings.weights = WeightsFormat::AsComputed;
    CHECK (next (8, 50) == "Lower --gpu-layers to 6, or use --weights int8.");

    const auto stable = [&config] (std::int64_t interval) {
        config.settings.cacheTrimInterval = interval;
        return stepWhenStable (config);
    };
    config.gpuLayers = 8;
    CHECK_THAT (stable (50), Contains ("--cache-trim-interval 100"));
    CHECK_THAT (stable (100), Contains ("--cache-trim-interval 0"));
    CHECK (stable (0).empty());
    config.gpuLayers = 28;
    CHECK (stable (50).empty());
}

TEST_CASE ("A caller that asks is told when each trim was", "[engine][offload]")
{
    FakeDevice device;
    device.trimMs = 3.0;
    CacheTrim trim (device, 2, TrimPolicy::Always);
    std::vector<CacheTrim::Times> told;
    trim.onTrim = [&told] (const auto& times) { told.push_back (times); };
    device.advance (10.0);
    device.compute (40.0);
    trim.transferred();
    CHECK (told.empty());
    trim.transferred();
    trim.outOfMemory();
    REQUIRE (told.size() == 2);
    CHECK (told[0].begunMs == 10.0);
    CHECK (told[0].idleMs == 50.0);
    CHECK (told[0].endedMs == 53.0);
    CHECK (told[1].begunMs == 53.0);
}
