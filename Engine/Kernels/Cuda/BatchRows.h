// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Copies.h"
#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/TileEnd.h"

namespace tableread::engine::kernels
{
namespace
{
template <GpuElement E, int NT, int Tiles>
struct BatchShape
{
    static constexpr int pitch = stepDepth + 8, rowsOfAll = 8 * NT;
    static constexpr int slotBytes =
        Tiles * threads * (int) sizeof (typename Raw<E>::Type) + rowsOfAll * pitch * 2;
    static constexpr int memory = 98 * 1024; // that any GPU has for a block
    static constexpr int slots = memory / slotBytes < 8 ? memory / slotBytes : 8; // of a step each
    static constexpr int ahead = slots - 1;                                       // that are on their way
    static constexpr int inUse = slots * slotBytes;
    static constexpr int sums = Tiles * TileEnd<NT>::sharedFloats * 4; // in the end, where the rest was
    static constexpr int sharedBytes = inUse > sums ? inUse : sums;
};

/** Some rows, 8 · NT a block, and `Tiles` tiles of outputs. Rows and weights come through shared memory, step by step;
    the warps take k in turns of 16 as they do for fewer rows, so a row's sums are the same. */
template <GpuElement E, int NT, int Tiles>
__global__ void __launch_bounds__ (threads, 2) batchKernel (GpuLinear a, int stepsOfASplit)
{
    using Part = typename Raw<E>::Type;
    using Shape = BatchShape<E, NT, Tiles>;
    constexpr int ahead = Shape::ahead, slots = Shape::slots, pitch = Shape::pitch,
                  rowsOfAll = Shape::rowsOfAll;
    constexpr int piecesOfARow = stepDepth / 8, rowsAtOnce = threads / piecesOfARow,
                  pieces = rowsOfAll / rowsAtOnce;
    extern __shared__ __align__ (16) unsigned char shared[];
    auto* ring = reinterpret_cast<Part*> (shared); // [slots][Tiles][threads]
    auto* staged =
        reinterpret_cast<__nv_bfloat16*> (ring + slots * Tiles * threads); // [slots][rowsOfAll][pitch]
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const std::int64_t firstRow = (std::int64_t) blockIdx.x * rowsOfAll;
    const int tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs), firstTile = blockIdx.y * Tiles;
    const int split = blockIdx.z;
    const Depth depth (a, stepsOfASplit, split);

    const auto requestWeights = [&] (int s) {
        if (s >= depth.steps)
            return;
#pragma unroll
        for (int t = 0; t < Tiles; ++t)
            if (firstTile + t < tiles)
            {
                const auto index =
                    ((std::int64_t) (firstTile + t) * depth.all + depth.begin + s) * warps + warp;
                copyAsync<sizeof (Part)> (ring + (s % slots * Tiles + t) * threads + threadIdx.x,
                                          laneOf<E> (a.weight, index, lane));
            }
    };
#pragma unroll 1
    for (int s = 0; s < ahead; ++s)
    {
        requestWeights (s);
        endGroup();
    }
    waitForInputs();
    const int piece = threadIdx.x % piecesOfARow * 8, pieceRow = threadIdx.x / piecesOfARow;
    const __nv_bfloat16* sources[pieces];
#pragma unroll
    for (int i = 0; i < pieces; ++i)
    {
        const std::int64_t row = firstRow + pieceRow + i * rowsAtOnce;
        sources[i] = row < a.rows ? readyRow (a, row) + depth.begin * stepDepth + piece : nullptr;
    }
    const auto requestRows = [&] (int s) {
        if (s >= depth.steps)
            return;
#pragma unroll
        for (int i = 0; i < pieces; ++i)
        {
            const bool there = sources[i] != nullptr && (depth.begin + s) * stepDepth + piece < a.readyWidth;
            copyAsyncOrZeros (staged + (s % slots * rowsOfAll + pieceRow + i * rowsAtOnce) * pitch + piece,
                              there ? sources[i] + s * stepDepth : a.ready, there);
        }
    };
#pragma unroll 1
    for (int s = 0; s < ahead; ++s)
    {
        requestRows (s);
        endGroup();
    }

    float sums[Tiles][NT][4] = {};
#pragma unroll 1
    for (int s = 0; s < depth.steps; ++s)
    {
        waitForGroups<ahead - 1>();
        __syncthreads();
        requestWeights (s + ahead);
        requestRows (s + ahead);
        endGroup();
        const auto* x = staged + s % slots * rowsOfAll * pitch + warp * tileDepth;
        Fragment b[NT / 2];
#pragma unroll
        for (int j = 0; j < NT / 2; ++j)
            b[j] = twoRowTiles (x + j * 16 * pitch, pitch, lane);
#pragma unroll
        for (int t = 0; t < Tiles; ++t)
        {
            const Fragment weights = expand<E> (ring[(s % slots * Tiles + t) * threads + threadIdx.x]);
#pragma unroll
            for (int j = 0; j < NT / 2; ++j)
            {
                mma (sums[t][2 * j], weights, b[j].r[0], b[j].r[1]);
                mma (sums[t][2 * j + 1], weights, b[j].r[2], b[j].r[3]);
            }
        }
    }
    letNextStart(); // not before: what the next one fetches ahead would hold up these rows
    waitForGroups<0>();
    __syncthreads(); // the sums lie where rows and weights were
    TileEnd<NT> end (a, reinterpret_cast<float*> (shared), firstRow, split, gridDim.z);
#pragma unroll
    for (int t = 0; t < Tiles; ++t)
        end.put (sums[t], t);
#pragma unroll 1
    for (int t = 0; t < Tiles; ++t)
        if (firstTile + t < tiles)
            end.finishTile (firstTile + t, t);
    if (gridDim.z > 1)
        end.finishParts (firstTile, 1, min (Tiles, tiles - firstTile));
}
} // namespace
} // namespace tableread::engine::kernels
