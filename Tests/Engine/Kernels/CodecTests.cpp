// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Codec.h"

#include <catch2/catch.hpp>

#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::tests;

TEST_CASE ("depthwiseConvolution is a convolution of each channel on its own", "[engine][kernels]")
{
    const auto channels = GENERATE (1, 12, 16, 40);
    const auto x = randomTensor ({ 106, channels }, 1), weight = randomTensor ({ 7, channels }, 2),
               bias = randomTensor ({ channels }, 3);
    const auto wanted =
        at::conv1d (x.t().unsqueeze (0).to (at::kDouble), weight.t().unsqueeze (1).to (at::kDouble),
                    bias.to (at::kDouble), at::IntArrayRef { 1 }, at::IntArrayRef { 0 },
                    at::IntArrayRef { 1 }, channels)[0]
            .t();
    CHECK (relativeError (kernels::depthwiseConvolution (x, weight, bias), wanted) < 1e-6);
}
