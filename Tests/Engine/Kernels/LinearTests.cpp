// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Linear.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Kernels/Parallel.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("linear multiplies as a double product does, at any number of rows and columns",
           "[engine][kernels]")
{
    const auto rows = GENERATE (1, 2, 3, 11, 12, 13, 49, 200);
    const auto n = GENERATE (1, 12, 16, 17, 33, 96);
    const auto k = GENERATE (1, 7, 84, 448);
    const auto x = randomTensor ({ rows, k }, 1), w = randomTensor ({ n, k }, 2),
               bias = randomTensor ({ n }, 3);
    const auto wanted = x.to (at::kDouble).matmul (w.to (at::kDouble).t()) + bias.to (at::kDouble);

    CHECK (relativeError (kernels::linear (x, kernels::pack (w, bias)), wanted) < 2e-6);
    const auto rounded = w.to (at::kBFloat16).to (at::kDouble);
    CHECK (relativeError (kernels::linear (x, kernels::pack (w, {}, { .type = at::kBFloat16 })),
                          x.to (at::kDouble).matmul (rounded.t())) < 2e-6);
    for (const auto type : { at::kChar, at::kFloat8_e4m3fn })
    {
        const auto bytes = kernels::quantise (w, type);
        const auto stored = bytes.values.to (at::kDouble) * bytes.scale.to (at::kDouble).unsqueeze (1);
        const auto wide = x.to (at::kDouble);
        // Against the sum of magnitudes: where terms nearly cancel, the rounding of each stays.
        const auto size = (wide.abs().matmul (stored.t().abs()) + bias.to (at::kDouble).abs()).norm();
        const auto off = kernels::linear (x, kernels::pack (bytes, bias)) - wide.matmul (stored.t()) -
                         bias.to (at::kDouble);
        CHECK ((off.norm() / size).item<double>() < 2e-7);
        CHECK (sameBits (kernels::linear (x, kernels::pack (w, {}, { .type = type })),
                         kernels::linear (x, kernels::pack (bytes, {}))));
    }
}

TEST_CASE ("linear reads rows with gaps and rows that overlap, as a convolution's windows do",
           "[engine][kernels]")
{
    const auto signal = randomTensor ({ 50, 4 }, 1), w = randomTensor ({ 9, 12 }, 2);
    const auto windows = signal.as_strided ({ 20, 12 }, { 8, 1 });
    CHECK (sameBits (kernels::linear (windows, kernels::pack (w, {})),
                     kernels::linear (windows.contiguous(), kernels::pack (w, {}))));
}

TEST_CASE ("linear reads the windows of several signals, of few columns or many", "[engine][kernels]")
{
    const std::int64_t columns = GENERATE (1, 7, 60);
    const auto signals = randomTensor ({ 3, 2 * columns + 1, 4 }, 1);
    const auto weight = kernels::pack (randomTensor ({ 9, 12 }, 2), {});
    const auto windows = signals.as_strided ({ 3, columns, 12 }, { signals.stride (0), 8, 1 });
    const auto all = kernels::linear (windows, weight).view ({ 3, columns, 9 });
    for (std::int64_t i = 0; i < 3; ++i)
        CHECK (sameBits (all[i], kernels::linear (windows[i].contiguous(), weight)));
}

TEST_CASE ("A row of linear has the same bits alone, among others, and with one thread or two",
           "[engine][kernels][determinism]")
{
    const auto type = GENERATE (at::kFloat, at::kBFloat16, at::kChar, at::kFloat8_e4m3fn);
    const auto weight =
        kernels::pack (randomTensor ({ 1000, 448 }, 1), randomTensor ({ 1000 }, 2), { .type = type });
    const auto x = randomTensor ({ 131, 448 }, 3);
    kernels::setThreads (2);
    const auto together = kernels::linear (x, weight);
    for (const auto row : { 0, 1, 57, 130 })
        CHECK (sameBits (kernels::linear (x.narrow (0, row, 1), weight)[0], together[row]));
    kernels::setThreads (1);
    CHECK (sameBits (kernels::linear (x, weight), together));
    kernels::setThreads (2);
}

TEST_CASE ("linear normalises before and activates, gates and adds after the product", "[engine][kernels]")
{
    const auto x = randomTensor ({ 5, 40 }, 1), matrix = randomTensor ({ 24, 40 }, 2),
               bias = randomTensor ({ 24 }, 3);
    const auto slices = randomTensor ({ 5, 160 }, 4);
    const auto weight = kernels::pack (matrix, bias, { .gated = false });
    const kernels::RowNorm norm { randomTensor ({ 40 }, 5), 1e-5, slices.narrow (1, 0, 40),
                                  slices.narrow (1, 40, 40) };
    const auto wide = [] (const at::Tensor& t) { return t.to (at::kDouble); };
    const auto rows = wide (x) * at::rsqrt (wide (x).square().mean (1, true) + 1e-5) * wide (norm.weight) *
                          (1 + wide (norm.scale)) +
                      wide (norm.shift);
    const auto product = rows.matmul (wide (matrix).t()) + wide (bias);

    CHECK (relativeError (kernels::linear (x, weight, &norm), product) < 2e-6);
    CHECK (relativeError (kernels::linear (x, weight, &norm, { .activation = kernels::Activation::Gelu }),
                          at::gelu (product)) < 2e-6);
    const auto first = product.slice (1, 0, 12), second = product.slice (1, 12);
    CHECK (relativeError (kernels::linear (x, weight, &norm, { .activation = kernels::Activation::SwiGlu }),
                          first * at::sigmoid (first) * second) < 2e-6);

    const auto before = randomTensor ({ 5, 24 }, 6), gate = slices.narrow (1, 80, 24);
    for (const auto& g : { at::Tensor {}, gate, gate[2].contiguous() })
    {
        auto residual = before.clone();
        kernels::linear (x, weight, &norm, { .residual = residual, .gate = g });
        CHECK (relativeError (residual, wide (before) +
                                            product * (g.defined() ? wide (g) : at::ones ({}, at::kDouble))) <
               2e-6);
    }
}
