// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// Barriers that count who has come. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
__device__ inline unsigned sharedAddress (const void* p)
{
    return (unsigned) __cvta_generic_to_shared (p);
}

/** Barriers in shared memory that count arrivals, and bytes of copies that have been announced. */
using Arrivals = std::uint64_t;

__device__ inline void initArrivals (Arrivals* barrier, int count)
{
    asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(sharedAddress (barrier)), "r"(count) : "memory");
}

__device__ inline void arrive (Arrivals* barrier)
{
    asm volatile("{ .reg .b64 state; mbarrier.arrive.shared.b64 state, [%0]; }" ::"r"(sharedAddress (barrier))
                 : "memory");
}

/** Whether the phase of this parity has ended. */
__device__ inline bool hasEnded (Arrivals* barrier, unsigned parity)
{
    unsigned done;
    asm volatile("{ .reg .pred p; mbarrier.test_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                 : "=r"(done)
                 : "r"(sharedAddress (barrier)), "r"(parity)
                 : "memory");
    return done != 0;
}

__device__ inline void waitUntil (Arrivals* barrier, unsigned parity)
{
#if __CUDA_ARCH__ >= 900 // sleeps meanwhile, which leaves the others more instructions
    unsigned done = 0;
    while (done == 0)
        asm volatile(
            "{ .reg .pred p; mbarrier.try_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
            : "=r"(done)
            : "r"(sharedAddress (barrier)), "r"(parity)
            : "memory");
#else
    while (! hasEnded (barrier, parity))
        ;
#endif
}
} // namespace
} // namespace tableread::engine::kernels
