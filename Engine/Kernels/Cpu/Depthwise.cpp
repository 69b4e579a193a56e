// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Cpu/Vector.h"

namespace tableread::engine::kernels::TABLEREAD_ISA
{
namespace
{
void depthwise (const CpuDepthwise& a)
{
    const auto rows = a.rows, channels = a.channels, taps = a.taps;
    const auto *x = a.x, *weight = a.weight, *bias = a.bias;
    auto* out = a.out;
    for (std::int64_t t = 0; t < rows; ++t, x += channels, out += channels)
    {
        std::int64_t c = 0;
        for (; c + lanes <= channels; c += lanes)
        {
            Vector total = load (bias + c);
            for (std::int64_t j = 0; j < taps; ++j)
                total += load (weight + j * channels + c) * load (x + j * channels + c);
            store (out + c, total);
        }
        if (c < channels)
        {
            const auto have = channels - c;
            Vector total = loadSome (bias + c, have);
            for (std::int64_t j = 0; j < taps; ++j)
                total += loadSome (weight + j * channels + c, have) * loadSome (x + j * channels + c, have);
            storeSome (out + c, total, have);
        }
    }
}
} // namespace

void addDepthwise (CpuKernels& table)
{
    table.depthwise = depthwise;
}
} // namespace tableread::engine::kernels::TABLEREAD_ISA
