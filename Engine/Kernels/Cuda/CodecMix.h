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

/** Eight columns of one stream, with one channel a thread: y = x + γ · depthwise (norm x). The blocks with a stream's first
    columns also update its context. No others read it, since eight columns are more than a context has.
    Ready: the block has all channels, and also writes norm y in bf16, the rows of the up projection.
    Loops are not unrolled: instruction fetch limits this kernel. */
template <bool Ready>
class MixBlock
{
public:
    __device__ __forceinline__ MixBlock (const GpuCodecBlock& call, float* window)
        : a (call)
        , channels (call.channels)
        , columns ((int) call.rows)
        , first ((int) blockIdx.x * mixColumns)
        , count (min (mixColumns, columns - first))
        , warp ((int) threadIdx.x / 32)
        , lane ((int) threadIdx.x % 32)
        , blockWarps ((int) blockDim.x / 32)
        , c ((int) (blockIdx.z * blockDim.x + threadIdx.x))
        , stream ((int) blockIdx.y)
        , step ((int) blockDim.x)
        , x (call.x + (std::int64_t) stream * columns * channels)
        , own (window + threadIdx.x)
        , context (call.context + stream * contextColumns * channels + c)
        , isIn (c < channels)
    {}

    /** Everything that no kernel of the same graph writes. */
    __device__ __forceinline__ void loadWeights()
    {
        if (! isIn)
            return;
#pragma unroll
        for (int j = 0; j < taps; ++j)
            weight[j] = a.mixer[j * channels + c];
        norm = a.norm[c];
        gamma = a.gamma[c];
        bias = a.mixerBias[c];
        if (first == 0)
#pragma unroll
            for (int i = 0; i < contextColumns; ++i)
                own[i * step] = context[i * channels];
    }

    /** Fills the window with the normed columns. */
    __device__ __forceinline__ void normalise (float* factors) const
    {
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
                own[(t - first + contextColumns) * step] = normed (t, factors[t - first + contextColumns]);
    }

    /** Writes y. Ready: puts it into the window, too, and its sums of squares over each warp into `squares`. */
    __device__ __forceinline__ void convolve (float (*squares)[mixColumns]) const
    {
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
    }

    __device__ __forceinline__ void writeReadyRows (float* factors, const float (*squares)[mixColumns]) const
    {
        __syncthreads();
#pragma unroll 1
        for (int i = warp; i < count; i += blockWarps)
        {
            const float total = sumOfWarp (lane < blockWarps ? squares[lane][i] : 0.0f);
            if (lane == 0)
                factors[i] = rsqrtf (total / (float) channels + a.eps);
        }
        __syncthreads();
        const float ffnNorm = isIn ? a.ffnNorm[c] : 0.0f;
        auto* ready =
            static_cast<__nv_bfloat16*> (a.ready) + ((std::int64_t) stream * columns + first) * channels + c;
        if (isIn)
#pragma unroll 1
            for (int i = 0; i < count; ++i)
                ready[i * channels] = __float2bfloat16 (own[i * step] * factors[i] * ffnNorm);
    }

    /** The context of the next chunk: the last columns, which other blocks convolve. */
    __device__ __forceinline__ void updateContext (float* factors) const
    {
        if (first != 0 || (a.active != nullptr && a.active[stream] == 0))
            return;
        __syncthreads();
#pragma unroll 1
        for (int i = warp; i < contextColumns; i += blockWarps)
        {
            const float factor = inverseRmsOfRow (
                x + (std::int64_t) (columns - contextColumns + i) * channels, channels, a.eps, lane);
            if (lane == 0)
                factors[i] = factor;
        }
        __syncthreads();
        if (isIn)
#pragma unroll 1
            for (int i = 0; i < contextColumns; ++i)
                context[i * channels] = normed (columns - contextColumns + i, factors[i]);
    }

private:
    __device__ __forceinline__ float normed (int t, float factor) const
    {
        return x[t * channels + c] * factor * norm;
    }

    const GpuCodecBlock& a;
    int channels, columns, first, count, warp, lane, blockWarps, c, stream, step;
    const float* x;
    float *own, *context; // of this thread's channel
    bool isIn;
    float weight[taps] = {}, norm = 0, gamma = 0, bias = 0;
};

template <bool Ready>
__global__ void __launch_bounds__ (1024) mixKernel (GpuCodecBlock a)
{
    extern __shared__ float
        window[]; // [contextColumns + mixColumns][threads]: the context and normed columns, then y
    __shared__ float factors[mixColumns + contextColumns], squares[32][mixColumns];
    MixBlock<Ready> block (a, window);
    launchDependents();
    block.loadWeights();
    waitForDependencies();
    block.normalise (factors);
    block.convolve (squares);
    if constexpr (Ready)
        block.writeReadyRows (factors, squares);
    block.updateContext (factors);
}
} // namespace
} // namespace tableread::engine::kernels
