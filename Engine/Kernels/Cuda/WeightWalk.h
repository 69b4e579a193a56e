// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Chain.h"
#include "Kernels/Cuda/FewRows.h"

// The way of a chain's weights to where they are used. Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
/** What a team needs of a chain's weights, slot by slot, in the order of its use. */
template <GpuElement E>
class WeightWalk
{
public:
    __device__ WeightWalk (const ChainStep* all, int number, int teamIndex)
        : steps (all)
        , count (number)
        , ofTeam (teamIndex)
    {}

    /** @returns false at the end. */
    __device__ bool next (const unsigned char*& from, int& bytes)
    {
        while (tile >= tileEnd)
            if (! enter())
                return false;
        from = base + ((std::int64_t) tile * depth + s) * Product::stepBytes;
        bytes = min (Product::stepsOfASlot, stepCount - s) * Product::stepBytes;
        s += Product::stepsOfASlot;
        if (s >= stepCount)
        {
            s = 0;
            tile += tileStride;
        }
        return true;
    }

private:
    using Product = FewRows<E>;

    /** The next product. */
    __device__ bool enter()
    {
        while (index < count && steps[index].kind != ChainStep::Kind::Product)
            ++index;
        if (index == count)
            return false;
        const auto& step = steps[index++];
        const auto& a = step.as<GpuLinear>();
        const Share share (a, step.stepsOfASplit, step.splits, ofTeam);
        base = static_cast<const unsigned char*> (a.weight) + share.depth.begin * Product::stepBytes;
        depth = share.depth.all;
        stepCount = share.depth.steps;
        tile = share.tile;
        tileEnd = share.tileEnd;
        tileStride = share.stride;
        return true;
    }

    const ChainStep* steps;
    int count, ofTeam, index = 0;
    const unsigned char* base = nullptr;
    int depth = 0, stepCount = 0, tile = 0, tileEnd = 0, tileStride = 0, s = 0;
};

/** By the warp that fetches a team's weights: into the ring as soon as there is room, and while there is none, up to
    `mostAhead` slots more into the cache, at the pace of memory. */
template <GpuElement E>
__device__ inline void fetchWeights (const ChainStep* steps, int count, int teamIndex, int mostAhead,
                                     Ring& ring)
{
    constexpr long long pace = 3200; // cycles from one to the next: three quarters of a large GPU's memory
    WeightWalk<E> walk (steps, count, teamIndex), cached (steps, count, teamIndex);
    const unsigned char* from = nullptr;
    int bytes = 0, ahead = 0;
    long long issued = clock64();
    while (walk.next (from, bytes))
    {
        if (ahead > 0)
            --ahead;
        else
        {
            const unsigned char* same;
            int asMany;
            cached.next (same, asMany);
        }
        while (! ring.hasRoom())
        {
            if (ahead >= mostAhead || clock64() - issued < pace)
                continue;
            const unsigned char* later;
            int some;
            if (! cached.next (later, some))
                break;
            ++ahead;
            prefetch (later, some);
            issued = clock64();
        }
        ring.put (from, bytes);
        issued = clock64();
    }
}
} // namespace
} // namespace tableread::engine::kernels
