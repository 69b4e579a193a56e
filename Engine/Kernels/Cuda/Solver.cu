// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/PersistentStep.h"
#include "Kernels/Cuda/Solver.h"

namespace tableread::engine::kernels
{
namespace
{
__global__ void spreadKernel (const float* x, GpuNoisyRows a)
{
    launchDependents();
    waitForDependencies();
    const RequestRows rows (a, blockIdx.x);
    for (int d = threadIdx.x; d < rows.width; d += blockDim.x)
        rows.spread (x[(std::int64_t) blockIdx.x * rows.width + d], d, a.noisy);
}
} // namespace

void cudaSpreadRows (const float* x, const GpuNoisyRows& rows, void* stream)
{
    launch (spreadKernel, { .grid = dim3 ((unsigned) rows.requests), .threads = 64, .stream = stream }, x,
            rows);
}

void cudaSolverStep (const GpuSolverStep& call, void* stream)
{
    issueStep (PersistentStep::of (PersistentStep::Kind::Solver, call, call.rows.requests), nullptr, 0,
               stream);
}
} // namespace tableread::engine::kernels
