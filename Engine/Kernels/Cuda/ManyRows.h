// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Launch.h"
#include "Kernels/Cuda/ManyRowsEnd.h"
#include "Kernels/Cuda/ManyRowsStage.h"

// Products of many rows, as of a prompt or a voice. Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
/** Where a part of k leaves its sums for sumKernel: [parts, rows, outputs in the order of the tiles]. */
__device__ inline float* partOf (const GpuLinear& a, int part, std::int64_t row)
{
    const std::int64_t width = (a.n + tileOutputs - 1) / tileOutputs * tileOutputs;
    return a.workspace + (part * a.rows + row) * width;
}

/** A sum runs along k, or along one of the parts that the grid's third dimension says, whatever the shape. */
template <GpuElement E, int WM, int WR>
__global__ void __launch_bounds__ (threads, 2) wideKernel (GpuLinear a, int chunksOfAPart)
{
    using Shape = WideShape<E, WM, WR>;
    extern __shared__ __align__ (16) unsigned char shared[];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, quad = lane % 4;
    const int firstTile = warp % Shape::along * WM, firstRow = warp / Shape::along * Shape::rowsOfAWarp;
    const int begin = (int) blockIdx.z * chunksOfAPart,
              end = min (begin + chunksOfAPart, (int) ((a.k + Shape::depth - 1) / Shape::depth));
    WideStage<E, WM, WR> stage (a, shared, begin, end);
    letNextStart();
    constexpr int ahead = Shape::stages - 1;
#pragma unroll
    for (int i = 0; i < ahead; ++i)
        stage.requestWeights (begin + i);
    waitForInputs();
#pragma unroll
    for (int i = 0; i < ahead; ++i)
        stage.requestRows (begin + i);
    float sums[WM][WR][4] = {};
#pragma unroll 1
    for (int chunk = begin; chunk < end; ++chunk)
    {
        waitForGroups<ahead - 1>();
        __syncthreads();
        stage.requestWeights (chunk + ahead);
        stage.requestRows (chunk + ahead);
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
    __syncthreads(); // a warp's sums, tile by tile, lie where weights and rows were
    float* own = reinterpret_cast<float*> (shared) + warp * Shape::rowsOfAWarp * Shape::endPitch;
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
                own[(j * 8 + quad * 2 + (i & 1)) * Shape::endPitch + group + (i >> 1) * 8] = sums[m][j][i];
        __syncwarp();
        if (gridDim.z > 1)
        {
#pragma unroll 4
            for (int r = lane / 4; r < Shape::rowsOfAWarp; r += 8)
                if (blockRow + r < a.rows)
                    someAt<4> (partOf (a, (int) blockIdx.z, blockRow + r) + tile * tileOutputs +
                               lane % 4 * 4) = someAt<4> (own + r * Shape::endPitch + lane % 4 * 4);
        }
        else
            finishTile<Shape::rowsOfAWarp, Shape::endPitch> (a, tile, blockRow, own);
        __syncwarp();
    }
}

/** The parts of k together, in their order. A thread has a pair of outputs in one row. */
__global__ void __launch_bounds__ (threads) sumKernel (GpuLinear a, int parts)
{
    letNextStart();
    waitForInputs();
    const std::int64_t row = blockIdx.x;
    const int at = (int) (blockIdx.y * threads + threadIdx.x), tile = at / 8, output = at % 8;
    if (tile * tileOutputs >= a.n)
        return;
    const OutputPair pair = outputPair (a, tile, output);
    const TargetPair targets (a, pair, row, true);
    float first = 0, second = 0;
#pragma unroll 4
    for (int part = 0; part < parts; ++part)
    {
        const float* from = partOf (a, part, row) + tile * tileOutputs + output;
        first += from[0];
        second += from[8];
    }
    finish (a, pair, targets, row, first, second);
}
} // namespace
} // namespace tableread::engine::kernels
