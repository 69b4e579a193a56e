// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Silu.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("silu follows its formula far into both tails", "[engine][kernels]")
{
    const auto x = at::linspace (-100, 100, 4000, at::kFloat).view ({ 2, 2000 }).contiguous();
    CHECK (relativeError (kernels::silu (x), wide (x) * at::sigmoid (wide (x))) < 1e-6);
    CHECK ((kernels::silu (x) - wide (x) * at::sigmoid (wide (x))).abs().max().item<double>() < 1e-5);
}
