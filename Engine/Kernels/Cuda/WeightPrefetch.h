// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Gemm/Gemv.h"
#include "Kernels/Cuda/PersistentStep.h"

// Weight prefetch in a persistent kernel: across steps, so that memory stays busy while blocks wait at the grid barrier.
// Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
/** Iterates over the weights of a warp group through all steps, a slot of the ring buffer at a time, in the order of use. */
template <GpuElement E>
class PrefetchCursor
{
public:
    __device__ PrefetchCursor (const PersistentStep* all, int number, int index)
        : steps (all)
        , count (number)
        , warpGroupIndex (index)
    {}

    /** @returns false at the end. */
    __device__ bool next (const unsigned char*& from, int& bytes)
    {
        while (tile >= tileEnd)
            if (! nextGemv())
                return false;
        from = base + ((std::int64_t) tile * allSteps + s) * Kernel::stepBytes;
        bytes = min (Kernel::stepsOfASlot, stepCount - s) * Kernel::stepBytes;
        s += Kernel::stepsOfASlot;
        if (s >= stepCount)
        {
            s = 0;
            tile += tileStride;
        }
        return true;
    }

private:
    using Kernel = Gemv<E>;

    /** Goes to the next GEMV. @returns false if there is none. */
    __device__ bool nextGemv()
    {
        while (step < count && steps[step].kind != PersistentStep::Kind::Gemv)
            ++step;
        if (step == count)
            return false;
        const auto& gemv = steps[step++];
        const auto& a = gemv.as<GpuLinear>();
        const TileSchedule schedule (a, gemv.splitK, warpGroupIndex);
        base = static_cast<const unsigned char*> (a.weight) + schedule.range.begin * Kernel::stepBytes;
        allSteps = schedule.range.all;
        stepCount = schedule.range.steps;
        tile = schedule.tile;
        tileEnd = schedule.tileEnd;
        tileStride = schedule.stride;
        return true;
    }

    const PersistentStep* steps;
    int count, warpGroupIndex, step = 0;
    const unsigned char* base = nullptr;
    int allSteps = 0, stepCount = 0, tile = 0, tileEnd = 0, tileStride = 0, s = 0;
};

/** What a prefetch warp does: it fills the ring buffer with the weights of `all` as soon as there is room. While there is none,
    it prefetches up to `mostAhead` slots more into the L2 cache, at the pace of memory. */
template <GpuElement E>
__device__ inline void prefetchWeights (const PrefetchCursor<E>& all, int mostAhead, RingBuffer& ring)
{
    constexpr long long pace =
        3200; // cycles between two slots: three quarters of a large GPU's memory bandwidth
    PrefetchCursor<E> filled = all, cached = all;
    const unsigned char* from = nullptr;
    int bytes = 0, ahead = 0;
    long long issued = clock64();
    while (filled.next (from, bytes))
    {
        if (ahead > 0)
            --ahead;
        else
        {
            const unsigned char* ignored;
            int ignoredBytes;
            cached.next (ignored, ignoredBytes);
        }
        while (! ring.hasRoom())
        {
            if (ahead >= mostAhead || clock64() - issued < pace)
                continue;
            const unsigned char* later;
            int laterBytes;
            if (! cached.next (later, laterBytes))
                break;
            ++ahead;
            prefetch (later, laterBytes);
            issued = clock64();
        }
        ring.put (from, bytes);
        issued = clock64();
    }
}
} // namespace
} // namespace tableread::engine::kernels
