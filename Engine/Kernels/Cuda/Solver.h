// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "Kernels/Cuda/WarpGroups.h"
#include "Kernels/Gpu/Kernels.h"

// The solver's step of one request, by a warp group. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
/** The rows of one request: the conditional one and, with guidance, the unconditional one behind it. */
struct RequestRows
{
    int width, first;
    float guidance;

    __device__ RequestRows (const GpuNoisyRows& a, int request)
        : width ((int) a.width)
        , first (a.firstRows[request])
        , guidance (a.guidance[request])
    {}

    __device__ bool isGuided() const { return guidance != 1.0f; }

    /** Of value d of the conditional row. */
    __device__ std::int64_t indexOf (int d) const { return (std::int64_t) first * width + d; }

    __device__ void spread (float value, int d, float* noisy) const
    {
        noisy[indexOf (d)] = value;
        if (isGuided())
            noisy[indexOf (d) + width] = value;
    }
};

__device__ inline void solve (const GpuSolverStep& a, int request)
{
    const RequestRows rows (a.rows, request);
    const int width = rows.width;
    for (int d = threadOfWarpGroup(); d < width; d += threads)
    {
        const std::int64_t at = (std::int64_t) request * width + d;
        const float* conditional = a.v + rows.indexOf (d);
        const float guided = rows.isGuided()
                                 ? conditional[width] + rows.guidance * (conditional[0] - conditional[width])
                                 : conditional[0];
        const float predicted = a.alpha * a.x[at] - a.sigma * guided;
        const float next = a.keep * a.x[at] + a.first * predicted + a.second * (predicted - a.before[at]);
        a.x[at] = next;
        a.before[at] = predicted;
        rows.spread (next, d, a.rows.noisy);
    }
}
} // namespace
} // namespace tableread::engine::kernels
