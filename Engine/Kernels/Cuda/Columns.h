// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cuda_bf16.h>

#include "Kernels/Cuda/Copies.h"
#include "Kernels/Cuda/Teams.h"
#include "Kernels/Gpu/Kernels.h"

// What a codec does with few columns of a stream before a product. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
constexpr int taps = (int) gpuMixerTaps, before = taps - 1;
constexpr int mixColumns = 8;

/** The first half of a codec block for up to `mixColumns` columns: y = x + γ · depthwise (norm x). A team has as many channels
    of one stream as threads. */
class ColumnMix
{
public:
    static constexpr int sharedBytes = (taps + 3 + before + mixColumns) * threads * 4;

    static __host__ __device__ int itemsOf (const GpuCodecBlock& a)
    {
        return (int) a.streams * ((a.channels + threads - 1) / threads);
    }

    __device__ ColumnMix (const GpuCodecBlock& call, int item, unsigned char* shared)
        : a (call)
        , channels (call.channels)
        , columns ((int) call.rows)
        , stream (item / ((channels + threads - 1) / threads))
        , c (item % ((channels + threads - 1) / threads) * threads + threadOfTeam())
        , isIn (c < channels)
        , weights (reinterpret_cast<float*> (shared) + threadOfTeam())
        , window (weights + (taps + 3) * threads)
        , context (call.context + (std::int64_t) stream * before * channels + c)
    {}

    /** Weights and the context of the chunk before are on their way, each thread's own. */
    __device__ void request() const
    {
        if (! isIn)
            return;
#pragma unroll
        for (int j = 0; j < taps; ++j)
            copyAsync<4> (weights + j * threads, a.mixer + j * channels + c);
        copyAsync<4> (weights + taps * threads, a.norm + c);
        copyAsync<4> (weights + (taps + 1) * threads, a.gamma + c);
        copyAsync<4> (weights + (taps + 2) * threads, a.mixerBias + c);
#pragma unroll
        for (int i = 0; i < before; ++i)
            copyAsync<4> (window + i * threads, context + i * channels);
        endGroup();
    }

    /** Behind request(), once x is there. */
    __device__ void run() const
    {
        const float* x = a.x + (std::int64_t) stream * columns * channels;
        float own[mixColumns], factors[mixColumns];
#pragma unroll
        for (int t = 0; t < mixColumns; ++t)
            own[t] = isIn && t < columns ? x[t * channels + c] : 0.0f;
        columnFactors (x, factors);
        waitForGroups<0>();
        if (! isIn)
            return;
        const float norm = weights[taps * threads];
#pragma unroll
        for (int t = 0; t < mixColumns; ++t)
            if (t < columns)
                window[(before + t) * threads] = own[t] * factors[t] * norm;
        float* out = a.out + (std::int64_t) stream * columns * channels + c;
#pragma unroll
        for (int t = 0; t < mixColumns; ++t)
        {
            if (t >= columns)
                break;
            float sum = weights[(taps + 2) * threads];
#pragma unroll
            for (int j = 0; j < taps; ++j)
                sum += weights[j * threads] * window[(t + j) * threads];
            out[t * channels] = own[t] + weights[(taps + 1) * threads] * sum;
        }
        if (a.active == nullptr || a.active[stream] != 0)
#pragma unroll
            for (int i = 0; i < before; ++i)
                context[i * channels] = window[(columns + i) * threads];
    }

private:
    /** 1 / the root of the mean square of each column: a thread takes every 256th four of its channels. */
    __device__ void columnFactors (const float* x, float (&factors)[mixColumns]) const
    {
        __shared__ float ofWarps[teams][mixColumns][warps];
        auto& mine = ofWarps[team()];
        float totals[mixColumns] = {};
        if (channels % 4 == 0)
#pragma unroll 1
            for (int i = threadOfTeam(); i < channels / 4; i += threads)
#pragma unroll
                for (int t = 0; t < mixColumns; ++t)
                {
                    if (t >= columns)
                        break;
                    const float4 v = reinterpret_cast<const float4*> (x + t * channels)[i];
                    totals[t] += v.x * v.x + v.y * v.y + v.z * v.z + v.w * v.w;
                }
        else
#pragma unroll
            for (int t = 0; t < mixColumns; ++t)
                if (t < columns)
                    for (int i = threadOfTeam(); i < channels; i += threads)
                        totals[t] += x[t * channels + i] * x[t * channels + i];
#pragma unroll
        for (int t = 0; t < mixColumns; ++t)
        {
            if (t >= columns)
                break;
            const float total = sumOfWarp<5> (totals[t]);
            if (threadIdx.x % 32 == 0)
                mine[t][threadOfTeam() / 32] = total;
        }
        syncTeam();
#pragma unroll
        for (int t = 0; t < mixColumns; ++t)
        {
            float total = 0;
#pragma unroll
            for (int w = 0; w < warps; ++w)
                total += mine[t][w];
            factors[t] = rsqrtf (total / (float) channels + a.eps);
        }
    }

    const GpuCodecBlock& a;
    int channels, columns, stream, c;
    bool isIn;
    float *weights, *window; // each [rows][threads]: taps, norm, gamma, bias; context and normed columns
    float* context;
};

/** [context; x] of a stream, and what the next chunk's context is: value i of x, and for the first `channels` also that channel
    of the context, which has few columns. */
template <typename T>
__device__ inline void extendValue (const GpuExtend& a, int stream, int i)
{
    const int rows = (int) a.rows, columns = (int) a.columns, channels = (int) a.channels;
    const float* x = a.x + (std::int64_t) stream * rows * channels;
    T* to = static_cast<T*> (a.out) + (std::int64_t) stream * (rows + columns) * channels;
    if (i < rows * channels)
        to[columns * channels + i] = (T) x[i];
    if (i >= channels)
        return;
    float* kept = a.context + (std::int64_t) stream * columns * channels + i;
    const bool keeps = a.active == nullptr || a.active[stream] != 0;
    constexpr int atOnce = 8; // loads on their way together
#pragma unroll 1
    for (int first = 0; first < columns; first += atOnce)
    {
        float was[atOnce], will[atOnce];
#pragma unroll
        for (int u = 0; u < atOnce; ++u)
            if (const int t = first + u; t < columns)
            {
                was[u] = kept[t * channels];
                will[u] = rows + t < columns ? kept[(rows + t) * channels] // that is still to come
                                             : x[(rows + t - columns) * channels + i];
            }
#pragma unroll
        for (int u = 0; u < atOnce; ++u)
            if (const int t = first + u; t < columns)
            {
                to[t * channels + i] = (T) was[u];
                if (keeps)
                    kept[t * channels] = will[u];
            }
    }
}
} // namespace
} // namespace tableread::engine::kernels
