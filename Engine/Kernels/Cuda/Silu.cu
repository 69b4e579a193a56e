// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "Kernels/Cuda/Launch.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr int threads = 256; // of a block

__global__ void siluKernel (const float* x, std::int64_t count, float* out)
{
    launchDependents();
    waitForDependencies();
    const std::int64_t i = (std::int64_t) blockIdx.x * threads + threadIdx.x;
    if (i < count)
        out[i] = x[i] / (1.0f + expf (-x[i]));
}
} // namespace

void cudaSilu (const float* x, std::int64_t count, float* out, void* stream)
{
    launch (
        siluKernel,
        { .grid = dim3 ((unsigned) ((count + threads - 1) / threads)), .threads = threads, .stream = stream },
        x, count, out);
}
} // namespace tableread::engine::kernels
