// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tableread::test
{
/** Counts what an audio thread must not do: while one of these lives, it counts every allocation, free and lock of a
    mutex on its thread, also in libraries. It replaces malloc and pthread_mutex_lock in the program, so it cannot be
    linked into one that has a sanitizer.
*/
class AllocationGuard
{
public:
    AllocationGuard();
    ~AllocationGuard();

    AllocationGuard (const AllocationGuard&) = delete;
    AllocationGuard& operator= (const AllocationGuard&) = delete;

    static int allocations(); // since the guard began, including frees
    static int locks();
};
} // namespace tableread::test
