// SPDX-License-Identifier: Apache-2.0
#include "Kernels/CodecBlock.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Support/CodecBlocks.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** The block in double precision, with LibTorch's operations. */
at::Tensor blockInDouble (const at::Tensor& x, const kernels::CodecBlockWeights& w,
                          const BlockMatrices& matrices, const at::Tensor& context)
{
    const auto wide = [] (const at::Tensor& t) { return t.to (at::kDouble); };
    const auto norm = [&] (const at::Tensor& t, const at::Tensor& weight) {
        return t * at::rsqrt (t.square().mean (-1, true) + w.eps) * wide (weight);
    };
    const auto window = at::cat ({ wide (context), norm (wide (x), w.norm) }, 1);
    const auto mixed =
        at::conv1d (window.transpose (1, 2), wide (w.mixer).t().unsqueeze (1), wide (w.mixerBias),
                    at::IntArrayRef { 1 }, at::IntArrayRef { 0 }, at::IntArrayRef { 1 }, x.size (2))
            .transpose (1, 2);
    const auto y = wide (x) + wide (w.gamma) * mixed;
    const auto inner = at::gelu (at::linear (norm (y, w.ffnNorm), wide (matrices.up), wide (w.up.bias)));
    return y + wide (w.ffnGamma) * at::linear (inner, wide (matrices.down), wide (w.down.bias));
}
} // namespace

TEST_CASE ("A codec block mixes columns and then channels", "[engine][kernels]")
{
    const std::int64_t channels = GENERATE (1, 12, 16, 40), columns = GENERATE (1, 3, 100);
    const auto [weights, matrices] = randomBlock (channels);
    const auto x = randomTensor ({ 2, columns, channels }, 5);
    const auto before = randomTensor ({ 2, 6, channels }, 6);
    auto context = before.clone();
    const auto wanted = blockInDouble (x, weights, matrices, before);
    CHECK (relativeError (kernels::codecBlock (x.clone(), weights, context, {}), wanted) < 1e-6);
}

TEST_CASE ("A codec block's context carries a stream over its chunks", "[engine][kernels]")
{
    const auto [weights, matrices] = randomBlock (12);
    const auto x = randomTensor ({ 1, 20, 12 }, 5);
    auto context = at::zeros ({ 1, 6, 12 }), again = at::zeros ({ 1, 6, 12 });
    const auto whole = kernels::codecBlock (x.clone(), weights, context, {});
    std::vector<at::Tensor> parts;
    for (const auto& [from, count] : { std::pair { 0, 2 }, { 2, 1 }, { 3, 9 }, { 12, 8 } })
        parts.push_back (kernels::codecBlock (x.narrow (1, from, count).clone(), weights, again, {}));
    CHECK (relativeError (at::cat (parts, 1), whole) < 1e-6);
    CHECK (sameBits (again, context));
}

TEST_CASE ("A codec block gives each of many streams the bits that it has alone", "[engine][kernels]")
{
    const std::int64_t streams = 7,
                       columns = GENERATE (1, 300, 2000); // all at once, three at once, one by one
    const auto [weights, matrices] = randomBlock (64);
    const auto x = randomTensor ({ streams, columns, 64 }, 5);
    auto context = randomTensor ({ streams, 6, 64 }, 6);
    const auto before = context.clone();
    const auto active = at::tensor ({ 1, 1, 0, 1, 1, 0, 1 }, at::kInt);
    const auto all = kernels::codecBlock (x.clone(), weights, context, active);
    for (std::int64_t i = 0; i < streams; ++i)
    {
        CAPTURE (i);
        auto own = before.narrow (0, i, 1).clone();
        CHECK (sameBits (all[i], kernels::codecBlock (x.narrow (0, i, 1).clone(), weights, own, {})[0]));
        CHECK (sameBits (context[i], i == 2 || i == 5 ? before[i] : own[0]));
    }
}
