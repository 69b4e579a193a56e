// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Codec.h"

#include <catch2/catch.hpp>

#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::tests;

TEST_CASE ("addDepthwise adds a convolution of each channel on its own", "[engine][kernels]")
{
    const auto channels = GENERATE (1, 12, 16, 40);
    const auto window = randomTensor ({ 2, 106, channels }, 1), weight = randomTensor ({ 7, channels }, 2),
               bias = randomTensor ({ channels }, 3), gamma = randomTensor ({ channels }, 4);
    auto x = randomTensor ({ 2, 100, channels }, 5);
    const auto mixed = at::conv1d (
        window.transpose (1, 2).to (at::kDouble), weight.t().unsqueeze (1).to (at::kDouble),
        bias.to (at::kDouble), at::IntArrayRef { 1 }, at::IntArrayRef { 0 }, at::IntArrayRef { 1 }, channels);
    const auto wanted = x.to (at::kDouble) + mixed.transpose (1, 2) * gamma.to (at::kDouble);
    kernels::addDepthwise (x, window, weight, bias, gamma);
    CHECK (relativeError (x, wanted) < 1e-6);
}

TEST_CASE ("keepTail keeps the last rows of the streams that are active", "[engine][kernels]")
{
    const auto extended = randomTensor ({ 3, 9, 5 }, 1);
    auto context = at::zeros ({ 3, 4, 5 }, at::kFloat);
    kernels::keepTail (extended, context, at::tensor ({ 1, 0, 2 }, at::kInt));
    CHECK (sameBits (context[0], extended[0].slice (0, 5)));
    CHECK (context[1].abs().sum().item<float>() == 0.0f);
    CHECK (sameBits (context[2], extended[2].slice (0, 5)));
    kernels::keepTail (extended, context, {});
    CHECK (sameBits (context, extended.slice (1, 5).contiguous()));
}
