// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Norm.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Kernels/Parallel.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("rmsNorm divides each row by its root mean square", "[engine][kernels]")
{
    const auto n = GENERATE (1, 12, 16, 448, 1536);
    const auto x = randomTensor ({ 5, n }, 1) * 3, weight = randomTensor ({ n }, 2);
    const auto wanted = wide (x) * at::rsqrt (wide (x).square().mean (1, true) + 1e-5);
    CHECK (relativeError (kernels::rmsNorm (x, weight, 1e-5), wanted * wide (weight)) < 1e-6);
    CHECK (relativeError (kernels::rmsNorm (x, {}, 1e-5), wanted) < 1e-6);
}

TEST_CASE ("rmsNorm gives the same bits with one thread or two", "[engine][kernels][determinism]")
{
    const auto x = randomTensor ({ 3200, 24 }, 1), weight = randomTensor ({ 24 }, 2);
    kernels::setThreads (2);
    const auto norm = kernels::rmsNorm (x, weight, 1e-5);
    kernels::setThreads (1);
    CHECK (sameBits (kernels::rmsNorm (x, weight, 1e-5), norm));
    kernels::setThreads (2);
}
