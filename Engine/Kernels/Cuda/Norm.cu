// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/WarpGroups.h"

namespace tableread::engine::kernels
{
namespace
{
/** The sum over the threads of a block, in a fixed order. */
__device__ inline float sumOfBlock (float value)
{
    __shared__ float ofWarps[threads / 32];
    value = sumOfWarp<5> (value);
    if (threadIdx.x % 32 == 0)
        ofWarps[threadIdx.x / 32] = value;
    __syncthreads();
    float total = 0;
    for (int w = 0; w < threads / 32; ++w)
        total += ofWarps[w];
    return total;
}

/** One block a row. */
__global__ void __launch_bounds__ (threads) rmsNormKernel (GpuRmsNorm a)
{
    launchDependents();
    waitForDependencies();
    const int n = (int) a.n;
    const float* from = a.x + (std::int64_t) blockIdx.x * n;
    float total = 0;
#pragma unroll 8
    for (int i = threadIdx.x; i < n; i += threads)
        total += from[i] * from[i];
    const float factor = rsqrtf (sumOfBlock (total) / (float) n + a.eps);
    for (int i = threadIdx.x; i < n; i += threads)
        a.out[(std::int64_t) blockIdx.x * n + i] =
            from[i] * factor * (a.weight != nullptr ? a.weight[i] : 1.0f);
}
} // namespace

void cudaRmsNorm (const GpuRmsNorm& a, void* stream)
{
    launch (rmsNormKernel, { .grid = dim3 ((unsigned) a.rows), .threads = threads, .stream = stream }, a);
}
} // namespace tableread::engine::kernels
