// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Cpu/Vector.h"

namespace tableread::engine::kernels::TABLEREAD_ISA
{
namespace
{
void swiGlu (const float* gateUp, CpuExtent extent, float* out)
{
    const auto n = extent.n;
    for (std::int64_t r = 0; r < extent.rows; ++r, gateUp += 2 * n, out += n)
        forVectors (n, [&] (std::int64_t i, auto get, auto put) {
            put (out + i, siluOf (get (gateUp + i)) * get (gateUp + n + i));
        });
}

void silu (const float* x, std::int64_t count, float* out)
{
    forVectors (count, [&] (std::int64_t i, auto get, auto put) { put (out + i, siluOf (get (x + i))); });
}

void gelu (float* x, std::int64_t count)
{
    forVectors (count, [&] (std::int64_t i, auto get, auto put) { put (x + i, geluOf (get (x + i))); });
}

void addScaled (float* x, const float* y, CpuExtent extent, const float* scale)
{
    const auto n = extent.n;
    for (std::int64_t r = 0; r < extent.rows; ++r, x += n, y += n)
        forVectors (n, [&] (std::int64_t i, auto get, auto put) {
            put (x + i, get (x + i) + (scale == nullptr ? get (y + i) : get (y + i) * get (scale + i)));
        });
}

void addGated (float* x, const float* y, CpuExtent extent, CpuGate gate)
{
    const auto n = extent.n;
    for (std::int64_t r = 0; r < extent.rows; ++r, x += n, y += n, gate.values += gate.stride)
        forVectors (n, [&] (std::int64_t i, auto get, auto put) {
            put (x + i, get (x + i) + get (y + i) * get (gate.values + i));
        });
}

void modulate (float* x, CpuExtent extent, const CpuModulation& by)
{
    const auto n = extent.n, stride = by.stride;
    const auto *shift = by.shift, *scale = by.scale;
    for (std::int64_t r = 0; r < extent.rows; ++r, x += n, shift += stride, scale += stride)
        forVectors (n, [&] (std::int64_t i, auto get, auto put) {
            put (x + i, get (x + i) * (1.0f + get (scale + i)) + get (shift + i));
        });
}
} // namespace

void addElementwise (CpuKernels& table)
{
    table.swiGlu = swiGlu;
    table.silu = silu;
    table.gelu = gelu;
    table.addScaled = addScaled;
    table.addGated = addGated;
    table.modulate = modulate;
}
} // namespace tableread::engine::kernels::TABLEREAD_ISA
