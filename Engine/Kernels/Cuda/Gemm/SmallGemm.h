// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/AsyncCopy.h"
#include "Kernels/Cuda/Gemm/TileEpilogue.h"
#include "Kernels/Cuda/Launch.h"

namespace tableread::engine::kernels
{
namespace
{
/** The tile of a block: 8 · NT rows and `Tiles` tiles of outputs. */
template <GpuElement E, int NT, int Tiles>
struct SmallGemmShape
{
    static constexpr int pitch = stepDepth + 8, rowsOfAll = 8 * NT;
    static constexpr int slotBytes =
        Tiles * threads * (int) sizeof (typename Raw<E>::Type) + rowsOfAll * pitch * 2;
    static constexpr int memory = 98 * 1024; // that any GPU has for a block
    static constexpr int slots = memory / slotBytes < 8 ? memory / slotBytes : 8; // one step each
    static constexpr int ahead = slots - 1;                                       // slots in flight
    static constexpr int slotsBytes = slots * slotBytes;
    static constexpr int sumsBytes =
        Tiles * TileEpilogue<NT>::sharedFloats * 4; // of the epilogue, which reuses the slots
    static constexpr int sharedBytes = slotsBytes > sumsBytes ? slotsBytes : sumsBytes;
};

/** Adds a step to the sums. weights: the lane's elements of the first tile; x: the warp's inputs of the first row. */
template <GpuElement E, int NT, int Tiles>
__device__ __forceinline__ void multiplyStep (float (&sums)[Tiles][NT][4],
                                              const typename Raw<E>::Type* weights, const __nv_bfloat16* x)
{
    constexpr int pitch = SmallGemmShape<E, NT, Tiles>::pitch;
    const int lane = threadIdx.x % 32;
    Fragment b[NT / 2];
#pragma unroll
    for (int j = 0; j < NT / 2; ++j)
        b[j] = twoRowTiles (x + j * 16 * pitch, pitch, lane);
#pragma unroll
    for (int t = 0; t < Tiles; ++t)
    {
        const Fragment tile = expand<E> (weights[t * threads]);
#pragma unroll
        for (int j = 0; j < NT / 2; ++j)
        {
            mma (sums[t][2 * j], tile, b[j].r[0], b[j].r[1]);
            mma (sums[t][2 * j + 1], tile, b[j].r[2], b[j].r[3]);
        }
    }
}

/** The epilogue of a block's tiles; `shared` has room for their sums. */
template <int NT, int Tiles>
__device__ __forceinline__ void storeTiles (const GpuLinear& a, const float (&sums)[Tiles][NT][4],
                                            float* shared)
{
    const int tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs), firstTile = blockIdx.y * Tiles;
    TileEpilogue<NT> epilogue (a, (std::int64_t) blockIdx.x * 8 * NT, { (int) blockIdx.z, (int) gridDim.z },
                               { shared });
#pragma unroll
    for (int t = 0; t < Tiles; ++t)
        epilogue.putSums (sums[t], t);
#pragma unroll 1
    for (int t = 0; t < Tiles; ++t)
        if (firstTile + t < tiles)
            epilogue.reduceWarps (firstTile + t, t);
    if (gridDim.z > 1)
        epilogue.reduceSplits (firstTile, 1, min (Tiles, tiles - firstTile));
}

/** GEMM with 8 · NT rows and `Tiles` tiles of outputs a block; the grid is [tiles of rows, groups of tiles, splits of k]. Rows and
    weights come through a ring buffer in shared memory, step by step. The warps take turns of 16 inputs as in Gemv, so a row's
    sums are the same. */
template <GpuElement E, int NT, int Tiles>
__global__ void __launch_bounds__ (threads, 2) smallGemmKernel (GpuLinear a, int stepsOfASplit)
{
    using LaneTile = typename Raw<E>::Type;
    using Shape = SmallGemmShape<E, NT, Tiles>;
    constexpr int ahead = Shape::ahead, slots = Shape::slots, pitch = Shape::pitch,
                  rowsOfAll = Shape::rowsOfAll;
    constexpr int piecesOfARow = stepDepth / 8, rowsAtOnce = threads / piecesOfARow,
                  pieces = rowsOfAll / rowsAtOnce;
    extern __shared__ __align__ (16) unsigned char shared[];
    auto* ring = reinterpret_cast<LaneTile*> (shared); // [slots][Tiles][threads]
    auto* staged = reinterpret_cast<__nv_bfloat16*> (ring + slots * Tiles * threads); // [slots][rows][pitch]
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const std::int64_t firstRow = (std::int64_t) blockIdx.x * rowsOfAll;
    const int tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs), firstTile = blockIdx.y * Tiles;
    const KRange range (a, stepsOfASplit, blockIdx.z);

    const auto loadWeights = [&] (int s) {
        if (s >= range.steps)
            return;
#pragma unroll
        for (int t = 0; t < Tiles; ++t)
            if (firstTile + t < tiles)
            {
                const auto index =
                    ((std::int64_t) (firstTile + t) * range.all + range.begin + s) * warps + warp;
                copyAsync<sizeof (LaneTile)> (ring + (s % slots * Tiles + t) * threads + threadIdx.x,
                                              laneOf<E> (a.weight, index, lane));
            }
    };
#pragma unroll 1
    for (int s = 0; s < ahead; ++s)
    {
        loadWeights (s);
        commitGroup();
    }
    waitForDependencies();
    const int piece = threadIdx.x % piecesOfARow * 8, pieceRow = threadIdx.x / piecesOfARow;
    const __nv_bfloat16* sources[pieces];
#pragma unroll
    for (int i = 0; i < pieces; ++i)
    {
        const std::int64_t row = firstRow + pieceRow + i * rowsAtOnce;
        sources[i] = row < a.rows ? readyRow (a, row) + range.begin * stepDepth + piece : nullptr;
    }
    const auto loadRows = [&] (int s) {
        if (s >= range.steps)
            return;
#pragma unroll
        for (int i = 0; i < pieces; ++i)
        {
            const bool exists = sources[i] != nullptr && (range.begin + s) * stepDepth + piece < a.readyWidth;
            copyAsyncOrZeros (staged + (s % slots * rowsOfAll + pieceRow + i * rowsAtOnce) * pitch + piece,
                              exists ? sources[i] + s * stepDepth : a.ready, exists);
        }
    };
#pragma unroll 1
    for (int s = 0; s < ahead; ++s)
    {
        loadRows (s);
        commitGroup();
    }

    float sums[Tiles][NT][4] = {};
#pragma unroll 1
    for (int s = 0; s < range.steps; ++s)
    {
        waitForGroups<ahead - 1>();
        __syncthreads();
        loadWeights (s + ahead);
        loadRows (s + ahead);
        commitGroup();
        multiplyStep<E> (sums, ring + s % slots * Tiles * threads + threadIdx.x,
                         staged + s % slots * rowsOfAll * pitch + warp * tileDepth);
    }
    launchDependents(); // not earlier: the next kernel's weight prefetch would delay these rows
    waitForGroups<0>();
    __syncthreads(); // the epilogue reuses the ring buffer
    storeTiles (a, sums, reinterpret_cast<float*> (shared));
}
} // namespace
} // namespace tableread::engine::kernels
