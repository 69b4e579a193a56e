// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <span>

#include "Core/ContentHash.h"
#include "Kernels/KernelFamily.h"
#include "Kernels/Linear.h"
#include "Support/Instrumented.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** Numbers in [-2, 2), the same on every machine. */
at::Tensor numbers (at::IntArrayRef shape, std::uint32_t seed)
{
    auto made = at::empty (shape, at::kFloat);
    for (auto& number : std::span (made.mutable_data_ptr<float>(), (std::size_t) made.numel()))
        number = (float) (std::int32_t) (seed = seed * 1664525 + 1013904223) * 0x1p-30f;
    return made;
}

/** Every operation once, by one kernel set. */
at::Tensor runAll (const kernels::CpuKernels& set)
{
    const auto x = numbers ({ 13, 85 }, 1), row = numbers ({ 85 }, 2);
    auto out = at::zeros ({ 14, 13LL * 85 }, at::kFloat);
    const auto* from = x.const_data_ptr<float>();
    const auto to = [&] (std::int64_t i) { return out[i].mutable_data_ptr<float>(); };
    const auto product = [&] (at::ScalarType type, void (*kernel) (const kernels::CpuLinear&),
                              std::int64_t i) {
        const auto weight = kernels::pack (numbers ({ 29, 85 }, 3), {}, { .type = type });
        kernel (
            { .x = from,
              .xStride = 85,
              .rows = 13,
              .panel = weight.panels.const_data_ptr(),
              .k = 85,
              .columns = 29,
              .scale = weight.channelScale.defined() ? weight.channelScale.const_data_ptr<float>() : nullptr,
              .bias = row.const_data_ptr<float>(),
              .out = to (i),
              .outStride = 29 });
    };
    product (at::kFloat, set.linearFloat, 0);
    product (at::kBFloat16, set.linearBFloat16, 6);
    product (at::kChar, set.linearInt8, 7);
    product (at::kFloat8_e4m3fn, set.linearFloat8, 8);
    set.rmsNorm ({ .x = from,
                   .extent = { 13, 85 },
                   .weight = row.const_data_ptr<float>(),
                   .eps = 1e-6f,
                   .out = to (1) });
    set.silu (from, 13LL * 85, to (2));
    out[3].copy_ (x.flatten());
    set.gelu (to (3), 13LL * 85);
    set.depthwise ({ .x = from,
                     .rows = 7,
                     .channels = 85,
                     .taps = 7,
                     .weight = from,
                     .bias = row.const_data_ptr<float>(),
                     .out = to (4) });
    auto scores = at::empty ({ 13 }, at::kFloat);
    const kernels::CpuQuery query { .query = row.const_data_ptr<float>(), .length = 13, .out = to (5) };
    set.attend ({ .queries = &query,
                  .count = 1,
                  .dim = 85,
                  .keys = from,
                  .values = from,
                  .scale = 0.1f,
                  .scores = scores.mutable_data_ptr<float>(),
                  .scoresStride = 13 });
    set.swiGlu (from, { 6, 85 }, to (9));
    for (const auto changed : { 10, 11, 12, 13 })
        out[changed].copy_ (x.flatten());
    const auto* other = row.const_data_ptr<float>();
    set.addScaled (to (10), to (2), { 13, 85 }, other);
    set.addGated (to (11), to (2), { 13, 85 }, { .values = to (1), .stride = 85 });
    set.modulate (to (12), { 13, 85 }, { .shift = to (2), .scale = to (1), .stride = 85 });
    set.rotary (to (13), 13, { .dim = 84, .cosine = other, .sine = from });
    return out;
}
} // namespace

TEST_CASE ("Both instruction sets give the same bits", "[engine][kernels][determinism]")
{
    const auto* avx2 = kernels::kernelSet ("avx2");
    REQUIRE (avx2 != nullptr);
    const auto* best = &kernels::cpu(); // avx512 where there is one
    const auto a = runAll (*avx2), b = runAll (*best);
    for (std::int64_t i = 0; i < a.size (0); ++i)
        CHECK (a[i].abs().sum().item<float>() > 5.0f);
    CHECK (sameBits (a, b));
}

TEST_CASE ("The kernels' bits are those of their family", "[engine][kernels][determinism]")
{
    // Not so? If it is meant, count up cpuKernelFamily, and put the new hash here.
    CHECK (kernels::cpuKernelFamily == 1);
    if (isInstrumented)
        return; // compiled otherwise than what is spoken with, and has other bits
    const auto bits = runAll (kernels::cpu());
    CHECK (tableread::contentHash ({ bits.const_data_ptr<float>(), (std::size_t) bits.numel() }) ==
           "6f77b2d12c860f447b56bd5a1f4201d1");
}

TEST_CASE ("A set that does not exist is not found", "[engine][kernels]")
{
    CHECK (kernels::kernelSet ("mmx") == nullptr);
}
