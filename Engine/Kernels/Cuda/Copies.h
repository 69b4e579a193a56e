// SPDX-License-Identifier: Apache-2.0
#pragma once

// Copies from global to shared memory that go on while the thread does. They count in groups, in the order in which a
// thread issues them. Included by .cu files only.
namespace tableread::engine::kernels
{
namespace
{
/** 4, 8 or 16 bytes, on as many. */
template <int Bytes>
__device__ inline void copyAsync (void* to, const void* from)
{
    const unsigned address = (unsigned) __cvta_generic_to_shared (to);
    if constexpr (Bytes == 16)
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(from) : "memory");
    else
        asm volatile("cp.async.ca.shared.global [%0], [%1], %2;" ::"r"(address), "l"(from), "n"(Bytes)
                     : "memory");
}

/** 16 bytes; zeros where there is nothing. */
__device__ inline void copyAsyncOrZeros (void* to, const void* from, bool there)
{
    const unsigned address = (unsigned) __cvta_generic_to_shared (to), bytes = there ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(from), "r"(bytes)
                 : "memory");
}

__device__ inline void endGroup()
{
    asm volatile("cp.async.commit_group;" ::: "memory");
}

/** Waits until all but the last `Pending` groups of this thread's copies are there. */
template <int Pending>
__device__ inline void waitForGroups()
{
    asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory");
}
} // namespace
} // namespace tableread::engine::kernels
