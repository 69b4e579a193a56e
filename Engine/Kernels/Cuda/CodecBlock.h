// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/CodecMix.h"
#include "Kernels/Cuda/Gemm/Epilogue.h"

// A whole codec block with few channels in one kernel. Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
/** The B operands of eight rows for 32 inputs: two registers for each half. */
__device__ inline Fragment twoDepthTiles (const __nv_bfloat16* rows, int pitch, int lane)
{
    return matrices (rows + lane % 8 * pitch + lane / 8 * 8);
}

__device__ inline Fragment asFragment (uint4 raw)
{
    return { { raw.x, raw.y, raw.z, raw.w } };
}

template <int Channels, int Rows>
struct BlockShape
{
    static constexpr int inner = 4 * Channels, packedSteps = depthMultiple / tileDepth;
    static constexpr int pitch = Channels + 8, innerPitch = inner + 8; // avoids bank conflicts
    static constexpr int sharedBytes =
        (Rows + contextColumns + Rows) * Channels * 4 + Rows * (pitch + innerPitch) * 2;
};

/** GELU (up · ready) → hidden. raw: the weights of the warp's first tile. */
template <int Channels, int Rows>
__device__ __forceinline__ void multiplyUp (const GpuCodecBlock& a, uint4 (&raw)[Channels / tileDepth],
                                            const __nv_bfloat16* ready, __nv_bfloat16* hidden)
{
    using Shape = BlockShape<Channels, Rows>;
    constexpr int pitch = Shape::pitch, innerPitch = Shape::innerPitch;
    constexpr int upSteps = Channels / tileDepth, rowTiles = Rows / 8, upTiles = Shape::inner / tileOutputs;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, quad = lane % 4;
    const auto* up = laneOf<GpuElement::BFloat16> (a.up, 0, lane);
    for (int tile = warp; tile < upTiles; tile += warps)
    {
        uint4 now[upSteps];
#pragma unroll
        for (int s = 0; s < upSteps; ++s)
        {
            now[s] = raw[s];
            if (tile + warps < upTiles)
                raw[s] = stream16 (up + ((tile + warps) * Shape::packedSteps + s) * tileLanes);
        }
        float sums[rowTiles][4] = {};
#pragma unroll
        for (int s = 0; s < upSteps; ++s)
#pragma unroll
            for (int j = 0; j < rowTiles; j += 2)
            {
                const Fragment b = twoRowTiles (ready + j * 8 * pitch + s * tileDepth, pitch, lane);
                mma (sums[j], asFragment (now[s]), b.r[0], b.r[1]);
                mma (sums[j + 1], asFragment (now[s]), b.r[2], b.r[3]);
            }
        const int output = tile * tileOutputs + group;
        const float bias0 = a.upBias[output], bias1 = a.upBias[output + 8];
#pragma unroll
        for (int j = 0; j < rowTiles; ++j)
#pragma unroll
            for (int i = 0; i < 2; ++i)
            {
                auto* to = hidden + (j * 8 + quad * 2 + i) * innerPitch + output;
                to[0] = __float2bfloat16 (geluOf (sums[j][i] + bias0));
                to[8] = __float2bfloat16 (geluOf (sums[j][i + 2] + bias1));
            }
    }
}

/** mixed + γ · down · hidden → out. Loads its first weights, then has a barrier before it reads hidden. */
template <int Channels, int Rows>
__device__ __forceinline__ void multiplyDown (const GpuCodecBlock& a, const __nv_bfloat16* hidden,
                                              const float* mixed)
{
    using Shape = BlockShape<Channels, Rows>;
    constexpr int innerPitch = Shape::innerPitch;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, quad = lane % 4;
    const int columns = (int) a.rows, first = blockIdx.x * Rows;
    const std::int64_t stream = blockIdx.y, offset = stream * columns * Channels;
    const auto* down = laneOf<GpuElement::BFloat16> (a.down, 0, lane);

    constexpr int outTiles = Channels / tileOutputs, warpsOfATile = warps / outTiles;
    constexpr int ofAWarp = Rows / warpsOfATile, downSteps = Shape::inner / tileDepth, ahead = 8;
    static_assert (ofAWarp == 8 || ofAWarp == 16);
    const int tile = warp % outTiles, row = warp / outTiles * ofAWarp;
    uint4 next[ahead];
#pragma unroll
    for (int u = 0; u < ahead; ++u)
        next[u] = stream16 (down + (tile * downSteps + u) * tileLanes);
    __syncthreads();
    float sums[ofAWarp / 8][4] = {};
#pragma unroll
    for (int s = 0; s < downSteps; s += ahead)
    {
        uint4 now[ahead];
#pragma unroll
        for (int u = 0; u < ahead; ++u)
        {
            now[u] = next[u];
            if (s + ahead < downSteps)
                next[u] = stream16 (down + (tile * downSteps + s + ahead + u) * tileLanes);
        }
        const auto* from = hidden + row * innerPitch + s * tileDepth;
        if constexpr (ofAWarp == 16)
#pragma unroll
            for (int u = 0; u < ahead; ++u)
            {
                const Fragment b = twoRowTiles (from + u * tileDepth, innerPitch, lane);
                mma (sums[0], asFragment (now[u]), b.r[0], b.r[1]);
                mma (sums[1], asFragment (now[u]), b.r[2], b.r[3]);
            }
        else
#pragma unroll
            for (int u = 0; u < ahead; u += 2)
            {
                const Fragment b = twoDepthTiles (from + u * tileDepth, innerPitch, lane);
                mma (sums[0], asFragment (now[u]), b.r[0], b.r[1]);
                mma (sums[0], asFragment (now[u + 1]), b.r[2], b.r[3]);
            }
    }
#pragma unroll
    for (int j = 0; j < ofAWarp / 8; ++j)
#pragma unroll
        for (int i = 0; i < 4; ++i)
        {
            const int r = row + j * 8 + quad * 2 + i % 2, c = tile * tileOutputs + group + i / 2 * 8;
            if (first + r < columns)
                a.out[offset + (first + r) * Channels + c] =
                    mixed[r * Channels + c] + a.ffnGamma[c] * (sums[j][i] + a.downBias[c]);
        }
}

/** A whole codec block with few channels: everything between x and out stays in shared memory. A block has `Rows` columns of one
    stream. */
template <int Channels, int Rows>
__global__ void __launch_bounds__ (threads) blockKernel (GpuCodecBlock a)
{
    using Shape = BlockShape<Channels, Rows>;
    constexpr int pitch = Shape::pitch, ofALane = Channels / 32, upSteps = Channels / tileDepth;
    extern __shared__ __align__ (16) unsigned char shared[];
    auto* normed = reinterpret_cast<float*> (shared);          // [contextColumns + Rows][Channels]
    auto* mixed = normed + (contextColumns + Rows) * Channels; // [Rows][Channels]
    auto* ready = reinterpret_cast<__nv_bfloat16*> (mixed + Rows * Channels); // [Rows][pitch]
    auto* hidden = ready + Rows * pitch;                                      // [Rows][innerPitch]
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int columns = (int) a.rows, first = blockIdx.x * Rows;
    const std::int64_t stream = blockIdx.y, offset = stream * columns * Channels;
    const auto* up = laneOf<GpuElement::BFloat16> (a.up, 0, lane);

    launchDependents();
    uint4 raw[upSteps];
#pragma unroll
    for (int s = 0; s < upSteps; ++s)
        raw[s] = stream16 (up + (warp * Shape::packedSteps + s) * tileLanes);
    waitForDependencies();
    const float* x = a.x + offset;
    float* context = a.context + stream * contextColumns * Channels;
    const auto input = [&] (int t, int u) { return x[t * Channels + u * 32 + lane]; };
    for (int i = warp; i < contextColumns + Rows; i += warps)
    {
        const int t = first - contextColumns + i;
        float* to = normed + i * Channels + lane;
        const float factor =
            t >= 0 && t < columns ? inverseRmsOfRow (x + t * Channels, Channels, a.eps, lane) : 0.0f;
#pragma unroll
        for (int u = 0; u < ofALane; ++u)
            to[u * 32] = t < 0          ? context[(t + contextColumns) * Channels + u * 32 + lane]
                         : t >= columns ? 0.0f
                                        : input (t, u) * factor * a.norm[u * 32 + lane];
    }
    __syncthreads();

    {
        const int c = threadIdx.x % Channels;
        float weight[taps];
#pragma unroll
        for (int j = 0; j < taps; ++j)
            weight[j] = a.mixer[j * Channels + c];
        const float bias = a.mixerBias[c], gamma = a.gamma[c];
#pragma unroll
        for (int r = (int) threadIdx.x / Channels; r < Rows; r += threads / Channels)
        {
            float sum = bias;
#pragma unroll
            for (int j = 0; j < taps; ++j)
                sum += weight[j] * normed[(r + j) * Channels + c];
            mixed[r * Channels + c] =
                first + r < columns ? x[(first + r) * Channels + c] + gamma * sum : 0.0f;
        }
    }
    if (first == 0 && warp < contextColumns && (a.active == nullptr || a.active[stream] != 0))
    {
        const int t = columns - contextColumns + warp;
        const float factor = inverseRmsOfRow (x + t * Channels, Channels, a.eps, lane);
#pragma unroll
        for (int u = 0; u < ofALane; ++u)
            context[warp * Channels + u * 32 + lane] = input (t, u) * factor * a.norm[u * 32 + lane];
    }
    __syncthreads();
    for (int r = warp; r < Rows; r += warps)
    {
        const float factor = inverseRmsOfRow (mixed + r * Channels, Channels, a.eps, lane);
#pragma unroll
        for (int u = 0; u < ofALane; ++u)
            ready[r * pitch + u * 32 + lane] =
                __float2bfloat16 (mixed[r * Channels + u * 32 + lane] * factor * a.ffnNorm[u * 32 + lane]);
    }
    __syncthreads();
    multiplyUp<Channels, Rows> (a, raw, ready, hidden);
    multiplyDown<Channels, Rows> (a, hidden, mixed);
}
} // namespace
} // namespace tableread::engine::kernels
