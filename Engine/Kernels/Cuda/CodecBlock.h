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
    static constexpr int inner = 4 * Channels;
    static constexpr int pitch = Channels + 8, innerPitch = inner + 8; // avoids bank conflicts
    static constexpr int sharedBytes =
        (Rows + contextColumns + Rows) * Channels * 4 + Rows * (pitch + innerPitch) * 2;
};

/** `Rows` columns of one stream. Everything between x and out stays in shared memory. The methods are called in their order,
    by all threads of the block, with a barrier between them unless said otherwise. */
template <int Channels, int Rows>
class FusedBlock
{
public:
    using Shape = BlockShape<Channels, Rows>;
    static constexpr int upSteps = Channels / tileDepth;

    __device__ __forceinline__ FusedBlock (const GpuCodecBlock& call, unsigned char* shared)
        : a (call)
        , warp ((int) threadIdx.x / 32)
        , lane ((int) threadIdx.x % 32)
        , columns ((int) call.rows)
        , first ((int) blockIdx.x * Rows)
        , stream (blockIdx.y)
        , offset (stream * columns * Channels)
        , up (laneOf<GpuElement::BFloat16> (call.up, 0, lane))
        , down (laneOf<GpuElement::BFloat16> (call.down, 0, lane))
        , x (call.x + offset)
        , context (call.context + stream * contextColumns * Channels)
    {
        normed = reinterpret_cast<float*> (shared);
        mixed = normed + (contextColumns + Rows) * Channels;
        ready = reinterpret_cast<__nv_bfloat16*> (mixed + Rows * Channels);
        hidden = ready + Rows * Shape::pitch;
    }

    /** The weights of the warp's first tile of the up projection. */
    __device__ __forceinline__ void loadFirstTile (uint4 (&raw)[upSteps]) const
    {
#pragma unroll
        for (int s = 0; s < upSteps; ++s)
            raw[s] = stream16 (up + (warp * packedSteps + s) * tileLanes);
    }

    __device__ __forceinline__ void normaliseInput() const
    {
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
    }

    __device__ __forceinline__ void convolve() const
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

    /** Needs no barrier between convolve() and it. */
    __device__ __forceinline__ void updateContext() const
    {
        if (first == 0 && warp < contextColumns && (a.active == nullptr || a.active[stream] != 0))
        {
            const int t = columns - contextColumns + warp;
            const float factor = inverseRmsOfRow (x + t * Channels, Channels, a.eps, lane);
#pragma unroll
            for (int u = 0; u < ofALane; ++u)
                context[warp * Channels + u * 32 + lane] = input (t, u) * factor * a.norm[u * 32 + lane];
        }
    }

    __device__ __forceinline__ void normaliseMixed() const
    {
        for (int r = warp; r < Rows; r += warps)
        {
            const float factor = inverseRmsOfRow (mixed + r * Channels, Channels, a.eps, lane);
#pragma unroll
            for (int u = 0; u < ofALane; ++u)
                ready[r * Shape::pitch + u * 32 + lane] = __float2bfloat16 (
                    mixed[r * Channels + u * 32 + lane] * factor * a.ffnNorm[u * 32 + lane]);
        }
    }

    /** GELU (up · ready) → hidden. raw: from loadFirstTile(). */
    __device__ __forceinline__ void multiplyUp (uint4 (&raw)[upSteps]) const
    {
        constexpr int rowTiles = Rows / 8, upTiles = Shape::inner / tileOutputs;
        for (int tile = warp; tile < upTiles; tile += warps)
        {
            uint4 now[upSteps];
#pragma unroll
            for (int s = 0; s < upSteps; ++s)
            {
                now[s] = raw[s];
                if (tile + warps < upTiles)
                    raw[s] = stream16 (up + ((tile + warps) * packedSteps + s) * tileLanes);
            }
            float sums[rowTiles][4] = {};
#pragma unroll
            for (int s = 0; s < upSteps; ++s)
#pragma unroll
                for (int j = 0; j < rowTiles; j += 2)
                {
                    const Fragment b =
                        twoRowTiles (ready + j * 8 * Shape::pitch + s * tileDepth, Shape::pitch, lane);
                    mma (sums[j], asFragment (now[s]), b.r[0], b.r[1]);
                    mma (sums[j + 1], asFragment (now[s]), b.r[2], b.r[3]);
                }
            const int output = tile * tileOutputs + lane / 4;
            const float bias0 = a.upBias[output], bias1 = a.upBias[output + 8];
#pragma unroll
            for (int j = 0; j < rowTiles; ++j)
#pragma unroll
                for (int i = 0; i < 2; ++i)
                {
                    auto* to = hidden + (j * 8 + lane % 4 * 2 + i) * Shape::innerPitch + output;
                    to[0] = __float2bfloat16 (geluOf (sums[j][i] + bias0));
                    to[8] = __float2bfloat16 (geluOf (sums[j][i + 2] + bias1));
                }
        }
    }

    /** mixed + γ · down · hidden → out. Loads its first weights, then has the barrier behind multiplyUp(). */
    __device__ __forceinline__ void multiplyDown() const
    {
        constexpr int outTiles = Channels / tileOutputs, downSteps = Shape::inner / tileDepth, ahead = 8;
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
            const auto* from = hidden + row * Shape::innerPitch + s * tileDepth;
            if constexpr (ofAWarp == 16)
#pragma unroll
                for (int u = 0; u < ahead; ++u)
                {
                    const Fragment b = twoRowTiles (from + u * tileDepth, Shape::innerPitch, lane);
                    mma (sums[0], asFragment (now[u]), b.r[0], b.r[1]);
                    mma (sums[1], asFragment (now[u]), b.r[2], b.r[3]);
                }
            else
#pragma unroll
                for (int u = 0; u < ahead; u += 2)
                {
                    const Fragment b = twoDepthTiles (from + u * tileDepth, Shape::innerPitch, lane);
                    mma (sums[0], asFragment (now[u]), b.r[0], b.r[1]);
                    mma (sums[0], asFragment (now[u + 1]), b.r[2], b.r[3]);
                }
        }
        store (sums, tile, row);
    }

private:
    static constexpr int ofALane = Channels / 32, packedSteps = depthMultiple / tileDepth;
    static constexpr int ofAWarp = Rows * Channels / tileOutputs / warps; // columns in the down projection
    static_assert (ofAWarp == 8 || ofAWarp == 16);

    __device__ __forceinline__ float input (int t, int u) const
    {
        return x[t * Channels + u * 32 + lane];
    }

    __device__ __forceinline__ void store (const float (&sums)[ofAWarp / 8][4], int tile, int row) const
    {
#pragma unroll
        for (int j = 0; j < ofAWarp / 8; ++j)
#pragma unroll
            for (int i = 0; i < 4; ++i)
            {
                const int r = row + j * 8 + lane % 4 * 2 + i % 2,
                          c = tile * tileOutputs + lane / 4 + i / 2 * 8;
                if (first + r < columns)
                    a.out[offset + (first + r) * Channels + c] =
                        mixed[r * Channels + c] + a.ffnGamma[c] * (sums[j][i] + a.downBias[c]);
            }
    }

    const GpuCodecBlock& a;
    int warp, lane, columns, first;
    std::int64_t stream, offset;
    const uint4 *up, *down;
    const float* x;
    float* context;
    float *normed, *mixed;         // [contextColumns + Rows][Channels] and [Rows][Channels]
    __nv_bfloat16 *ready, *hidden; // [Rows][pitch] and [Rows][innerPitch]
};

template <int Channels, int Rows>
__global__ void __launch_bounds__ (threads) blockKernel (GpuCodecBlock a)
{
    extern __shared__ __align__ (16) unsigned char shared[];
    const FusedBlock<Channels, Rows> block (a, shared);
    launchDependents();
    uint4 raw[FusedBlock<Channels, Rows>::upSteps];
    block.loadFirstTile (raw);
    waitForDependencies();
    block.normaliseInput();
    __syncthreads();
    block.convolve();
    block.updateContext();
    __syncthreads();
    block.normaliseMixed();
    __syncthreads();
    block.multiplyUp (raw);
    block.multiplyDown();
}
} // namespace
} // namespace tableread::engine::kernels
