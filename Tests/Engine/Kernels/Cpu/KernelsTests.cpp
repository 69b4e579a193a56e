// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Kernels/Linear.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** One of every operation that sums or approximates, by one kernel set. */
at::Tensor runAll (const kernels::CpuKernels& set)
{
    const auto x = randomTensor ({ 13, 85 }, 1), row = randomTensor ({ 85 }, 2);
    auto out = at::zeros ({ 9, 13LL * 85 }, at::kFloat);
    const auto* from = x.const_data_ptr<float>();
    const auto to = [&] (std::int64_t i) { return out[i].mutable_data_ptr<float>(); };
    const auto product = [&] (at::ScalarType type, void (*kernel) (const kernels::CpuLinear&),
                              std::int64_t i) {
        const auto weight = kernels::pack (randomTensor ({ 29, 85 }, 3), {}, { .type = type });
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

TEST_CASE ("A set that does not exist is not found", "[engine][kernels]")
{
    CHECK (kernels::kernelSet ("mmx") == nullptr);
}
