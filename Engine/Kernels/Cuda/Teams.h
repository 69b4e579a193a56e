// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Arrivals.h"

// A block of threads is one team of eight warps, or several that work on something of their own and share memory.
// Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
constexpr int warps = 8;
constexpr int threads = warps * 32; // of a team
constexpr int teams = 2;            // of a block that has several

__device__ inline int team()
{
    return (int) threadIdx.x / threads;
}

__device__ inline int threadOfTeam()
{
    return (int) threadIdx.x % threads;
}

__device__ inline void syncTeam()
{
    asm volatile("bar.sync %0, %1;" ::"r"(1 + team()), "n"(threads) : "memory");
}

#ifdef TABLEREAD_RACECHECK
/** Racecheck takes syncTeams() for no barrier once teams have met at different numbers of barriers of their own, but it sees
    who arrives where (Tests/Scripts/racecheck-limits.cu). */
__device__ inline Arrivals* meetingOfTeams()
{
    __shared__ Arrivals meeting;
    return &meeting;
}

/** Arrives and waits until all have. */
__device__ inline void meetAt (Arrivals* barrier)
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

/** By the whole block, before its teams meet. */
__device__ inline void beginTeams()
{
#ifdef TABLEREAD_RACECHECK
    if (threadIdx.x == 0)
        initArrivals (meetingOfTeams(), teams * threads);
    __syncthreads();
#endif
}

/** All teams of a block: threads behind them do not take part. */
__device__ inline void syncTeams()
{
#ifdef TABLEREAD_RACECHECK
    meetAt (meetingOfTeams());
#else
    asm volatile("bar.sync 15, %0;" ::"n"(teams * threads) : "memory");
#endif
}

/** The sum of a warp's values, in every lane. Unroll: 1 where fetching instructions takes longest, 5 where waiting does. */
template <int Unroll = 1>
__device__ inline float sumOfWarp (float value)
{
#pragma unroll Unroll
    for (int offset = 16; offset > 0; offset /= 2)
        value += __shfl_xor_sync (~0u, value, offset);
    return value;
}

/** Counts the team in, by one of its threads behind a barrier: what the team wrote is there for whoever counts later, and
    what those before wrote is there for the team behind its next barrier. @returns how many were before. */
__device__ inline unsigned arriveAt (unsigned* counter)
{
    unsigned before;
    asm volatile("atom.acq_rel.gpu.global.add.u32 %0, [%1], 1;" : "=r"(before) : "l"(counter) : "memory");
    return before;
}
} // namespace
} // namespace tableread::engine::kernels
