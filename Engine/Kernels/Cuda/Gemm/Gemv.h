// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Gemm/Prologue.h"
#include "Kernels/Cuda/Gemm/TileEpilogue.h"
#include "Kernels/Cuda/PersistentStep.h"
#include "Kernels/Cuda/RingBuffer.h"

namespace tableread::engine::kernels
{
namespace
{
/** The tiles of a warp group, assigned statically and as evenly as possible. Blocks are divided among the splits of k first, since
    the warp groups of a block share rows. The first warp groups of all blocks get tiles before the second ones. */
struct TileSchedule
{
    int split;
    KRange range;
    int tile, tileEnd, stride; // from a tile to the warp group's next

    __device__ TileSchedule (const GpuLinear& a, SplitK splitK, int index)
        : split ((int) blockIdx.x % splitK.splits)
        , range (a, splitK.stepsOfASplit, split)
    {
        const int tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs),
                  blocks = (int) gridDim.x / splitK.splits;
        const int rounds = (tiles + blocks * warpGroups - 1) / (blocks * warpGroups),
                  busy = (tiles + rounds - 1) / rounds;
        const int block = (int) blockIdx.x / splitK.splits;
        const int place = block < blocks ? block + index * blocks : busy;
        tile = place < busy ? place : tiles;
        tileEnd = tiles;
        stride = busy;
    }

    __device__ bool isEmpty() const { return tile >= tileEnd; }
};

/** GEMV, of up to eight rows at once: a warp group loops over tiles of 16 outputs; its warps take turns of 16 inputs. */
template <GpuElement E>
class Gemv
{
public:
    using LaneTile = typename Raw<E>::Type;
    static constexpr int stepBytes = warps * tileLanes * (int) sizeof (LaneTile),
                         stepsOfASlot = slotBytes / stepBytes;

    /** shared: sharedBytes() of the block. */
    __device__ Gemv (const GpuLinear& call, SplitK division, unsigned char* shared)
        : a (call)
        , splitK (division)
        , memory (shared)
    {}

    /** Starts the loads that do not depend on the rows. withModulation: shift and scale do not either. */
    __device__ void prefetch (bool withModulation) const
    {
        if (a.ready != nullptr || TileSchedule (a, splitK, 0).isEmpty())
            return;
        prefetchNorm (a, stage());
        if (withModulation)
            prefetchModulation (a, stage(), 0, (int) a.rows);
    }

    /** Comes after prefetch(), once the rows are there. splitKBuffer: see TileEpilogue. */
    __device__ void run (bool hasModulation, RingBuffer& ring, float* splitKBuffer) const
    {
        TileSchedule schedule (a, splitK, warpGroup());
        if (TileSchedule (a, splitK, 0).isEmpty())
            return;
        const int rows = (int) a.rows, steps = schedule.range.steps;
        const StagedRows staged { stagedRows(), pitchOf (splitK.stepsOfASplit),
                                  schedule.range.begin * stepDepth, steps * stepDepth };
        if (a.ready == nullptr)
            applyPrologue (a, stage(), { 0, rows, hasModulation }, staged);
        else
            loadReadyRows (a, rows, staged);
        syncWarpGroups();

        const int warp = threadOfWarpGroup() / 32, lane = threadIdx.x % 32;
        auto* sumsOfWarps =
            reinterpret_cast<float*> (memory) + warpGroup() * 2 * TileEpilogue<1>::sharedFloats;
        TileEpilogue<1> epilogue (a, 0, { schedule.split, splitK.splits }, { sumsOfWarps, splitKBuffer });
        // Behind the last row it is repeated: these sums are not stored.
        const auto* x = staged.rows + min (lane % 8, rows - 1) * staged.pitch + warp * tileDepth +
                        lane / 8 % 2 * 8 + lane / 16 * stepDepth;
        int which = 0, pending = 0;
#pragma unroll 1
        for (; ! schedule.isEmpty(); schedule.tile += schedule.stride)
        {
            float sums[1][4] = {};
#pragma unroll 1
            for (int s = 0; s < steps; s += stepsOfASlot)
            {
                const auto* tiles = reinterpret_cast<const LaneTile*> (ring.take()) + warp * tileLanes + lane;
                const auto* rowsHere = x + s * stepDepth;
                LaneTile weights[stepsOfASlot];
                Fragment b[stepsOfASlot / 2];
#pragma unroll
                for (int u = 0; u < stepsOfASlot; ++u)
                    weights[u] = tiles[u * stride];
#pragma unroll
                for (int u = 0; u < stepsOfASlot; u += 2)
                    b[u / 2] = matrices (rowsHere + u * stepDepth);
#pragma unroll
                for (int u = 0; u < stepsOfASlot; ++u)
                    if (s + u < steps)
                        mma (sums[0], expand<E> (weights[u]), b[u / 2].r[u % 2 * 2],
                             b[u / 2].r[u % 2 * 2 + 1]);
                ring.release();
            }
            epilogue.putSums (sums, which);
            epilogue.reduceWarps (schedule.tile, which);
            which ^= 1; // other warps may still read this one
            ++pending;
            const bool isLastTile = schedule.tile + schedule.stride >= schedule.tileEnd;
            if (splitK.splits > 1 && (isLastTile || pending == TileEpilogue<1>::mostTiles))
            {
                epilogue.reduceSplits (schedule.tile - (pending - 1) * schedule.stride, schedule.stride,
                                       pending);
                pending = 0;
            }
        }
    }

    static __host__ std::size_t sharedBytes (const GpuLinear& a, int stepsOfASplit)
    {
        constexpr int readAhead = stepsOfASlot * stepDepth; // what loads may read behind the last row
        return epilogueBytes +
               (std::size_t) (a.rows * pitchOf (stepsOfASplit) + readAhead) * sizeof (__nv_bfloat16) +
               (a.ready == nullptr ? (std::size_t) PrologueStage::floats (a, a.rows) * sizeof (float) : 0);
    }

private:
    static constexpr int stride = warps * tileLanes; // between the tiles of a warp along k
    static constexpr std::size_t epilogueBytes =
        warpGroups * 2 * TileEpilogue<1>::sharedFloats * sizeof (float);

    static __host__ __device__ int pitchOf (int stepsOfASplit)
    {
        return stepsOfASplit * stepDepth + 8;
    }

    __device__ __nv_bfloat16* stagedRows() const // [rows][pitch]
    {
        return reinterpret_cast<__nv_bfloat16*> (memory + epilogueBytes);
    }

    __device__ PrologueStage stage() const
    {
        return { a, reinterpret_cast<float*> (stagedRows() + a.rows * pitchOf (splitK.stepsOfASplit)) };
    }

    const GpuLinear& a;
    SplitK splitK;
    unsigned char* memory;
};
} // namespace
} // namespace tableread::engine::kernels
