// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Tiles.h"

namespace tableread::engine::kernels
{
namespace
{
/** The part of k that a team has, in steps of `stepDepth` inputs. */
struct Depth
{
    int all, begin, steps; // of the weight; the team's first, and how many

    __device__ Depth (const GpuLinear& a, int stepsOfASplit, int split)
        : all ((int) ((a.k + stepDepth - 1) / stepDepth))
        , begin (split * stepsOfASplit)
        , steps (max (0, min (stepsOfASplit, all - begin)))
    {}
};

/** What a team does with the sums of its tiles: those of its warps are added in the order of the warps, then the parts of k
    in theirs. So the order of a sum depends on the weight's shape alone. */
template <int NT>
class TileEnd
{
public:
    static constexpr int rowsOfAll = 8 * NT, sharedFloats = warps * rowsOfAll * tileOutputs; // of each tile

    /** Of rows from `first` on, and of one of the `all` parts of k. handOver: memory full of `nothing` for the parts, where all
        teams run at once; null elsewhere. */
    __device__ TileEnd (const GpuLinear& of, float* memory, std::int64_t first, int part, int all,
                        float* handOver = nullptr)
        : a (of)
        , handedOver (handOver)
        , parts (memory)
        , firstRow (first)
        , split (part)
        , splits (all)
        , row (threadOfTeam() / 8)
        , output (threadOfTeam() % 8)
        , isIn (row < min ((std::int64_t) rowsOfAll, a.rows - first))
    {}

    /** sums: c0, c1: output `group`, rows 2 · quad, +1; c2, c3: output group + 8. Of one of several tiles. */
    __device__ void put (const float (&sums)[NT][4], int which = 0)
    {
        const int warp = threadOfTeam() / 32, group = threadIdx.x % 32 / 4, quad = threadIdx.x % 4;
        float* own = parts + which * sharedFloats + (warp * rowsOfAll + quad * 2) * tileOutputs + group;
#pragma unroll
        for (int j = 0; j < NT; ++j)
#pragma unroll
            for (int i = 0; i < 4; ++i)
                own[(j * 8 + (i & 1)) * tileOutputs + (i >> 1) * 8] = sums[j][i];
    }

    /** By the whole team, behind put(); has a barrier before it reads. If there are several parts of k, finishParts() has
        to follow. */
    __device__ void finishTile (int tile, int which = 0)
    {
        const OutputPair pair = outputPair (a, tile, output); // on their way meanwhile
        const TargetPair targets (a, pair, firstRow + row, isIn && splits == 1);
        syncTeam();
        if (! isIn)
            return;
        const float* from = parts + which * sharedFloats + row * tileOutputs + output;
        float first = 0, second = 0;
#pragma unroll
        for (int w = 0; w < warps; ++w)
        {
            first += from[w * rowsOfAll * tileOutputs];
            second += from[w * rowsOfAll * tileOutputs + 8];
        }
        if (splits == 1)
            return finish (a, pair, targets, firstRow + row, first, second);
        float* part = partsOf (tile, row) + split * size;
        handOut (part, first);
        handOut (part + 8, second);
    }

    static constexpr int mostTiles = 32;

    /** By the whole team, behind finishTile() of as many tiles, each `stride` behind the one before: the parts are put
        together by one of the teams. */
    __device__ void finishParts (int firstTile, int stride, int tiles)
    {
        const int thread = threadOfTeam();
        constexpr int threadsOfATile = rowsOfAll * 8;
        const bool* last = handedOver != nullptr ? nullptr : countIn (firstTile, stride, tiles);
        for (int i = thread / threadsOfATile; i < tiles; i += threads / threadsOfATile)
        {
            const int tile = firstTile + i * stride, ofRow = thread % threadsOfATile / 8;
            const bool isMine = last != nullptr ? last[i] : tile % splits == split;
            if (isMine && firstRow + ofRow < a.rows)
                putTogether (tile, ofRow);
        }
    }

private:
    static constexpr int size = rowsOfAll * tileOutputs;

    __device__ std::int64_t slotOf (int tile) const
    {
        return firstRow / rowsOfAll * ((a.n + tileOutputs - 1) / tileOutputs) + tile;
    }

    __device__ float* partsOf (int tile, int ofRow) const
    {
        return (handedOver != nullptr ? handedOver : a.workspace) + slotOf (tile) * splits * size +
               ofRow * tileOutputs + output;
    }

    static constexpr unsigned nothing = ~0u; // no sum's bits: a sum that is not a number has others

    static __device__ void handOut (float* to, float value)
    {
        asm volatile("st.relaxed.gpu.global.f32 [%0], %1;" ::"l"(to), "f"(value) : "memory");
    }

    static __device__ float look (const float* at)
    {
        float value;
        asm volatile("ld.relaxed.gpu.global.f32 %0, [%1];" : "=f"(value) : "l"(at) : "memory");
        return value;
    }

    /** Of which tiles this team is the last. */
    __device__ const bool* countIn (int firstTile, int stride, int tiles)
    {
        __shared__ bool isLast[teams][mostTiles];
        bool* last = isLast[team()];
        const int thread = threadOfTeam();
        syncTeam();
        if (thread < tiles)
        {
            unsigned* counter = a.counters + slotOf (firstTile + thread * stride);
            last[thread] = arriveAt (counter) == (unsigned) splits - 1;
            if (last[thread])
                *counter = 0; // ready for the next launch
        }
        syncTeam();
        return last;
    }

    __device__ void putTogether (int tile, int ofRow)
    {
        const OutputPair pair = outputPair (a, tile, output);
        const TargetPair targets (a, pair, firstRow + ofRow, true);
        float* all = partsOf (tile, ofRow);
        float first = 0, second = 0;
        constexpr int atOnce = 8; // loads on their way together
#pragma unroll 1
        for (int z = 0; z < splits; z += atOnce)
        {
            float some[atOnce], others[atOnce];
            bool areThere = false;
            while (! areThere)
            {
                areThere = true;
#pragma unroll
                for (int u = 0; u < atOnce; ++u)
                {
                    const float* of = all + min (z + u, splits - 1) * size;
                    some[u] = look (of);
                    others[u] = look (of + 8);
                    if (handedOver != nullptr &&
                        (__float_as_uint (some[u]) == nothing || __float_as_uint (others[u]) == nothing))
                        areThere = false;
                }
            }
#pragma unroll
            for (int u = 0; u < atOnce; ++u)
                if (z + u < splits)
                {
                    first += some[u];
                    second += others[u];
                }
        }
        finish (a, pair, targets, firstRow + ofRow, first, second);
        if (handedOver != nullptr) // for the next product, behind all blocks' barrier
            for (int z = 0; z < splits; ++z)
            {
                handOut (all + z * size, __uint_as_float (nothing));
                handOut (all + z * size + 8, __uint_as_float (nothing));
            }
    }

    const GpuLinear& a;
    float* handedOver;
    float* parts;
    std::int64_t firstRow;
    int split, splits, row, output;
    bool isIn;
};
} // namespace
} // namespace tableread::engine::kernels
