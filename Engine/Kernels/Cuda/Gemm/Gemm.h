// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Gemm/GemmEpilogue.h"
#include "Kernels/Cuda/Gemm/GemmStages.h"
#include "Kernels/Cuda/Launch.h"

// GEMM with many rows, for a prompt or a voice. Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
/** A row of the partial sums for splitKReduceKernel: [splits, rows, outputs in the order of the tiles]. */
__device__ inline float* partialRow (const GpuLinear& a, int split, std::int64_t row)
{
    const std::int64_t width = (a.n + tileOutputs - 1) / tileOutputs * tileOutputs;
    return a.workspace + (split * a.rows + row) * width;
}

/** The grid is [tiles of rows, tiles of outputs, splits of k]. A sum runs along its split in order, whatever the shape. */
template <GpuElement E, int WM, int WR>
__global__ void __launch_bounds__ (threads, 2) gemmKernel (GpuLinear a, int chunksOfASplit)
{
    using Shape = GemmShape<E, WM, WR>;
    extern __shared__ __align__ (16) unsigned char shared[];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, quad = lane % 4;
    const int firstTile = warp % Shape::along * WM, firstRow = warp / Shape::along * Shape::rowsOfAWarp;
    const int begin = (int) blockIdx.z * chunksOfASplit,
              end = min (begin + chunksOfASplit, (int) ((a.k + Shape::depth - 1) / Shape::depth));
    GemmStages<E, WM, WR> stage (a, shared, begin, end);
    launchDependents();
    constexpr int ahead = Shape::stages - 1;
#pragma unroll
    for (int i = 0; i < ahead; ++i)
        stage.loadWeights (begin + i);
    waitForDependencies();
#pragma unroll
    for (int i = 0; i < ahead; ++i)
        stage.loadRows (begin + i);
    float sums[WM][WR][4] = {};
#pragma unroll 1
    for (int chunk = begin; chunk < end; ++chunk)
    {
        waitForGroups<ahead - 1>();
        __syncthreads();
        stage.loadWeights (chunk + ahead);
        stage.loadRows (chunk + ahead);
        Fragment weights[2][WM]; // of a step and the next
#pragma unroll
        for (int m = 0; m < WM; ++m)
            weights[0][m] = stage.tile (chunk, firstTile + m, 0);
#pragma unroll
        for (int s = 0; s < Shape::steps; ++s)
        {
            if (s + 1 < Shape::steps)
#pragma unroll
                for (int m = 0; m < WM; ++m)
                    weights[(s + 1) % 2][m] = stage.tile (chunk, firstTile + m, s + 1);
#pragma unroll
            for (int j = 0; j < WR; j += 2)
            {
                const Fragment b = stage.rowTiles (chunk, firstRow + j * 8, s);
#pragma unroll
                for (int m = 0; m < WM; ++m)
                {
                    mma (sums[m][j], weights[s % 2][m], b.r[0], b.r[1]);
                    mma (sums[m][j + 1], weights[s % 2][m], b.r[2], b.r[3]);
                }
            }
        }
    }
    waitForGroups<0>();
    __syncthreads(); // each warp's sums, a tile at a time, reuse the memory of the stages
    float* own = reinterpret_cast<float*> (shared) + warp * Shape::rowsOfAWarp * Shape::sumsPitch;
    const std::int64_t blockRow = (std::int64_t) blockIdx.x * Shape::rows + firstRow;
#pragma unroll
    for (int m = 0; m < WM; ++m)
    {
        const int tile = blockIdx.y * Shape::tiles + firstTile + m;
        if (tile * tileOutputs >= a.n)
            return;
#pragma unroll
        for (int j = 0; j < WR; ++j)
#pragma unroll
            for (int i = 0; i < 4; ++i)
                own[(j * 8 + quad * 2 + (i & 1)) * Shape::sumsPitch + group + (i >> 1) * 8] = sums[m][j][i];
        __syncwarp();
        if (gridDim.z > 1)
        {
#pragma unroll 4
            for (int r = lane / 4; r < Shape::rowsOfAWarp; r += 8)
                if (blockRow + r < a.rows)
                    vectorAt<4> (partialRow (a, (int) blockIdx.z, blockRow + r) + tile * tileOutputs +
                                 lane % 4 * 4) = vectorAt<4> (own + r * Shape::sumsPitch + lane % 4 * 4);
        }
        else
            storeTile<Shape::rowsOfAWarp, Shape::sumsPitch> (a, tile, blockRow, own);
        __syncwarp();
    }
}

/** Adds the partial sums of split-K in their order. A thread has a pair of outputs in one row. */
__global__ void __launch_bounds__ (threads) splitKReduceKernel (GpuLinear a, int splits)
{
    launchDependents();
    waitForDependencies();
    const std::int64_t row = blockIdx.x;
    const int at = (int) (blockIdx.y * threads + threadIdx.x), tile = at / 8, output = at % 8;
    if (tile * tileOutputs >= a.n)
        return;
    const OutputPair pair = outputPair (a, tile, output);
    const PairInRow outputs (a, pair, row, true);
    float first = 0, second = 0;
#pragma unroll 4
    for (int split = 0; split < splits; ++split)
    {
        const float* from = partialRow (a, split, row) + tile * tileOutputs + output;
        first += from[0];
        second += from[8];
    }
    outputs.store (first, second);
}
} // namespace
} // namespace tableread::engine::kernels
