// SPDX-License-Identifier: Apache-2.0
// The products on a GPU against their CPU twins, which the tests in the folder above check. Run on machines with a GPU.
#include <string>

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Kernels/Gpu/Kernels.h"
#include "Kernels/Linear.h"
#include "Support/Gpu.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** Every byte but the two NaNs of e4m3, 40 rows of them, each with a different start. */
kernels::ByteMatrix allBytes (at::ScalarType type)
{
    const auto bytes = at::arange (256, at::kInt);
    const auto numbers = bytes.masked_select (bytes.bitwise_and (127).ne (127)).to (at::kByte);
    std::vector<at::Tensor> rows;
    for (std::int64_t row = 0; row < 40; ++row)
        rows.push_back (numbers.roll (row));
    return { at::stack (rows).view (type), at::arange (1, 41).to (at::kFloat) * 0.125f };
}
} // namespace

TEST_CASE ("A GPU multiplies every 8-bit number as the CPU does, at any number of rows",
           "[engine][kernels][weights][.gpu]")
{
    needGpu();
    const auto type = GENERATE (at::kChar, at::kFloat8_e4m3fn);
    const auto bytes = allBytes (type);
    const auto bias = randomTensor ({ 40 }, 1);
    const auto onCpu = kernels::pack (bytes, bias),
               onGpu = kernels::pack (bytes, bias, { .device = at::kCUDA });
    // One number and zeros in each row: nothing is rounded but the scale and the bias.
    const auto x = at::eye (254);
    for (const auto& [first, count] : { std::pair { 0, 1 }, { 1, 8 }, { 9, 9 }, { 18, 24 }, { 0, 254 } })
    {
        const auto rows = x.narrow (0, first, count);
        const auto wanted = kernels::linear (rows, onCpu);
        CHECK (kernels::linear (rows.to (at::kCUDA), onGpu).cpu().equal (wanted));
    }
}

TEST_CASE ("On a GPU a row times 8-bit weights has the same bits alone and among others",
           "[engine][kernels][weights][.gpu]")
{
    needGpu();
    const auto type = GENERATE (at::kChar, at::kFloat8_e4m3fn);
    const auto gated = GENERATE (false, true);
    const auto weight = kernels::pack (randomTensor ({ 1000, 448 }, 1), {}, { type, at::kCUDA, gated });
    const auto x = randomTensor ({ 32, 448 }, 2).to (at::kCUDA);
    const kernels::LinearResult result { gated ? kernels::Activation::SwiGlu : kernels::Activation::None };
    const auto together = kernels::linear (x, weight, nullptr, result).cpu();
    const auto twin = kernels::pack (randomTensor ({ 1000, 448 }, 1), {}, { .type = type, .gated = gated });
    CHECK (relativeError (together, kernels::linear (x.cpu(), twin, nullptr, result)) < 4e-3); // rows in bf16
    for (const auto row : { 0, 7, 8, 31 })
        CHECK (sameBits (kernels::linear (x.narrow (0, row, 1), weight, nullptr, result)[0].cpu(),
                         together[row]));
}

TEST_CASE ("A GPU quantises to the same bits as a CPU", "[engine][kernels][weights][.gpu]")
{
    needGpu();
    const auto type = GENERATE (at::kChar, at::kFloat8_e4m3fn);
    const auto matrix = randomTensor ({ 300, 517 }, 1) * at::exp (randomTensor ({ 300, 1 }, 2) * 5);
    const auto here = kernels::quantise (matrix, type),
               there = kernels::quantise (matrix.to (at::kCUDA), type);
    CHECK (sameBits (here.values, there.values.cpu()));
    CHECK (sameBits (here.scale, there.scale.cpu()));
}
