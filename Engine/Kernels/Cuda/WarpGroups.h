// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Mbarrier.h"

// A block has one warp group of eight warps, or several. The groups share memory; each works on its own items.
// Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
constexpr int warps = 8;
constexpr int threads = warps * 32; // of a warp group
constexpr int warpGroups = 2;       // of a block that has several

__device__ inline int warpGroup()
{
    return (int) threadIdx.x / threads;
}

__device__ inline int threadOfWarpGroup()
{
    return (int) threadIdx.x % threads;
}

__device__ inline void syncWarpGroup()
{
    asm volatile("bar.sync %0, %1;" ::"r"(1 + warpGroup()), "n"(threads) : "memory");
}

#ifdef TABLEREAD_RACECHECK
/** Racecheck ignores the barrier of syncWarpGroups() once the warp groups have passed different numbers of barriers of their
    own. It understands an mbarrier (Tests/Scripts/racecheck-limits.cu). */
__device__ inline Mbarrier* warpGroupsBarrier()
{
    __shared__ Mbarrier barrier;
    return &barrier;
}

/** Returns when all threads of the barrier have arrived. */
__device__ inline void arriveAndWait (Mbarrier* barrier)
{
    std::uint64_t phase;
    asm volatile("mbarrier.arrive.shared.b64 %0, [%1];"
                 : "=l"(phase)
                 : "r"(sharedAddress (barrier))
                 : "memory");
    unsigned done = 0;
    while (done == 0)
        asm volatile("{ .reg .pred p; mbarrier.test_wait.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                     : "=r"(done)
                     : "r"(sharedAddress (barrier)), "l"(phase)
                     : "memory");
}
#endif

/** Called by all threads of the block before the first syncWarpGroups(). */
__device__ inline void initWarpGroups()
{
#ifdef TABLEREAD_RACECHECK
    if (threadIdx.x == 0)
        initMbarrier (warpGroupsBarrier(), warpGroups * threads);
    __syncthreads();
#endif
}

/** A barrier for all warp groups of a block. Warps behind the last group (the prefetch warps) do not take part. */
__device__ inline void syncWarpGroups()
{
#ifdef TABLEREAD_RACECHECK
    arriveAndWait (warpGroupsBarrier());
#else
    asm volatile("bar.sync 15, %0;" ::"n"(warpGroups * threads) : "memory");
#endif
}

/** The sum over a warp, in every lane. Unroll: 1 where instruction fetch limits the kernel, 5 where latency does. */
template <int Unroll = 1>
__device__ inline float sumOfWarp (float value)
{
#pragma unroll Unroll
    for (int offset = 16; offset > 0; offset /= 2)
        value += __shfl_xor_sync (~0u, value, offset);
    return value;
}

/** Atomically counts a warp group's arrival, with acquire and release semantics. One thread calls it, after a barrier of the
    group: whoever arrives later sees what this group wrote, and after its next barrier this group sees what the earlier ones
    wrote. @returns the number of earlier arrivals. */
__device__ inline unsigned arriveAt (unsigned* counter)
{
    unsigned before;
    asm volatile("atom.acq_rel.gpu.global.add.u32 %0, [%1], 1;" : "=r"(before) : "l"(counter) : "memory");
    return before;
}
} // namespace
} // namespace tableread::engine::kernels
