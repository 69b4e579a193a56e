// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Cpu/Vector.h"

namespace tableread::engine::kernels::TABLEREAD_ISA
{
namespace
{
void rotary (float* x, std::int64_t heads, const CpuRotation& by)
{
    const auto dim = by.dim, half = dim / 2;
    const auto *cosine = by.cosine, *sine = by.sine;
    for (std::int64_t h = 0; h < heads; ++h, x += dim)
        for (std::int64_t i = 0; i < half; ++i)
        {
            const float a = x[i], b = x[i + half];
            x[i] = a * cosine[i] - b * sine[i];
            x[i + half] = b * cosine[i] + a * sine[i];
        }
}

/** Softmax over the keys in order; the sums run over positions one after the other. */
void attend (const CpuAttention& a)
{
    const auto *query = a.query, *keys = a.keys, *values = a.values;
    const auto length = a.length, dim = a.dim;
    const auto scale = a.scale;
    auto *scores = a.scores, *out = a.out;
    float highest = -3.4e38f;
    for (std::int64_t p = 0; p < length; ++p)
    {
        scores[p] = dot (query, keys + p * dim, dim) * scale;
        highest = scores[p] > highest ? scores[p] : highest;
    }
    Vector totals {};
    std::int64_t p = 0;
    for (; p + lanes <= length; p += lanes)
    {
        const Vector e = exponential (load (scores + p) - highest);
        store (scores + p, e);
        totals += e;
    }
    if (p < length)
    {
        const Vector e = exponential (loadSome (scores + p, length - p) - highest);
        storeSome (scores + p, e, length - p);
        totals += loadSome (scores + p, length - p);
    }
    const float norm = 1.0f / sum (totals);
    for (std::int64_t i = 0; i < dim; ++i)
        out[i] = 0.0f;
    for (p = 0; p < length; ++p)
    {
        const float weight = scores[p] * norm;
        for (std::int64_t i = 0; i < dim; ++i)
            out[i] += weight * values[p * dim + i];
    }
}
} // namespace

void addAttention (CpuKernels& table)
{
    table.rotary = rotary;
    table.attend = attend;
}
} // namespace tableread::engine::kernels::TABLEREAD_ISA
