// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>
#include <utility>

#include "Kernels/CodecBlock.h"
#include "Support/Tensors.h"

namespace tableread::test
{
struct BlockMatrices
{
    at::Tensor up, down;
};

/** A codec block of random weights, each half about as large as what it is added to; and its matrices unpacked. */
inline std::pair<engine::kernels::CodecBlockWeights, BlockMatrices>
randomBlock (std::int64_t channels, at::ScalarType type = at::kFloat)
{
    using namespace engine::kernels;
    const auto scale = 1.0 / std::sqrt ((double) channels);
    BlockMatrices matrices { randomTensor ({ 4 * channels, channels }, 21) * scale,
                             randomTensor ({ channels, 4 * channels }, 22) * scale };
    const auto values = [&] (int seed) { return randomTensor ({ channels }, seed); };
    CodecBlockWeights weights { values (23),
                                randomTensor ({ 7, channels }, 24),
                                values (25),
                                values (26),
                                values (27),
                                values (28),
                                pack (matrices.up, randomTensor ({ 4 * channels }, 29), { .type = type }),
                                pack (matrices.down, values (30), { .type = type }),
                                1e-5 };
    return { std::move (weights), std::move (matrices) };
}
} // namespace tableread::test
