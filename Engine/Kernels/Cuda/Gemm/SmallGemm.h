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

/** The pipeline of slots in shared memory, filled with one step of weights and rows each by asynchronous copies. */
template <GpuElement E, int NT, int Tiles>
class SmallGemmStages
{
public:
    using Shape = SmallGemmShape<E, NT, Tiles>;

    __device__ SmallGemmStages (const GpuLinear& call, const KRange& itsRange, unsigned char* shared)
        : a (call)
        , range (itsRange)
        , tilesLeft ((int) ((a.n + tileOutputs - 1) / tileOutputs) - (int) blockIdx.y * Tiles)
        , weights (reinterpret_cast<LaneTile*> (shared))
        , rows (reinterpret_cast<__nv_bfloat16*> (weights + Shape::slots * Tiles * threads))
    {}

    /** Starts the copy of a step's weights. */
    __device__ void loadWeights (int step) const
    {
        if (step >= range.steps)
            return;
        const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, firstTile = blockIdx.y * Tiles;
#pragma unroll
        for (int t = 0; t < Tiles; ++t)
            if (t < tilesLeft)
            {
                const auto index =
                    ((std::int64_t) (firstTile + t) * range.all + range.begin + step) * warps + warp;
                copyAsync<sizeof (LaneTile)> (weights + (step % Shape::slots * Tiles + t) * threads +
                                                  threadIdx.x,
                                              laneOf<E> (a.weight, index, lane));
            }
    }

    /** Comes before loadRows(). */
    __device__ void findRows()
    {
#pragma unroll
        for (int i = 0; i < pieces; ++i)
        {
            const std::int64_t row =
                (std::int64_t) blockIdx.x * Shape::rowsOfAll + threadIdx.x / piecesOfARow + i * rowsAtOnce;
            sources[i] = row < a.rows ? readyRow (a, row) + range.begin * stepDepth + column() : nullptr;
        }
    }

    /** Starts the copy of a step's rows. */
    __device__ void loadRows (int step) const
    {
        if (step >= range.steps)
            return;
#pragma unroll
        for (int i = 0; i < pieces; ++i)
        {
            const bool exists =
                sources[i] != nullptr && (range.begin + step) * stepDepth + column() < a.readyWidth;
            const int row = threadIdx.x / piecesOfARow + i * rowsAtOnce;
            copyAsyncOrZeros (rows + (step % Shape::slots * Shape::rowsOfAll + row) * Shape::pitch + column(),
                              exists ? sources[i] + step * stepDepth : a.ready, exists);
        }
    }

    /** The A operand of a tile of the block. */
    __device__ Fragment tile (int step, int t) const
    {
        return expand<E> (weights[(step % Shape::slots * Tiles + t) * threads + threadIdx.x]);
    }

    /** The B operands of rows 16 · j to 16 · j + 15. */
    __device__ Fragment rowTiles (int step, int j) const
    {
        const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
        return twoRowTiles (rows + (step % Shape::slots * Shape::rowsOfAll + j * 16) * Shape::pitch +
                                warp * tileDepth,
                            Shape::pitch, lane);
    }

private:
    using LaneTile = typename Raw<E>::Type;
    static constexpr int piecesOfARow = stepDepth / 8, rowsAtOnce = threads / piecesOfARow,
                         pieces = Shape::rowsOfAll / rowsAtOnce;

    /** Of this thread's pieces: their first input within a step. */
    static __device__ int column()
    {
        return (int) threadIdx.x % piecesOfARow * 8;
    }

    const GpuLinear& a;
    const KRange& range;
    int tilesLeft;
    LaneTile* weights;   // [slots][Tiles][threads]
    __nv_bfloat16* rows; // [slots][rowsOfAll][pitch]
    const __nv_bfloat16* sources[pieces];
};

/** GEMM with 8 · NT rows and `Tiles` tiles of outputs a block; the grid is [tiles of rows, groups of tiles, splits of k]. The
    warps take turns of 16 inputs as in Gemv, so a row's sums are the same. */
template <GpuElement E, int NT, int Tiles>
__global__ void __launch_bounds__ (threads, 2) smallGemmKernel (GpuLinear a, int stepsOfASplit)
{
    constexpr int ahead = SmallGemmShape<E, NT, Tiles>::ahead;
    extern __shared__ __align__ (16) unsigned char shared[];
    const int split = blockIdx.z;
    const KRange range (a, stepsOfASplit, split);
    SmallGemmStages<E, NT, Tiles> stages (a, range, shared);
#pragma unroll 1
    for (int s = 0; s < ahead; ++s)
    {
        stages.loadWeights (s);
        commitGroup();
    }
    waitForDependencies();
    stages.findRows();
#pragma unroll 1
    for (int s = 0; s < ahead; ++s)
    {
        stages.loadRows (s);
        commitGroup();
    }

    float sums[Tiles][NT][4] = {};
#pragma unroll 1
    for (int s = 0; s < range.steps; ++s)
    {
        waitForGroups<ahead - 1>();
        __syncthreads();
        stages.loadWeights (s + ahead);
        stages.loadRows (s + ahead);
        commitGroup();
        Fragment b[NT / 2];
#pragma unroll
        for (int j = 0; j < NT / 2; ++j)
            b[j] = stages.rowTiles (s, j);
#pragma unroll
        for (int t = 0; t < Tiles; ++t)
        {
            const Fragment weights = stages.tile (s, t);
#pragma unroll
            for (int j = 0; j < NT / 2; ++j)
            {
                mma (sums[t][2 * j], weights, b[j].r[0], b[j].r[1]);
                mma (sums[t][2 * j + 1], weights, b[j].r[2], b[j].r[3]);
            }
        }
    }
    launchDependents(); // not earlier: the next kernel's weight prefetch would delay these rows
    waitForGroups<0>();
    __syncthreads(); // the epilogue reuses the slots
    const int firstTile = blockIdx.y * Tiles, tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs);
    TileEpilogue<NT> epilogue (a, reinterpret_cast<float*> (shared),
                               (std::int64_t) blockIdx.x * SmallGemmShape<E, NT, Tiles>::rowsOfAll, split,
                               gridDim.z);
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
} // namespace
} // namespace tableread::engine::kernels
