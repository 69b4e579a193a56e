// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Gemm/Epilogue.h"

namespace tableread::engine::kernels
{
namespace
{
/** The range of k of one split, in steps of `stepDepth` inputs. */
struct KRange
{
    int all, begin, steps; // of the weight; the first of the split, and how many it has

    __device__ KRange (const GpuLinear& a, int stepsOfASplit, int split)
        : all ((int) ((a.k + stepDepth - 1) / stepDepth))
        , begin (split * stepsOfASplit)
        , steps (max (0, min (stepsOfASplit, all - begin)))
    {}
};

/** Which split of k a warp group has. */
struct SplitIndex
{
    int index, count;
};

/** Memory of a TileEpilogue. splitKBuffer: full of `unwritten`; through it warp groups that all run at once exchange partial sums;
    null: they use GpuLinear's workspace and counters. */
struct EpilogueMemory
{
    float* warpSums; // in shared memory
    float* splitKBuffer = nullptr;
};

/** The epilogue of a warp group's tiles: adds the partial sums of its warps in their order, then those of split-K in theirs, and
    stores the outputs. So the order of a sum depends on the weight's shape alone. */
template <int NT>
class TileEpilogue
{
public:
    static constexpr int rowsOfAll = 8 * NT, sharedFloats = warps * rowsOfAll * tileOutputs; // of each tile

    /** Of rows from `first` on. */
    __device__ TileEpilogue (const GpuLinear& of, std::int64_t first, SplitIndex which, EpilogueMemory memory)
        : a (of)
        , splitKBuffer (memory.splitKBuffer)
        , warpSums (memory.warpSums)
        , firstRow (first)
        , split (which.index)
        , splits (which.count)
        , row (threadOfWarpGroup() / 8)
        , output (threadOfWarpGroup() % 8)
        , isIn (row < min ((std::int64_t) rowsOfAll, a.rows - first))
    {}

    /** Puts a warp's sums of a tile into shared memory, in place `which`. sums: c0, c1: output `group`, rows 2 · quad and + 1; c2,
        c3: output group + 8. */
    __device__ void putSums (const float (&sums)[NT][4], int which = 0)
    {
        const int warp = threadOfWarpGroup() / 32, group = threadIdx.x % 32 / 4, quad = threadIdx.x % 4;
        float* own = warpSums + which * sharedFloats + (warp * rowsOfAll + quad * 2) * tileOutputs + group;
#pragma unroll
        for (int j = 0; j < NT; ++j)
#pragma unroll
            for (int i = 0; i < 4; ++i)
                own[(j * 8 + (i & 1)) * tileOutputs + (i >> 1) * 8] = sums[j][i];
    }

    /** Adds the sums of the warps, and stores outputs, or with split-K partial sums: then reduceSplits() has to follow. Called by
        the whole warp group after putSums(); has a barrier before it reads. */
    __device__ void reduceWarps (int tile, int which = 0)
    {
        const OutputPair pair = outputPair (a, tile, output); // loads overlap the barrier
        const PairInRow outputs (a, pair, firstRow + row, isIn && splits == 1);
        syncWarpGroup();
        if (! isIn)
            return;
        const float* from = warpSums + which * sharedFloats + row * tileOutputs + output;
        float first = 0, second = 0;
#pragma unroll
        for (int w = 0; w < warps; ++w)
        {
            first += from[w * rowsOfAll * tileOutputs];
            second += from[w * rowsOfAll * tileOutputs + 8];
        }
        if (splits == 1)
            return outputs.store (first, second);
        float* partial = partialsOf (tile, row) + split * size;
        storePartial (partial, first);
        storePartial (partial + 8, second);
    }

    static constexpr int mostTiles = 32;

    /** Adds the partial sums of tiles that are `stride` apart and stores their outputs. For each tile one of its warp groups does
        so. Called by the whole warp group after reduceWarps() of these tiles. */
    __device__ void reduceSplits (int firstTile, int stride, int tiles)
    {
        const int thread = threadOfWarpGroup();
        constexpr int threadsOfATile = rowsOfAll * 8;
        const bool* last = splitKBuffer != nullptr ? nullptr : arriveAtTiles (firstTile, stride, tiles);
        for (int i = thread / threadsOfATile; i < tiles; i += threads / threadsOfATile)
        {
            const int tile = firstTile + i * stride, tileRow = thread % threadsOfATile / 8;
            const bool isMine = last != nullptr ? last[i] : tile % splits == split;
            if (isMine && firstRow + tileRow < a.rows)
                reduceSplitsOf (tile, tileRow);
        }
    }

private:
    static constexpr int size = rowsOfAll * tileOutputs;

    __device__ std::int64_t indexOf (int tile) const
    {
        return firstRow / rowsOfAll * ((a.n + tileOutputs - 1) / tileOutputs) + tile;
    }

    __device__ float* partialsOf (int tile, int tileRow) const
    {
        return (splitKBuffer != nullptr ? splitKBuffer : a.workspace) + indexOf (tile) * splits * size +
               tileRow * tileOutputs + output;
    }

    static constexpr unsigned unwritten = ~0u; // the bits of no sum: a sum that is NaN has others

    static __device__ void storePartial (float* to, float value)
    {
        asm volatile("st.relaxed.gpu.global.f32 [%0], %1;" ::"l"(to), "f"(value) : "memory");
    }

    static __device__ float loadPartial (const float* from)
    {
        float value;
        asm volatile("ld.relaxed.gpu.global.f32 %0, [%1];" : "=f"(value) : "l"(from) : "memory");
        return value;
    }

    /** @returns for each tile whether this warp group is the last to arrive. */
    __device__ const bool* arriveAtTiles (int firstTile, int stride, int tiles)
    {
        __shared__ bool isLast[warpGroups][mostTiles];
        bool* last = isLast[warpGroup()];
        const int thread = threadOfWarpGroup();
        syncWarpGroup();
        if (thread < tiles)
        {
            unsigned* counter = a.counters + indexOf (firstTile + thread * stride);
            last[thread] = arriveAt (counter) == (unsigned) splits - 1;
            if (last[thread])
                *counter = 0; // ready for the next launch
        }
        syncWarpGroup();
        return last;
    }

    __device__ void reduceSplitsOf (int tile, int tileRow)
    {
        const OutputPair pair = outputPair (a, tile, output);
        const PairInRow outputs (a, pair, firstRow + tileRow, true);
        float* all = partialsOf (tile, tileRow);
        float first = 0, second = 0;
        constexpr int atOnce = 8; // loads in flight
#pragma unroll 1
        for (int z = 0; z < splits; z += atOnce)
        {
            float firsts[atOnce], seconds[atOnce];
            bool areWritten = false;
            while (! areWritten)
            {
                areWritten = true;
#pragma unroll
                for (int u = 0; u < atOnce; ++u)
                {
                    const float* of = all + min (z + u, splits - 1) * size;
                    firsts[u] = loadPartial (of);
                    seconds[u] = loadPartial (of + 8);
                    if (splitKBuffer != nullptr && (__float_as_uint (firsts[u]) == unwritten ||
                                                    __float_as_uint (seconds[u]) == unwritten))
                        areWritten = false;
                }
            }
#pragma unroll
            for (int u = 0; u < atOnce; ++u)
                if (z + u < splits)
                {
                    first += firsts[u];
                    second += seconds[u];
                }
        }
        outputs.store (first, second);
        if (splitKBuffer != nullptr) // resets the buffer for the next GEMV, which comes after a grid barrier
            for (int z = 0; z < splits; ++z)
            {
                storePartial (all + z * size, __uint_as_float (unwritten));
                storePartial (all + z * size + 8, __uint_as_float (unwritten));
            }
    }

    const GpuLinear& a;
    float* splitKBuffer;
    float* warpSums;
    std::int64_t firstRow;
    int split, splits, row, output;
    bool isIn;
};
} // namespace
} // namespace tableread::engine::kernels
