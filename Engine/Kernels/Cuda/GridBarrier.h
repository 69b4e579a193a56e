// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/WarpGroups.h"

// The grid barrier of a persistent kernel, for the warp groups of all its blocks. `arrivals` is 0 before the kernel and 0 again
// after it, and counts on from step to step. Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
/** What the block wrote is visible to all blocks that wait for it. */
__device__ inline void arriveAtGridBarrier (unsigned* arrivals)
{
    syncWarpGroups();
    if (threadIdx.x == 0)
        asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(arrivals) : "memory");
}

__device__ inline void waitAtGridBarrier (const unsigned* arrivals, unsigned count)
{
    if (threadIdx.x == 0)
    {
        unsigned seen;
        do
            asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(seen) : "l"(arrivals) : "memory");
        while (seen < count);
    }
    syncWarpGroups();
}

/** Called instead of arriving after the last step: the last block of `count` resets the counter for the next kernel. */
__device__ inline void leaveGridBarrier (unsigned* arrivals, unsigned count)
{
    syncWarpGroups();
    if (threadIdx.x == 0 && atomicAdd (arrivals, 1u) == count - 1)
        *arrivals = 0;
}
} // namespace
} // namespace tableread::engine::kernels
