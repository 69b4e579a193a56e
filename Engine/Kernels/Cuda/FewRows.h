// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Ring.h"
#include "Kernels/Cuda/Rows.h"
#include "Kernels/Cuda/TileEnd.h"

namespace tableread::engine::kernels
{
namespace
{
/** A team's share of a product: some parts of k first, then tiles, as even as they go. The teams of a block have the same
    part of k, since they share rows; the first teams of all blocks have work before the second ones. */
struct Share
{
    int split;
    Depth depth;
    int tile, tileEnd, stride; // from a tile to the team's next

    __device__ Share (const GpuLinear& a, int stepsOfASplit, int splits, int teamIndex)
        : split ((int) blockIdx.x % splits)
        , depth (a, stepsOfASplit, split)
    {
        const int tiles = (int) ((a.n + tileOutputs - 1) / tileOutputs), blocks = (int) gridDim.x / splits;
        const int rounds = (tiles + blocks * teams - 1) / (blocks * teams),
                  sharers = (tiles + rounds - 1) / rounds;
        const int block = (int) blockIdx.x / splits;
        const int place = block < blocks ? block + teamIndex * blocks : sharers;
        tile = place < sharers ? place : tiles;
        tileEnd = tiles;
        stride = sharers;
    }

    __device__ bool isEmpty() const { return tile >= tileEnd; }
};

/** A product of up to eight rows: a team walks over tiles of 16 outputs, its warps take k in turns of 16. */
template <GpuElement E>
class FewRows
{
public:
    using Part = typename Raw<E>::Type;
    static constexpr int stepBytes = warps * tileLanes * (int) sizeof (Part),
                         stepsOfASlot = slotBytes / stepBytes;

    /** What can come before the rows. withModulation: shift and scale, too: they are there already, like weights. */
    static __device__ void request (const GpuLinear& a, int stepsOfASplit, int splits, unsigned char* shared,
                                    bool withModulation)
    {
        if (a.ready != nullptr || Share (a, stepsOfASplit, splits, 0).isEmpty())
            return;
        requestNorm (a, stageOf (a, stepsOfASplit, shared));
        if (withModulation)
            requestModulation (a, stageOf (a, stepsOfASplit, shared), 0, (int) a.rows);
    }

    /** Behind request(), once the rows are there. */
    static __device__ void run (const GpuLinear& a, int stepsOfASplit, int splits, unsigned char* shared,
                                bool hasModulation, Ring& ring, float* handOver)
    {
        Share share (a, stepsOfASplit, splits, team());
        if (Share (a, stepsOfASplit, splits, 0).isEmpty())
            return;
        const int rows = (int) a.rows, steps = share.depth.steps, first = share.depth.begin * stepDepth;
        const int pitch = pitchOf (stepsOfASplit);
        auto* staged = stagedOf (shared);
        if (a.ready == nullptr)
            prepareRows (a, stageOf (a, stepsOfASplit, shared), { 0, rows, hasModulation }, first,
                         steps * stepDepth, staged, pitch);
        else
            takeReadyRows (a, rows, first, steps * stepDepth, staged, pitch);
        syncTeams();

        const int warp = threadOfTeam() / 32, lane = threadIdx.x % 32;
        TileEnd<1> end (a, reinterpret_cast<float*> (shared) + team() * 2 * TileEnd<1>::sharedFloats, 0,
                        share.split, splits, handOver);
        // Rows that are not there repeat the last one: a row's sums are its own.
        const auto* x = staged + min (lane % 8, rows - 1) * pitch + warp * tileDepth + lane / 8 % 2 * 8 +
                        lane / 16 * stepDepth;
        int which = 0, pending = 0;
#pragma unroll 1
        for (; ! share.isEmpty(); share.tile += share.stride)
        {
            float sums[1][4] = {};
#pragma unroll 1
            for (int s = 0; s < steps; s += stepsOfASlot)
            {
                const auto* parts = reinterpret_cast<const Part*> (ring.take()) + warp * tileLanes + lane;
                const auto* rowsHere = x + s * stepDepth;
                Part part[stepsOfASlot];
                Fragment b[stepsOfASlot / 2];
#pragma unroll
                for (int u = 0; u < stepsOfASlot; ++u)
                    part[u] = parts[u * stride];
#pragma unroll
                for (int u = 0; u < stepsOfASlot; u += 2)
                    b[u / 2] = matrices (rowsHere + u * stepDepth);
#pragma unroll
                for (int u = 0; u < stepsOfASlot; ++u)
                    if (s + u < steps)
                        mma (sums[0], expand<E> (part[u]), b[u / 2].r[u % 2 * 2], b[u / 2].r[u % 2 * 2 + 1]);
                ring.release();
            }
            end.put (sums, which);
            end.finishTile (share.tile, which);
            which ^= 1; // while some still read this one
            ++pending;
            const bool isLastTile = share.tile + share.stride >= share.tileEnd;
            if (splits > 1 && (isLastTile || pending == TileEnd<1>::mostTiles))
            {
                end.finishParts (share.tile - (pending - 1) * share.stride, share.stride, pending);
                pending = 0;
            }
        }
    }

    static __host__ std::size_t sharedBytes (const GpuLinear& a, int stepsOfASplit)
    {
        constexpr int readAhead = stepsOfASlot * stepDepth; // behind the last row
        return endBytes +
               (std::size_t) (a.rows * pitchOf (stepsOfASplit) + readAhead) * sizeof (__nv_bfloat16) +
               (a.ready == nullptr ? (std::size_t) RowStage::floats (a, a.rows) * sizeof (float) : 0);
    }

private:
    static constexpr int stride = warps * tileLanes; // from one of a warp's parts to its next
    static constexpr std::size_t endBytes = teams * 2 * TileEnd<1>::sharedFloats * sizeof (float);

    static __host__ __device__ int pitchOf (int stepsOfASplit)
    {
        return stepsOfASplit * stepDepth + 8;
    }

    static __device__ __nv_bfloat16* stagedOf (unsigned char* shared) // [rows][pitch]
    {
        return reinterpret_cast<__nv_bfloat16*> (shared + endBytes);
    }

    static __device__ RowStage stageOf (const GpuLinear& a, int stepsOfASplit, unsigned char* shared)
    {
        return { a, reinterpret_cast<float*> (stagedOf (shared) + a.rows * pitchOf (stepsOfASplit)) };
    }
};
} // namespace
} // namespace tableread::engine::kernels
