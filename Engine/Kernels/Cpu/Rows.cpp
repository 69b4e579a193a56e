// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Cpu/Vector.h"

namespace tableread::engine::kernels::TABLEREAD_ISA
{
namespace
{
/** Calls f (offset, load, store) for each vector of n values, the last one partial. */
template <typename Body>
inline void forVectors (std::int64_t n, Body&& body)
{
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes)
        body (
            i, [] (const float* p) { return load (p); }, [] (float* p, Vector v) { store (p, v); });
    if (i < n)
        body (
            i, [have = n - i] (const float* p) { return loadSome (p, have); },
            [have = n - i] (float* p, Vector v) { storeSome (p, v, have); });
}

void rmsNorm (const float* x, std::int64_t rows, std::int64_t n, const float* weight, float eps, float* out)
{
    for (std::int64_t r = 0; r < rows; ++r, x += n, out += n)
    {
        const Vector factor = splat (1.0f / __builtin_sqrtf (dot (x, x, n) / (float) n + eps));
        forVectors (n, [&] (std::int64_t i, auto get, auto put) {
            const Vector scaled = get (x + i) * factor;
            put (out + i, weight == nullptr ? scaled : scaled * get (weight + i));
        });
    }
}

void swiGlu (const float* gateUp, std::int64_t rows, std::int64_t n, float* out)
{
    for (std::int64_t r = 0; r < rows; ++r, gateUp += 2 * n, out += n)
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

void addScaled (float* x, const float* y, std::int64_t rows, std::int64_t n, const float* scale)
{
    for (std::int64_t r = 0; r < rows; ++r, x += n, y += n)
        forVectors (n, [&] (std::int64_t i, auto get, auto put) {
            put (x + i, get (x + i) + (scale == nullptr ? get (y + i) : get (y + i) * get (scale + i)));
        });
}

void addGated (float* x, const float* y, const float* gate, std::int64_t gateStride, std::int64_t rows,
               std::int64_t n)
{
    for (std::int64_t r = 0; r < rows; ++r, x += n, y += n, gate += gateStride)
        forVectors (n, [&] (std::int64_t i, auto get, auto put) {
            put (x + i, get (x + i) + get (y + i) * get (gate + i));
        });
}

void modulate (float* x, const float* shift, const float* scale, std::int64_t stride, std::int64_t rows,
               std::int64_t n)
{
    for (std::int64_t r = 0; r < rows; ++r, x += n, shift += stride, scale += stride)
        forVectors (n, [&] (std::int64_t i, auto get, auto put) {
            put (x + i, get (x + i) * (1.0f + get (scale + i)) + get (shift + i));
        });
}
} // namespace

void addRows (CpuKernels& table)
{
    table.rmsNorm = rmsNorm;
    table.swiGlu = swiGlu;
    table.silu = silu;
    table.gelu = gelu;
    table.addScaled = addScaled;
    table.addGated = addGated;
    table.modulate = modulate;
}
} // namespace tableread::engine::kernels::TABLEREAD_ISA
