// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Arrivals.h"
#include "Kernels/Cuda/Copies.h"
#include "Kernels/Cuda/Tiles.h"

// A team's weights on their way from memory: a warp of its own asks for them in the order in which they will be used, as far
// ahead as there is room, whatever the team does meanwhile. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
#if __CUDA_ARCH__ >= 900
constexpr int arrivalsOfACopy = 1;
#else
constexpr int arrivalsOfACopy = 32;
#endif

/** By a warp; tells `barrier` when the bytes are there. Multiples of 512, on 16 bytes. */
__device__ inline void copyTelling (void* to, const void* from, int bytes, Arrivals* barrier)
{
    const int lane = threadIdx.x % 32;
#if __CUDA_ARCH__ >= 900
    if (lane != 0)
        return;
    asm volatile("mbarrier.arrive.expect_tx.shared.b64 _, [%0], %1;" ::"r"(sharedAddress (barrier)),
                 "r"(bytes)
                 : "memory");
    asm volatile(
        "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(
            sharedAddress (to)),
        "l"(from), "r"(bytes), "r"(sharedAddress (barrier))
        : "memory");
#else
    for (int i = lane * 16; i < bytes; i += 512)
        copyAsync<16> (static_cast<unsigned char*> (to) + i, static_cast<const unsigned char*> (from) + i);
    asm volatile("cp.async.mbarrier.arrive.noinc.shared.b64 [%0];" ::"r"(sharedAddress (barrier)) : "memory");
#endif
}

/** Into the cache, by a warp. */
__device__ inline void prefetch (const void* from, int bytes)
{
#if __CUDA_ARCH__ >= 900
    if (threadIdx.x % 32 == 0)
        asm volatile("cp.async.bulk.prefetch.L2.global [%0], %1;" ::"l"(from), "r"(bytes) : "memory");
#else
    for (int i = threadIdx.x % 32 * 128; i < bytes; i += 32 * 128)
        asm volatile("prefetch.global.L2 [%0];" ::"l"(static_cast<const unsigned char*> (from) + i));
#endif
}

constexpr int slotBytes = 16 * 1024, mostSlots = 8;

// Lanes of a warp that tell that it has done with a slot. Racecheck does not see that a warp met before one of them tells for
// all (Tests/Scripts/racecheck-limits.cu); with all of them a frame takes a seventh longer.
#ifdef TABLEREAD_RACECHECK
constexpr int tellingLanes = 32;
#else
constexpr int tellingLanes = 1;
#endif

/** Barriers of a team's ring. */
struct RingBarriers
{
    Arrivals full[mostSlots], empty[mostSlots];

    __device__ void init()
    {
        for (int i = 0; i < mostSlots; ++i)
        {
            initArrivals (full + i, arrivalsOfACopy);
            initArrivals (empty + i, warps * tellingLanes);
        }
#if __CUDA_ARCH__ >= 900
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); // for copies to see it
#endif
    }
};

/** A place in a ring that moves on slot by slot. */
struct RingPlace
{
    int slot = 0;
    unsigned parity = 0;

    __device__ void next (int slots)
    {
        if (++slot < slots)
            return;
        slot = 0;
        parity ^= 1;
    }
};

/** One end of a ring. */
class Ring
{
public:
    __device__ Ring (RingBarriers* at, unsigned char* where, int count)
        : barriers (at)
        , memory (where)
        , slots (count)
    {}

    __device__ bool hasRoom() const { return hasEnded (barriers->empty + place.slot, place.parity ^ 1); }

    /** By the warp that fills it. One copy at a time is on its way, two while the team waits for its weights: more would stand
        in memory's queues, and so would everything that is waited for. */
    __device__ void put (const unsigned char* from, int bytes)
    {
        waitUntil (barriers->empty + place.slot, place.parity ^ 1);
        while (! hasEnded (barriers->full + last.slot, last.parity) &&
               ! hasEnded (barriers->empty + second.slot, second.parity))
            ;
        copyTelling (memory + place.slot * slotBytes, from, bytes, barriers->full + place.slot);
        second = last;
        last = place;
        place.next (slots);
    }

    /** What lies in the next slot. */
    __device__ const unsigned char* take()
    {
        waitUntil (barriers->full + place.slot, place.parity);
        const auto* there = memory + place.slot * slotBytes;
        place.next (slots);
        return there;
    }

    /** The warp has done with the slot that it took first. */
    __device__ void release()
    {
        __syncwarp();
        if (threadIdx.x % 32 < tellingLanes)
            arrive (barriers->empty + last.slot);
        last.next (slots);
    }

private:
    RingBarriers* barriers;
    unsigned char* memory; // [slots][slotBytes]
    int slots;
    RingPlace place;                          // of what is put or taken next
    RingPlace last { 0, 1 }, second { 0, 1 }; // that were put before it; or `last` is released next
};
} // namespace
} // namespace tableread::engine::kernels
