// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/CudaCopies.h"
#include "Kernels/CudaLaunch.h"
#include "Kernels/CudaTiles.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr int wideStages = 3;

template <int Rows>
struct WideShape
{
    static constexpr int depth = Rows <= 32 ? 128 : 64; // inputs that come into shared memory together
    static constexpr int pitch = depth + 8;
    static constexpr int stagedBytes = wideStages * Rows * pitch * 2;

    /** Of a block with WN tiles of outputs, whose sums lie there in the end. */
    static constexpr int sharedBytes (int WN)
    {
        return stagedBytes > Rows * WN * tileOutputs * 4 ? stagedBytes : Rows * WN * tileOutputs * 4;
    }
};

/** Many rows: `Rows` of them a block, and 16 · WN outputs; each warp a tile of outputs and its share of the rows. A sum
    runs along k, whatever Rows and WN. */
template <GpuElement E, int WN, int Rows>
__global__ void __launch_bounds__ (threads) wideKernel (GpuLinear a)
{
    constexpr int NT = Rows / 8 * WN / warps; // row tiles of a warp
    constexpr int depth = WideShape<Rows>::depth, pitch = WideShape<Rows>::pitch, steps = depth / tileDepth;
    static_assert (NT % 2 == 0);
    extern __shared__ __align__ (16) unsigned char shared[];
    auto* staged = reinterpret_cast<__nv_bfloat16*> (shared); // [wideStages][Rows][pitch]
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, quad = lane % 4;
    const std::int64_t firstRow = (std::int64_t) blockIdx.x * Rows;
    const int tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs), tile = blockIdx.y * WN + warp % WN;
    const int warpRow = warp / WN * NT * 8;
    const int kTiles = (int) ((a.k + stepDepth - 1) / stepDepth) * warps; // packed
    const int used = (int) ((a.k + tileDepth - 1) / tileDepth),
              chunks = (used * tileDepth + depth - 1) / depth;

    // What a thread brings into shared memory of each chunk: the same rows and inputs of it each time.
    constexpr int pieces = Rows * (depth / 8) / threads;
    const __nv_bfloat16* sources[pieces];
    const int input = threadIdx.x % (depth / 8) * 8, firstPiece = threadIdx.x / (depth / 8);
#pragma unroll
    for (int i = 0; i < pieces; ++i)
    {
        const std::int64_t row = firstRow + firstPiece + i * (threads / (depth / 8));
        sources[i] = row < a.rows ? readyRow (a, row) + input : nullptr;
    }
    const auto stage = [&] (int chunk) {
        if (chunk < chunks)
        {
            auto* to =
                staged + (std::size_t) (chunk % wideStages) * Rows * pitch + firstPiece * pitch + input;
            const int k = chunk * depth;
#pragma unroll
            for (int i = 0; i < pieces; ++i)
            {
                const bool there = sources[i] != nullptr && k + input < a.readyWidth;
                copyAsyncOrZeros (to + i * (threads / (depth / 8)) * pitch, there ? sources[i] + k : a.ready,
                                  there);
            }
        }
        endGroup();
    };
    const auto* here = laneOf<E> (a.weight, (std::int64_t) tile * kTiles, lane);
    typename Raw<E>::Type raw[steps] = {};
    const auto request = [&] (int chunk) {
#pragma unroll
        for (int u = 0; u < steps; ++u)
            if (tile < tiles && chunk * steps + u < used)
                raw[u] = fetch<E> (here + (chunk * steps + u) * tileLanes);
    };
    letNextStart();
    request (0);
    waitForInputs();
    stage (0);
    stage (1);
    float sums[NT][4] = {};
#pragma unroll 1
    for (int chunk = 0; chunk < chunks; ++chunk)
    {
        waitForGroups<wideStages - 2>();
        __syncthreads();
        stage (chunk + 2);
        typename Raw<E>::Type now[steps];
#pragma unroll
        for (int u = 0; u < steps; ++u)
            now[u] = raw[u];
        request (chunk + 1);
        const auto* x = staged + (std::size_t) (chunk % wideStages) * Rows * pitch + warpRow * pitch;
#pragma unroll
        for (int u = 0; u < steps; ++u)
        {
            if (chunk * steps + u >= used)
                break;
            const Fragment weights = expand<E> (now[u]);
#pragma unroll
            for (int j = 0; j < NT; j += 2)
            {
                const Fragment b = twoRowTiles (x + j * 8 * pitch + u * tileDepth, pitch, lane);
                mma (sums[j], weights, b.r[0], b.r[1]);
                mma (sums[j + 1], weights, b.r[2], b.r[3]);
            }
        }
    }
    waitForGroups<0>();
    __syncthreads(); // the sums lie where the rows were, so that a short loop can go over them
    constexpr int rowsOfAWarp = NT * 8;
    float* own = reinterpret_cast<float*> (shared) + warp * rowsOfAWarp * tileOutputs;
#pragma unroll
    for (int j = 0; j < NT; ++j)
#pragma unroll
        for (int i = 0; i < 4; ++i)
            own[(j * 8 + quad * 2 + (i & 1)) * tileOutputs + group + (i >> 1) * 8] = sums[j][i];
    __syncwarp();
    if (tile >= tiles)
        return;
    const OutputPair pair = outputPair (a, tile, lane % 8);
#pragma unroll 1
    for (int r = lane / 8; r < rowsOfAWarp; r += 4)
        if (const std::int64_t row = firstRow + warpRow + r; row < a.rows)
            finish (a, pair, TargetPair (a, pair, row, true), row, own[r * tileOutputs + lane % 8],
                    own[r * tileOutputs + lane % 8 + 8]);
}
} // namespace
} // namespace tableread::engine::kernels
