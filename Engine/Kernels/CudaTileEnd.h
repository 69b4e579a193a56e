// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/CudaTiles.h"

namespace tableread::engine::kernels
{
namespace
{
/** The part of k that a block has, in steps of `stepDepth` inputs. */
struct Depth
{
    int all, begin, steps; // of the weight; the block's first, and how many

    __device__ Depth (const GpuLinear& a, int stepsOfASplit)
        : all ((int) ((a.k + stepDepth - 1) / stepDepth))
        , begin ((int) blockIdx.z * stepsOfASplit)
        , steps (max (0, min (stepsOfASplit, all - begin)))
    {}
};

/** What a block does with the sums of its tiles: those of its warps are added in the order of the warps, then the parts of k
    in theirs, by whichever block comes last. So the order of a sum depends on the weight's shape alone. */
template <int NT>
class TileEnd
{
public:
    static constexpr int rowsOfAll = 8 * NT, sharedFloats = warps * rowsOfAll * tileOutputs; // of each tile

    __device__ TileEnd (const GpuLinear& of, float* memory, std::int64_t first)
        : a (of)
        , parts (memory)
        , firstRow (first)
        , row (threadIdx.x / 8)
        , output (threadIdx.x % 8)
        , isIn (row < min ((std::int64_t) rowsOfAll, a.rows - first))
    {}

    /** sums: c0, c1: output `group`, rows 2 · quad, +1; c2, c3: output group + 8. Of one of several tiles. */
    __device__ void put (const float (&sums)[NT][4], int which = 0)
    {
        const int warp = threadIdx.x / 32, group = threadIdx.x % 32 / 4, quad = threadIdx.x % 4;
        float* own = parts + which * sharedFloats + (warp * rowsOfAll + quad * 2) * tileOutputs + group;
#pragma unroll
        for (int j = 0; j < NT; ++j)
#pragma unroll
            for (int i = 0; i < 4; ++i)
                own[(j * 8 + (i & 1)) * tileOutputs + (i >> 1) * 8] = sums[j][i];
    }

    /** By the whole block, behind put(); has barriers before and behind. */
    __device__ void finishTile (int tile, int which = 0)
    {
        const OutputPair pair = outputPair (a, tile, output); // on its way meanwhile
        __syncthreads();
        float first = 0, second = 0;
        if (isIn)
        {
            const float* from = parts + which * sharedFloats + row * tileOutputs + output;
#pragma unroll
            for (int w = 0; w < warps; ++w)
            {
                first += from[w * rowsOfAll * tileOutputs];
                second += from[w * rowsOfAll * tileOutputs + 8];
            }
        }
        if ((gridDim.z == 1 || isLast (tile, first, second)) && isIn)
            finish (a, pair, firstRow + row, first, second);
        __syncthreads();
    }

private:
    /** Hands over the block's sums. @returns whether it is the last to do so; then they are those of all of k. */
    __device__ bool isLast (int tile, float& first, float& second)
    {
        __shared__ unsigned arrived;
        constexpr int size = rowsOfAll * tileOutputs;
        const int splits = gridDim.z, at = row * tileOutputs + output;
        const std::int64_t tiles = (a.n + tileOutputs - 1) / tileOutputs, slot = blockIdx.x * tiles + tile;
        float* all = a.workspace + slot * splits * size;
        if (isIn)
        {
            __stcg (all + blockIdx.z * size + at, first);
            __stcg (all + blockIdx.z * size + at + 8, second);
        }
        __threadfence();
        __syncthreads();
        if (threadIdx.x == 0)
        {
            arrived = atomicAdd (a.counters + slot, 1u);
            if (arrived == (unsigned) splits - 1)
                a.counters[slot] = 0; // ready for the next launch
        }
        __syncthreads();
        if (arrived != (unsigned) splits - 1)
            return false;
        __threadfence();
        first = second = 0;
        if (isIn)
#pragma unroll 2
            for (int z = 0; z < splits; ++z)
            {
                first += __ldcg (all + z * size + at);
                second += __ldcg (all + z * size + at + 8);
            }
        return true;
    }

    const GpuLinear& a;
    float* parts;
    std::int64_t firstRow;
    int row, output;
    bool isIn;
};
} // namespace
} // namespace tableread::engine::kernels
