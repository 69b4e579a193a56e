// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "Kernels/Cuda/Teams.h"

// The solver's step of one request by a team. Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
struct SolverCall
{
    float *x, *before;
    const float* v;
    float* noisy;
    const int* firstRows;
    const float* guidance;
    int width;
    float alpha, sigma, keep, first, second;
};

__device__ inline void spread (float value, float* noisy, int firstRow, float guidance, int width, int d)
{
    noisy[(std::int64_t) firstRow * width + d] = value;
    if (guidance != 1.0f)
        noisy[(std::int64_t) (firstRow + 1) * width + d] = value;
}

__device__ inline void solve (const SolverCall& a, int request)
{
    const int row = a.firstRows[request], width = a.width;
    const float guidance = a.guidance[request];
    for (int d = threadOfTeam(); d < width; d += threads)
    {
        const std::int64_t at = (std::int64_t) request * width + d;
        const float* conditional = a.v + (std::int64_t) row * width + d;
        const float guided = guidance == 1.0f
                                 ? conditional[0]
                                 : conditional[width] + guidance * (conditional[0] - conditional[width]);
        const float predicted = a.alpha * a.x[at] - a.sigma * guided;
        const float next = a.keep * a.x[at] + a.first * predicted + a.second * (predicted - a.before[at]);
        a.x[at] = next;
        a.before[at] = predicted;
        spread (next, a.noisy, row, guidance, width, d);
    }
}
} // namespace
} // namespace tableread::engine::kernels
