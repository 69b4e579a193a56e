// SPDX-License-Identifier: Apache-2.0
// Our product on a GPU against cuBLAS as PyTorch calls it (at::mm), in the shapes of the models: the same bf16 rows and
// weights in, bf16 out. Not a test, so it runs only if it is named, all of it or one part:
//     tableread_kernels_tests "[.bench]"        or "*few rows*", "*prompts*", "*voices*"
// PyTorch asks cublasGemmEx; with TORCH_BLAS_PREFER_CUBLASLT=1 it asks cuBLASLt. A ratio below 1 says that ours is faster.
#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Kernels/Gpu/Devices.h"
#include "Kernels/Gpu/Kernels.h"
#include "Kernels/Linear.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
struct ModelShape
{
    const char* name;
    std::int64_t n, k;
};

const std::vector<ModelShape> modelShapes {
    { "1.5B qkv", 2048, 1536 },        { "1.5B output", 1536, 1536 }, { "1.5B gate and up", 17920, 1536 },
    { "1.5B down", 1536, 8960 },       { "7B qkv", 4608, 3584 },      { "7B output", 3584, 3584 },
    { "7B gate and up", 37888, 3584 }, { "7B down", 3584, 18944 },    { "head gate and up", 9216, 1536 },
    { "head down", 1536, 4608 },
};

Device& device()
{
    static const auto gpu = makeGpuDevice (deviceFor (DeviceKind::Cuda), 0);
    return *gpu;
}

/** A GPU, a stream that can be captured, and the header of a table. */
void beginTable()
{
    INFO (kernels::loadGpu());
    REQUIRE (std::string (kernels::loadGpu()).empty());
    kernels::gpu().useOwnStream();
    at::manual_seed (1);
    const auto gpu = device().product();
    std::printf ("\n%s, %s, a driver for %s\n", gpu.name.c_str(), gpu.runtime.c_str(), gpu.driver.c_str());
    std::printf ("%-17s %6s %6s %6s %10s %10s %6s %13s %8s %s\n", "product", "n", "k", "rows", "ours us",
                 "cuBLAS us", "ratio", "weights GB/s", "TFLOP/s", "cuBLAS's first row");
}

/** The median microseconds of a call, when call (0), call (1) … run one after the other in a graph. */
double microsecondsOf (const std::function<void (std::int64_t)>& call, std::int64_t calls)
{
    constexpr std::size_t warmUps = 3, measured = 9;
    call (0); // what is created on first use must not be created during the recording
    auto body = [&] {
        for (std::int64_t i = 0; i < calls; ++i)
            call (i);
    };
    using Body = decltype (body);
    const std::unique_ptr<void, void (*) (void*)> graph (
        kernels::gpu().capture ([] (void* context) { (*static_cast<Body*> (context))(); }, &body),
        kernels::gpu().drop);
    // All are queued at once: the device never waits for the host, so no launch is measured.
    for (std::size_t i = 0; i < warmUps; ++i)
        kernels::gpu().replay (graph.get());
    auto& gpu = device();
    std::array<DeviceEvent, measured + 1> events;
    std::ranges::generate (events, [&] { return gpu.makeEvent (EventKind::Timed); });
    gpu.record (events[0], DeviceQueue::Compute);
    for (std::size_t i = 1; i <= measured; ++i)
    {
        kernels::gpu().replay (graph.get());
        gpu.record (events[i], DeviceQueue::Compute);
    }
    gpu.waitOnHost (events.back());
    std::array<double, measured> spent;
    for (std::size_t i = 0; i < measured; ++i)
        spent[i] = gpu.millisecondsBetween (events[i], events[i + 1]);
    std::ranges::for_each (events, [&] (auto event) { gpu.dropEvent (event); });
    std::ranges::nth_element (spent, spent.begin() + measured / 2);
    return spent[measured / 2] * 1000 / (double) calls;
}

/** Adds a line for each number of rows. Rows are [M, k], as the language model's are: those of one prompt, or of a batch,
    two for each passage. */
void compare (const ModelShape& shape, const std::vector<std::int64_t>& rowCounts)
{
    const auto [name, n, k] = shape;
    const auto onGpu = at::TensorOptions (at::kBFloat16).device (at::kCUDA);
    const auto weightBytes = 2 * n * k;
    // Several times what a cache holds, so that each call finds its weights in memory; at most 1.1 GB for each side.
    const auto copies = std::max<std::int64_t> (4, 200'000'000 / weightBytes + 1);
    std::vector<kernels::Weight> ours;
    std::vector<at::Tensor> theirs;
    device().trim();
    for (std::int64_t i = 0; i < copies; ++i)
    {
        const auto matrix = at::randn ({ n, k }, onGpu);
        ours.push_back (kernels::pack (matrix, {}, { .type = at::kBFloat16, .device = at::kCUDA }));
        theirs.push_back (matrix.t());
    }
    for (const auto rows : rowCounts)
    {
        const auto x = at::randn ({ rows, k }, onGpu);
        // A millisecond at 3 TB/s and 600 TFLOP/s, or each copy once: the time between two graphs is then negligible.
        const auto operations = 2 * rows * n * k;
        const auto bytes = weightBytes + 2 * rows * (n + k) + operations / 200;
        const auto calls = copies * (3'000'000'000 / (copies * bytes) + 1);
        at::Tensor ourOut, theirOut; // at the end the last copy's
        const auto ourTime = microsecondsOf (
            [&] (std::int64_t i) {
                ourOut = kernels::linear (x, ours[(std::size_t) (i % copies)], nullptr, { .rounded = true });
            },
            calls);
        const auto theirTime = microsecondsOf (
            [&] (std::int64_t i) { theirOut = at::mm (x, theirs[(std::size_t) (i % copies)]); }, calls);
        CAPTURE (name, n, k, rows);
        REQUIRE (ourOut.scalar_type() == theirOut.scalar_type());
        REQUIRE (relativeError (ourOut, theirOut) < 1e-2); // each rounds to bf16, 2^-9 at most
        const auto half = x.narrow (0, 0, (rows + 1) / 2);
        const bool isItsOwn =
            sameBits (at::mm (half, theirs.front())[0].cpu(), at::mm (x, theirs.front())[0].cpu());
        std::printf ("%-17s %6d %6d %6d %10.2f %10.2f %6.2f %13.0f %8.1f %s\n", name, (int) n, (int) k,
                     (int) rows, ourTime, theirTime, ourTime / theirTime,
                     (double) weightBytes / ourTime / 1e3, (double) operations / ourTime / 1e6,
                     isItsOwn ? "same bits among half" : "other bits among half");
        std::fflush (stdout);
    }
}
} // namespace

TEST_CASE ("Products of few rows against cuBLAS", "[.bench]")
{
    beginTable();
    for (const auto& shape : modelShapes)
        compare (shape, { 1, 2, 8, 16, 32 });
}

TEST_CASE ("Products of prompts against cuBLAS", "[.bench]")
{
    beginTable();
    for (const auto& shape : modelShapes)
        compare (shape, { 64, 128, 256, 512, 1024 });
}

// The codec's feed-forward layers over 10 s of voice, 75 frames. With 128 channels the engine's codec blocks are one
// kernel each, and these products show what they would be otherwise.
TEST_CASE ("Products of voices against cuBLAS", "[.bench]")
{
    beginTable();
    for (const auto& [channels, rows] : std::vector<std::pair<std::int64_t, std::int64_t>> {
             { 2048, 75 }, { 1024, 600 }, { 512, 3000 }, { 256, 15000 }, { 128, 60000 } })
    {
        compare ({ "codec up", 4 * channels, channels }, { rows });
        compare ({ "codec down", channels, 4 * channels }, { rows });
    }
}
