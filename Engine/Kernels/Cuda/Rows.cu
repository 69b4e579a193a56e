// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "Kernels/Cuda/Chain.h"
#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/Solver.h"

namespace tableread::engine::kernels
{
namespace
{
/** The sum of a value over the threads of a block, in an order that depends on nothing else. */
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

/** A block a row. */
__global__ void __launch_bounds__ (threads)
    rmsNormKernel (const float* x, int n, const float* weight, float eps, float* out)
{
    letNextStart();
    waitForInputs();
    const float* from = x + (std::int64_t) blockIdx.x * n;
    float total = 0;
#pragma unroll 8
    for (int i = threadIdx.x; i < n; i += threads)
        total += from[i] * from[i];
    const float factor = rsqrtf (sumOfBlock (total) / (float) n + eps);
    for (int i = threadIdx.x; i < n; i += threads)
        out[(std::int64_t) blockIdx.x * n + i] = from[i] * factor * (weight != nullptr ? weight[i] : 1.0f);
}

__global__ void siluKernel (const float* x, std::int64_t count, float* out)
{
    letNextStart();
    waitForInputs();
    const std::int64_t i = (std::int64_t) blockIdx.x * threads + threadIdx.x;
    if (i < count)
        out[i] = x[i] / (1.0f + expf (-x[i]));
}

__global__ void spreadKernel (const float* x, float* noisy, const int* firstRows, const float* guidance,
                              int width)
{
    letNextStart();
    waitForInputs();
    const int r = blockIdx.x;
    for (int d = threadIdx.x; d < width; d += blockDim.x)
        spread (x[(std::int64_t) r * width + d], noisy, firstRows[r], guidance[r], width, d);
}
} // namespace

void cudaRmsNorm (const float* x, std::int64_t rows, std::int64_t n, const float* weight, float eps,
                  float* out, void* stream)
{
    launch (rmsNormKernel, dim3 ((unsigned) rows), threads, 0, stream, x, (int) n, weight, eps, out);
}

void cudaSilu (const float* x, std::int64_t count, float* out, void* stream)
{
    launch (siluKernel, dim3 ((unsigned) ((count + threads - 1) / threads)), threads, 0, stream, x, count,
            out);
}

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
    issueStep (ChainStep::of (ChainStep::Kind::Solver, call, requests), nullptr, 0, stream);
}
} // namespace tableread::engine::kernels
