// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/PersistentStep.h"
#include "Kernels/Cuda/Solver.h"

namespace tableread::engine::kernels
{
namespace
{
__global__ void spreadKernel (const float* x, float* noisy, const int* firstRows, const float* guidance,
                              int width)
{
    launchDependents();
    waitForDependencies();
    const int r = blockIdx.x;
    for (int d = threadIdx.x; d < width; d += blockDim.x)
        spread (x[(std::int64_t) r * width + d], noisy, firstRows[r], guidance[r], width, d);
}
} // namespace

void cudaSpreadRows (const float* x, float* noisy, const int* firstRows, const float* guidance,
                     std::int64_t requests, std::int64_t width, void* stream)
{
    launch (spreadKernel, dim3 ((unsigned) requests), 64, 0, stream, x, noisy, firstRows, guidance,
            (int) width);
}

void cudaSolverStep (float* x, float* before, const float* v, float* noisy, const int* firstRows,
                     const float* guidance, std::int64_t requests, std::int64_t width, const float* five,
                     void* stream)
{
    const SolverCall call { x,           before,  v,       noisy,   firstRows, guidance,
                            (int) width, five[0], five[1], five[2], five[3],   five[4] };
    issueStep (PersistentStep::of (PersistentStep::Kind::Solver, call, requests), nullptr, 0, stream);
}
} // namespace tableread::engine::kernels
