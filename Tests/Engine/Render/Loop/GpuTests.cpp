// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "Engine/Render/Loop/GpuFixture.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
std::vector<float> resident (std::uint64_t seed, std::int64_t frames)
{
    static std::map<std::pair<std::uint64_t, std::int64_t>, std::vector<float>> known;
    auto& samples = known[{ seed, frames }];
    if (samples.empty())
        samples = Gpu().speak (seed, frames);
    return samples;
}
} // namespace

TEST_CASE ("Offloaded layers give the bits of resident ones, however many, and at any interval",
           "[engine][render][.gpu]")
{
    const auto expected = resident (1, 6);
    REQUIRE (expected.size() == 6UL * 3200);
    const std::int64_t gpuLayers = GENERATE (0, 1, 2, 3, 4, 5, 6, 7, 8);
    const int prefetch = GENERATE (0, 1, 2);
    const std::int64_t interval = GENERATE (0, 1, 7);
    CAPTURE (gpuLayers, prefetch, interval);
    Gpu gpu (offloaded (gpuLayers, prefetch, interval));
    CHECK (gpu.speak (1, 6) == expected);
    CHECK (gpu.speak (1, 6) == expected);
}

TEST_CASE ("Graphs give the bits of single launches, with and without offloading", "[engine][render][.gpu]")
{
    const auto expected = resident (2, 6);
    CHECK (Gpu ({}, LaunchMode::Eager).speak (2, 6) == expected);
    CHECK (Gpu (offloaded (3), LaunchMode::Eager).speak (2, 6) == expected);
}

TEST_CASE ("A passage has the same bits alone and among fifteen that join and leave",
           "[engine][render][.gpu]")
{
    const auto expected = resident (3, 24);
    const bool offload = GENERATE (false, true);
    Gpu gpu (offload ? offloaded (3) : OffloadRequest {});
    std::vector<std::vector<float>> others (15);
    std::vector<float> watched;
    std::vector<std::shared_ptr<Sequence>> joined;
    for (std::size_t i = 0; i < 7; ++i)
        joined.push_back (gpu.loop.join (gpu.input (10 + i, 5 + (std::int64_t) i, others[i])));
    gpu.loop.join (gpu.input (3, 24, watched));
    for (std::size_t i = 7; i < others.size(); ++i)
    {
        gpu.loop.step();
        joined.push_back (gpu.loop.join (gpu.input (10 + i, 4 + (std::int64_t) i, others[i])));
    }
    gpu.loop.leave (joined.back());
    while (gpu.loop.step())
    {}
    CHECK (watched == expected);
}

TEST_CASE ("A slot may be overwritten once its layer has been used", "[engine][render][.gpu]")
{
    /** Poisons each slot after the work that reads it: the copy of the next layer must replace all of it. */
    struct PoisonedSlots : LayerSource
    {
        StreamedLayers& inner;
        explicit PoisonedSlots (StreamedLayers& of) : inner (of) {}
        std::int64_t layers() const override { return inner.layers(); }
        bool isResident (std::int64_t layer) const override { return inner.isResident (layer); }
        const LayerWeights& acquire (std::int64_t layer) override { return inner.acquire (layer); }
        void release (std::int64_t layer) override
        {
            if (! inner.isResident (layer))
                last->down.panels.view (at::kByte).fill_ (0xff); // NaN in bf16
            inner.release (layer);
        }
        const LayerWeights* last = nullptr;
    };

    Gpu gpu (offloaded (2));
    const auto x = at::randn ({ 2, gpu.model.config().languageModel.hidden },
                              at::TensorOptions (at::kFloat).device (at::kCUDA));
    KvCache cache (gpu.model.config().languageModel, 16, gpu.model.storeOptions());
    const auto sweep = [&] (bool poison) {
        cache.truncate (0);
        PoisonedSlots source (*gpu.model.streamed);
        auto y = x.clone();
        const auto rows = kernels::makeAttentionRows ({ cache.group (2) });
        for (std::int64_t l = 0; l < source.layers(); ++l)
        {
            const auto& layer = source.acquire (l);
            source.last = &layer;
            gpu.model.languageModel.runLayer (y, layer, rows, l);
            poison ? source.release (l) : source.inner.release (l);
        }
        return gpu.model.languageModel.normalised (y).cpu();
    };
    const auto clean = sweep (false);
    for (int i = 0; i < 4; ++i)
        CHECK (at::equal (sweep (true), clean));
}

TEST_CASE ("A sweep that was aborted leaves an engine that renders like a fresh one",
           "[engine][render][.gpu]")
{
    const auto expected = resident (4, 5);
    Gpu gpu (offloaded (3));
    auto& layers = gpu.model.languageModel.layers();
    for (const std::int64_t stopAt : { 1, 4, 6 })
    {
        for (std::int64_t l = 0; l < stopAt; ++l) // cancelled between layers
        {
            layers.acquire (l);
            layers.release (l);
        }
        layers.acquire (stopAt); // or within one
        CHECK (gpu.speak (4, 5) == expected);
    }
    std::vector<float> cut;
    const auto leaver = gpu.loop.join (gpu.input (5, 50, cut));
    gpu.loop.prepareAll();
    gpu.loop.step();
    gpu.loop.leave (leaver);
    CHECK (gpu.speak (4, 5) == expected);
}

TEST_CASE ("A thousand frames leave memory where it was after a hundred", "[engine][render][.gpu]")
{
    Gpu gpu (offloaded (3));
    std::vector<float> out;
    const auto sequence = gpu.loop.join (gpu.input (6, 1000, out));
    const auto allocated = [&] { return gpu.model.streamDevice->memory().allocated; };
    const auto reserved = [&] { return gpu.model.streamDevice->memory().reserved; };
    // Graphs are recorded again when a passage outgrows its positions: the buffers for scores grow with them.
    while (gpu.loop.step() && sequence->report.frames < 100)
    {}
    const auto allocatedThen = allocated(), reservedThen = reserved();
    while (gpu.loop.step() && sequence->report.frames < 1000)
    {}
    CHECK (sequence->report.frames == 1000);
    CHECK (allocated() <= allocatedThen + (1 << 20));
    CHECK (reserved() <= reservedThen + (8 << 20));
}

TEST_CASE ("Transfers and trims are counted: one copy of each offloaded layer a frame, a trim each interval",
           "[engine][render][.gpu]")
{
    Gpu gpu (offloaded (3, 1, 10));
    std::vector<float> out;
    const auto sequence = gpu.loop.join (gpu.input (7, 60, out));
    gpu.loop.prepareAll();
    const auto before = gpu.model.streamed->layerStreamer().counters().transfers;
    const auto trimsBefore = gpu.model.streamed->trims().counters();
    while (gpu.loop.step())
    {}
    const auto after = gpu.model.streamed->trims().counters();
    CHECK (gpu.model.streamed->layerStreamer().counters().transfers - before == 60LL * 5);
    CHECK (after.done - trimsBefore.done == 60 * 5 / 10);
    CHECK (after.outOfMemory == 0);
}

TEST_CASE ("A passage that was parked in host memory goes on with its bits, in another slot",
           "[engine][render][.gpu]")
{
    const auto expected = resident (8, 16);
    const bool offload = GENERATE (false, true);
    const int parkAfter = GENERATE (0, 1, 7);
    Gpu gpu (offload ? offloaded (3) : OffloadRequest {});
    std::vector<float> watched, before, after;
    gpu.loop.join (gpu.input (20, 40, before));
    const auto parked = gpu.loop.join (gpu.input (8, 16, watched));
    if (parkAfter > 0)
        gpu.loop.prepareAll();
    for (int i = 0; i < parkAfter; ++i)
        gpu.loop.step();
    gpu.loop.park (*parked);
    CHECK (parked->slot < 0);
    gpu.loop.join (gpu.input (21, 30, after)); // takes its slot
    for (int i = 0; i < 5; ++i)
        gpu.loop.step();
    CHECK (watched.size() == 3200UL * (std::size_t) parkAfter);
    gpu.loop.resume (*parked);
    while (gpu.loop.step())
    {}
    CHECK (watched == expected);
}

TEST_CASE ("Prompts in pieces beside graphs give the bits of prompts at once, and cost no transfer more",
           "[engine][render][.gpu]")
{
    const bool offload = GENERATE (false, true);
    std::vector<float> expected, watched, speaker;
    {
        Gpu gpu;
        gpu.loop.join (gpu.longer (9, 1500, 12, expected));
        gpu.loop.prepareAll();
        while (gpu.loop.step())
        {}
    }
    Gpu gpu (offload ? offloaded (3) : OffloadRequest {});
    gpu.loop.join (gpu.input (10, 60, speaker));
    gpu.loop.prepareAll();
    gpu.loop.step();
    const auto joining = gpu.loop.join (gpu.longer (9, 1500, 12, watched));
    const auto transfers = [&] {
        return offload ? gpu.model.streamed->layerStreamer().counters().transfers : 0;
    };
    while (! joining->isPrepared())
    {
        const auto before = transfers();
        gpu.loop.step();
        CHECK (transfers() - before == (offload ? 5 : 0));
    }
    while (gpu.loop.step())
    {}
    CHECK (watched == expected);
    CHECK (speaker == resident (10, 60));
}
