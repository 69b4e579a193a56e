// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Cpu/Vector.h"

namespace tableread::engine::kernels::TABLEREAD_ISA
{
namespace
{
void rmsNorm (const CpuRmsNorm& a)
{
    const auto rows = a.extent.rows, n = a.extent.n;
    const auto *x = a.x, *weight = a.weight;
    const auto eps = a.eps;
    auto* out = a.out;
    for (std::int64_t r = 0; r < rows; ++r, x += n, out += n)
    {
        const Vector factor = splat (1.0f / __builtin_sqrtf (dot (x, x, n) / (float) n + eps));
        forVectors (n, [&] (std::int64_t i, auto get, auto put) {
            const Vector scaled = get (x + i) * factor;
            put (out + i, weight == nullptr ? scaled : scaled * get (weight + i));
        });
    }
}
} // namespace

void addNorm (CpuKernels& table)
{
    table.rmsNorm = rmsNorm;
}
} // namespace tableread::engine::kernels::TABLEREAD_ISA
