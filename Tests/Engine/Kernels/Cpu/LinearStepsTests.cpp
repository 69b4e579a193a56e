// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/LinearSteps.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Kernels/Parallel.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("swiGlu follows its formula", "[engine][kernels]")
{
    const auto parts = randomTensor ({ 3, 70 }, 4);
    const auto gate = wide (parts.slice (1, 0, 35)), up = wide (parts.slice (1, 35));
    CHECK (relativeError (kernels::swiGlu (parts), gate * at::sigmoid (gate) * up) < 1e-6);
}

TEST_CASE ("gelu is the exact form, not an approximation by tanh", "[engine][kernels]")
{
    auto x = at::linspace (-12, 12, 24001, at::kFloat).view ({ 1, -1 }).contiguous();
    const auto wanted = wide (x) * 0.5 * at::erfc (wide (x) * -std::sqrt (0.5));
    kernels::geluInPlace (x);
    CHECK ((wide (x) - wanted).abs().max().item<double>() < 1e-6);
    const auto approximated = at::gelu (at::linspace (-12, 12, 24001, at::kDouble).view ({ 1, -1 }), "tanh");
    CHECK ((approximated - wanted).abs().max().item<double>() >
           1e-4); // what the check above would have caught
}

TEST_CASE ("The additions and the modulation follow their formulas, with rows that are not adjacent",
           "[engine][kernels]")
{
    const auto x = randomTensor ({ 6, 35 }, 1), y = randomTensor ({ 6, 35 }, 2),
               scale = randomTensor ({ 35 }, 3);
    const auto slices = randomTensor ({ 6, 105 }, 4);
    const auto first = slices.narrow (1, 0, 35), second = slices.narrow (1, 35, 35);

    auto out = x.clone();
    kernels::addScaledInPlace (out, y, scale);
    CHECK (relativeError (out, wide (x) + wide (y) * wide (scale)) < 1e-6);
    out = x.clone();
    kernels::addScaledInPlace (out, y, {});
    CHECK (relativeError (out, wide (x) + wide (y)) < 1e-6);
    out = x.clone();
    kernels::addGatedInPlace (out, y, second);
    CHECK (relativeError (out, wide (x) + wide (y) * wide (second)) < 1e-6);
    out = x.clone();
    kernels::modulateInPlace (out, first, second);
    CHECK (relativeError (out, wide (x) * (1 + wide (second)) + wide (first)) < 1e-6);
}

TEST_CASE ("gelu gives the same bits with one thread or two", "[engine][kernels][determinism]")
{
    const auto x = randomTensor ({ 3200, 24 }, 1);
    kernels::setThreads (2);
    auto gelu = x.clone();
    kernels::geluInPlace (gelu);
    kernels::setThreads (1);
    auto again = x.clone();
    kernels::geluInPlace (again);
    CHECK (sameBits (again, gelu));
    kernels::setThreads (2);
}
