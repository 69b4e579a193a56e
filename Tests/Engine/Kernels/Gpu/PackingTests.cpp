// SPDX-License-Identifier: Apache-2.0
// How matrices lie on a GPU, checked without one: taken apart as the kernel's lanes do it (Kernels/Cuda/Tiles.h).
#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Kernels/Gpu/Tensors.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** Tiles as mma.m16n8k16 takes its first operand: register i of lane (group, quad) holds outputs group and, in odd i,
    group + 8; inputs 2 · quad and the next, in the upper two registers 8 further. Low half first. → [tiles · 16, depth] */
at::Tensor asMultiplied (const at::Tensor& panels, std::int64_t depth)
{
    const auto bytes = panels.view (at::kByte).flatten().contiguous();
    const auto size = panels.element_size();
    const auto steps = depth / 16, tiles = bytes.numel() / size / 256 / steps;
    auto out = at::empty ({ tiles * 16, depth * size }, at::kByte);
    const auto* from = bytes.const_data_ptr<std::uint8_t>();
    auto* to = out.mutable_data_ptr<std::uint8_t>();
    for (std::int64_t tile = 0; tile < tiles; ++tile)
        for (std::int64_t step = 0; step < steps; ++step)
            for (std::int64_t lane = 0; lane < 32; ++lane)
                for (std::int64_t i = 0; i < 4; ++i)
                    for (std::int64_t half = 0; half < 2; ++half)
                        for (std::int64_t b = 0; b < size; ++b)
                        {
                            const auto group = lane / 4, quad = lane % 4;
                            const auto output = tile * 16 + group + (i % 2) * 8;
                            const auto input = step * 16 + quad * 2 + half + (i / 2) * 8;
                            to[(output * depth + input) * size + b] =
                                from[(((tile * steps + step) * 32 + lane) * 8 + i * 2 + half) * size + b];
                        }
    return out.view (panels.scalar_type());
}

at::Tensor numbersOf (const at::Tensor& matrix, at::ScalarType type)
{
    return type == at::kBFloat16 ? matrix.to (type) : kernels::quantise (matrix, type).values;
}

kernels::Weight packed (const at::Tensor& matrix, at::ScalarType type, bool gated)
{
    const kernels::PackOptions options { .type = type, .gated = gated };
    return type == at::kBFloat16 ? kernels::packForGpu (matrix, {}, options)
                                 : kernels::packForGpu (kernels::quantise (matrix, type), {}, options);
}
} // namespace

TEST_CASE ("A GPU's tiles hold each weight where its lane looks for it, and zeros elsewhere",
           "[engine][kernels][weights]")
{
    const auto type = GENERATE (at::kBFloat16, at::kChar, at::kFloat8_e4m3fn);
    const auto n = GENERATE (1, 16, 37), k = GENERATE (16, 128, 200);
    const auto matrix = randomTensor ({ n, k }, 1);
    const auto depth = (k + 127) / 128 * 128;
    const auto weight = packed (matrix, type, false);
    const auto got = asMultiplied (weight.panels, depth).to (at::kFloat);
    const auto there = got.slice (0, 0, n).slice (1, 0, k);
    CHECK (there.equal (numbersOf (matrix, type).to (at::kFloat)));
    CHECK (got.count_nonzero().equal (there.count_nonzero()));
    if (type != at::kBFloat16)
        CHECK (weight.channelScale.equal (kernels::quantise (matrix, type).scale));
}

TEST_CASE ("In a GPU's tiles of a gated matrix each output comes before its partner",
           "[engine][kernels][weights]")
{
    const auto type = GENERATE (at::kBFloat16, at::kChar, at::kFloat8_e4m3fn);
    const std::int64_t half = GENERATE (8, 20);
    const auto matrix = randomTensor ({ 2 * half, 128 }, 1);
    const auto got = asMultiplied (packed (matrix, type, true).panels, 128).to (at::kFloat);
    const auto wanted = numbersOf (matrix, type).to (at::kFloat);
    for (std::int64_t output = 0; output < half; ++output)
    {
        const auto place = output / 8 * 16 + output % 8;
        CHECK (got[place].equal (wanted[output]));
        CHECK (got[place + 8].equal (wanted[half + output]));
    }
}
