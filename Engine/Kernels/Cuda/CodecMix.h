// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "Kernels/Cuda/Columns.h"
#include "Kernels/Cuda/Launch.h"

// The first half of a codec block for any number of columns. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
/** 1 / root mean square of `channels` values, computed by a warp. */
__device__ inline float inverseRmsOfRow (const float* x, int channels, float eps, int lane)
{
    constexpr int ahead = 4; // loads in flight
    float total = 0;
    if (channels % 4 == 0)
#pragma unroll 1
        for (int first = lane; first < channels / 4; first += 32 * ahead)
        {
            float4 v[ahead];
#pragma unroll
            for (int u = 0; u < ahead; ++u)
                v[u] = first + 32 * u < channels / 4 ? reinterpret_cast<const float4*> (x)[first + 32 * u]
                                                     : float4 {};
#pragma unroll
            for (int u = 0; u < ahead; ++u)
                total += v[u].x * v[u].x + v[u].y * v[u].y + v[u].z * v[u].z + v[u].w * v[u].w;
        }
    else
#pragma unroll 1
        for (int i = lane; i < channels; i += 32)
            total += x[i] * x[i];
    return rsqrtf (sumOfWarp (total) / (float) channels + eps);
}

/** The columns of a block of mixKernel, and the channel of a thread with its columns of the window. */
struct MixTile
{
    int first, count, channel, stream;
    float* own;
};

/** norm y in bf16. y is in the window, and the sums of its squares over each warp in `squares`. */
__device__ __forceinline__ void writeReadyRows (const GpuCodecBlock& a, const MixTile& tile,
                                                const float (*squares)[mixColumns], float* factors)
{
    const int channels = a.channels, c = tile.channel, step = blockDim.x;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, blockWarps = blockDim.x / 32;
    const bool isIn = c < channels;
    __syncthreads();
#pragma unroll 1
    for (int i = warp; i < tile.count; i += blockWarps)
    {
        const float total = sumOfWarp (lane < blockWarps ? squares[lane][i] : 0.0f);
        if (lane == 0)
            factors[i] = rsqrtf (total / (float) channels + a.eps);
    }
    __syncthreads();
    const float ffnNorm = isIn ? a.ffnNorm[c] : 0.0f;
    auto* ready = static_cast<__nv_bfloat16*> (a.ready) +
                  ((std::int64_t) tile.stream * (int) a.rows + tile.first) * channels + c;
    if (isIn)
#pragma unroll 1
        for (int i = 0; i < tile.count; ++i)
            ready[i * channels] = __float2bfloat16 (tile.own[i * step] * factors[i] * ffnNorm);
}

/** The context of the next chunk: the last columns, which other blocks convolve. */
__device__ __forceinline__ void updateContext (const GpuCodecBlock& a, const MixTile& tile, float norm,
                                               float* factors)
{
    const int channels = a.channels, columns = (int) a.rows, c = tile.channel;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, blockWarps = blockDim.x / 32;
    const float* x = a.x + (std::int64_t) tile.stream * columns * channels;
    float* context = a.context + tile.stream * contextColumns * channels + c;
    __syncthreads();
#pragma unroll 1
    for (int i = warp; i < contextColumns; i += blockWarps)
    {
        const float factor = inverseRmsOfRow (x + (std::int64_t) (columns - contextColumns + i) * channels,
                                              channels, a.eps, lane);
        if (lane == 0)
            factors[i] = factor;
    }
    __syncthreads();
    if (c < channels)
#pragma unroll 1
        for (int i = 0; i < contextColumns; ++i)
            context[i * channels] = x[(columns - contextColumns + i) * channels + c] * factors[i] * norm;
}

/** The first half of a codec block: y = x + γ · depthwise (norm x). A block has eight columns of one stream and one channel a
    thread. The blocks with a stream's first columns also update its context. No others read it, since eight columns are more
    than a context has. Ready: a block has all channels, and also writes norm y in bf16, the rows of the up projection.
    Loops are not unrolled: instruction fetch limits this kernel. Two blocks with all channels fit a multiprocessor; smaller
    blocks have no such bound (0). */
template <bool Ready>
__global__ void __launch_bounds__ (1024, Ready ? 2 : 0) mixKernel (GpuCodecBlock a)
{
    extern __shared__ float
        window[]; // [contextColumns + mixColumns][threads]: the context and normed columns, then y
    __shared__ float factors[mixColumns + contextColumns], squares[32][mixColumns];
    const int channels = a.channels, columns = (int) a.rows, first = blockIdx.x * mixColumns;
    const int count = min (mixColumns, columns - first);
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, blockWarps = blockDim.x / 32;
    const int c = blockIdx.z * blockDim.x + threadIdx.x, stream = blockIdx.y;
    const float* x = a.x + (std::int64_t) stream * columns * channels;
    float* own = window + threadIdx.x;
    const int step = blockDim.x;
    float* context = a.context + stream * contextColumns * channels + c;
    const bool isIn = c < channels;
    launchDependents();
    float weight[taps] = {}, norm = 0, gamma = 0, bias = 0;
    if (isIn)
    {
#pragma unroll
        for (int j = 0; j < taps; ++j)
            weight[j] = a.mixer[j * channels + c];
        norm = a.norm[c];
        gamma = a.gamma[c];
        bias = a.mixerBias[c];
        if (first == 0)
#pragma unroll
            for (int i = 0; i < contextColumns; ++i)
                own[i * step] = context[i * channels]; // written by an earlier graph
    }
    waitForDependencies();
    const int from = max (0, first - contextColumns);
#pragma unroll 1
    for (int t = from + warp; t < first + count; t += blockWarps)
    {
        const float factor = inverseRmsOfRow (x + (std::int64_t) t * channels, channels, a.eps, lane);
        if (lane == 0)
            factors[t - first + contextColumns] = factor;
    }
    __syncthreads();
    if (isIn)
#pragma unroll 4
        for (int t = from; t < first + count; ++t)
            own[(t - first + contextColumns) * step] =
                x[t * channels + c] * factors[t - first + contextColumns] * norm;
    float* out = a.out + ((std::int64_t) stream * columns + first) * channels + c;
#pragma unroll 1
    for (int i = 0; i < count; ++i)
    {
        float y = 0;
        if (isIn)
        {
            float sum = bias;
#pragma unroll
            for (int j = 0; j < taps; ++j)
                sum += weight[j] * own[(i + j) * step];
            y = x[(first + i) * channels + c] + gamma * sum;
            out[i * channels] = y;
            own[i * step] = y; // this column has been read for the last time
        }
        if constexpr (Ready)
        {
            const float square = sumOfWarp (y * y);
            if (lane == 0)
                squares[warp][i] = square;
        }
    }
    const MixTile tile { first, count, c, stream, own };
    if constexpr (Ready)
        writeReadyRows (a, tile, squares, factors);
    if (first != 0 || (a.active != nullptr && a.active[stream] == 0))
        return;
    updateContext (a, tile, norm, factors);
}
} // namespace
} // namespace tableread::engine::kernels
