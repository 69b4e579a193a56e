// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Extend.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("extend puts the context before a chunk and keeps the last columns of the streams that are active",
           "[engine][kernels]")
{
    const auto rows = GENERATE (1, 5);
    const auto x = randomTensor ({ 3, rows, 5 }, 1), before = randomTensor ({ 3, 4, 5 }, 2);
    auto context = before.clone();
    const auto extended = kernels::extend (x, context, at::tensor ({ 1, 0, 2 }, at::kInt));
    CHECK (sameBits (extended, at::cat ({ before, x }, 1)));
    CHECK (sameBits (context[0], extended[0].slice (0, rows)));
    CHECK (sameBits (context[1], before[1]));
    CHECK (sameBits (context[2], extended[2].slice (0, rows)));
    kernels::extend (x, context = before.clone(), {});
    CHECK (sameBits (context, extended.slice (1, rows).contiguous()));
}
