// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Offload/MemoryWatch.h"
#include "Support/FakeDevice.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
constexpr std::int64_t mib = 1 << 20;

/** A GPU of 10 000 MiB, 8000 of them in use, watched at five frames a second. */
struct Watched
{
    /** Seconds of frames, before each of which `change` alters the memory. */
    template <typename Change>
    std::vector<std::string> run (int seconds, Change&& change)
    {
        std::vector<std::string> all;
        for (int frame = 0; frame < 5 * seconds; ++frame)
        {
            device.advance (200.0);
            change (*device.shown);
            for (auto& sentence : watch.frameMade())
                all.push_back (sentence);
        }
        return all;
    }

    FakeDevice device;
    OffloadConfig config { .layers = 28, .gpuLayers = 8, .settings = {}, .chosenBy = {} };
    CacheTrim trim { device, 50, TrimPolicy::Always };
    MemoryWatch watch { (device.shown = DeviceMemory { 10'000 * mib, 2000 * mib, 7000 * mib, 6000 * mib, 0 },
                         device),
                        config, trim };
};
} // namespace

TEST_CASE ("Stable memory is checked each second, without a warning", "[engine][offload]")
{
    Watched gpu;
    CHECK (gpu.run (30, [] (DeviceMemory&) {}).empty());
    CHECK (gpu.watch.latest().atMs == 30'000.0);
    CHECK (gpu.watch.latest().frames == 150);
    gpu.device.advance (999.0);
    gpu.watch.frameMade();
    CHECK (gpu.watch.latest().frames == 150); // not a full second has passed
}

TEST_CASE ("Memory that grows from frame to frame is reported once, with its cause", "[engine][offload]")
{
    Watched gpu;
    const auto said = gpu.run (30, [] (DeviceMemory& memory) {
        memory.allocated += mib;
        memory.reserved += mib;
        memory.free -= mib;
    });
    REQUIRE (said.size() == 1);
    CHECK_THAT (said[0], Contains ("grows from frame to frame, 25 MiB in the last 25 frames"));
    CHECK (gpu.run (30, [] (DeviceMemory&) {}).empty());
    CHECK (gpu.run (30, [] (DeviceMemory& memory) { memory.allocated += mib; }).size() == 1); // again
}

TEST_CASE ("Memory that grows and shrinks with passages causes no warning", "[engine][offload]")
{
    Watched gpu;
    int frame = 0;
    CHECK (gpu.run (60, [&frame] (
                            DeviceMemory& memory) { memory.allocated += ++frame % 100 == 0 ? 40 * mib : 0; })
               .empty()); // a longer passage, now and then
    frame = 0;
    CHECK (
        gpu.run (60, [&frame] (DeviceMemory& memory) { memory.allocated += ++frame % 20 < 10 ? mib : -mib; })
            .empty());
}

TEST_CASE ("Fragments, other programs and a full GPU are told apart, each with its remedy",
           "[engine][offload]")
{
    Watched gpu;
    SECTION ("fragments")
    {
        const auto said = gpu.run (10, [] (DeviceMemory& memory) {
            memory.reserved += mib;
            memory.free -= mib;
        });
        REQUIRE (said.size() == 1);
        CHECK_THAT (said[0],
                    Contains ("memory is fragmenting") && Contains ("Lower --cache-trim-interval to 20."));
    }
    SECTION ("another program")
    {
        const auto said = gpu.run (10, [] (DeviceMemory& memory) { memory.free -= 10 * mib; });
        REQUIRE (said.size() == 1);
        CHECK_THAT (said[0], Contains ("another program takes memory, 250 MiB in the last 5 s") &&
                                 Contains ("Lower --gpu-layers to 6"));
    }
    SECTION ("full")
    {
        const auto said = gpu.run (10, [] (DeviceMemory& memory) { memory.free = 400 * mib; });
        REQUIRE (said.size() == 1);
        CHECK_THAT (said[0],
                    Contains ("96 % of the memory is used, 400 MiB are left. Lower --gpu-layers to 6"));
        CHECK (
            gpu.run (10, [] (DeviceMemory& memory) { memory.free = 500 * mib; }).empty()); // 95 % is not more
    }
}

TEST_CASE ("When memory is stable for 100 frames and trims cost time, fewer of them are proposed",
           "[engine][offload]")
{
    Watched gpu;
    CHECK (gpu.run (40, [] (DeviceMemory&) {}).empty()); // no trim was made: nothing to save
    std::vector<std::string> said;
    const auto trimming = [&gpu] (DeviceMemory&) {
        for (int transfer = 0; transfer < 20; ++transfer)
            gpu.trim.transferred();
    };
    said = gpu.run (40, trimming);
    REQUIRE (said.size() == 1);
    CHECK_THAT (said[0], Contains ("--cache-trim-interval 100 costs less time"));
}
