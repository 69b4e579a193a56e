// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/AsyncCopy.h"
#include "Kernels/Cuda/Gemm/Tiles.h"
#include "Kernels/Cuda/Mbarrier.h"

// The ring buffer of a warp group's weights in shared memory. A dedicated producer warp prefetches them in the order of their
// use, as far ahead as there is room; the warp group consumes them. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
#if __CUDA_ARCH__ >= 900
constexpr int arrivalsOfACopy = 1;
#else
constexpr int arrivalsOfACopy = 32;
#endif

/** Copies asynchronously and arrives at `barrier` when the bytes are there. Called by a whole warp. bytes: a multiple of 512;
    addresses: aligned to 16 bytes. */
__device__ inline void copyAndArrive (void* to, const void* from, int bytes, Mbarrier* barrier)
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

/** Prefetches into the L2 cache. Called by a whole warp. */
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

// Lanes that arrive at `empty` for their warp. Racecheck does not see that one lane arrives for a warp that has synchronised
// (Tests/Scripts/racecheck-limits.cu). If every lane arrives, a frame takes a seventh longer.
#ifdef TABLEREAD_RACECHECK
constexpr int arrivingLanes = 32;
#else
constexpr int arrivingLanes = 1;
#endif

/** The barriers of one ring buffer. */
struct RingBarriers
{
    Mbarrier full[mostSlots], empty[mostSlots];

    __device__ void init()
    {
        for (int i = 0; i < mostSlots; ++i)
        {
            initMbarrier (full + i, arrivalsOfACopy);
            initMbarrier (empty + i, warps * arrivingLanes);
        }
#if __CUDA_ARCH__ >= 900
        // Makes the barriers visible to bulk copies.
        asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
#endif
    }
};

/** A position in the ring buffer, and the parity of its phase. */
struct RingPosition
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

/** One side of a ring buffer: the producer warp and the warp group have an object each. */
class RingBuffer
{
public:
    __device__ RingBuffer (RingBarriers* at, unsigned char* where, int count)
        : barriers (at)
        , memory (where)
        , slots (count)
    {}

    /** Producer: whether the next slot is free. */
    __device__ bool hasRoom() const
    {
        return hasCompleted (barriers->empty + position.slot, position.parity ^ 1);
    }

    /** Producer: waits for a free slot and starts its copy. One copy is in flight at a time, two while the consumers wait for
        weights: more would fill the memory system's queues and delay all other loads. */
    __device__ void put (const unsigned char* from, int bytes)
    {
        waitForPhase (barriers->empty + position.slot, position.parity ^ 1);
        while (! hasCompleted (barriers->full + last.slot, last.parity) &&
               ! hasCompleted (barriers->empty + second.slot, second.parity))
            ;
        copyAndArrive (memory + position.slot * slotBytes, from, bytes, barriers->full + position.slot);
        second = last;
        last = position;
        position.next (slots);
    }

    /** Consumer: waits until the next slot is full. @returns its contents. */
    __device__ const unsigned char* take()
    {
        waitForPhase (barriers->full + position.slot, position.parity);
        const auto* there = memory + position.slot * slotBytes;
        position.next (slots);
        return there;
    }

    /** Consumer: this warp has read the oldest slot that it took. */
    __device__ void release()
    {
        __syncwarp();
        if (threadIdx.x % 32 < arrivingLanes)
            arrive (barriers->empty + last.slot);
        last.next (slots);
    }

private:
    RingBarriers* barriers;
    unsigned char* memory; // [slots][slotBytes]
    int slots;
    RingPosition position; // of the next slot to put or take
    // Producer: the two puts before it. Consumer: `last` is released next.
    RingPosition last { 0, 1 }, second { 0, 1 };
};
} // namespace
} // namespace tableread::engine::kernels
