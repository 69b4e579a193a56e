// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tableread::test
{
/** Where the code of this program lies in memory, and that of a library in it. */
struct LoadedCode
{
    struct Range
    {
        std::uintptr_t begin = 0, end = 0;

        bool holds (const void* address) const
        {
            return reinterpret_cast<std::uintptr_t> (address) - begin < end - begin;
        }
    };

    /** The library that was loaded from this folder; throws if there is none. */
    explicit LoadedCode (const std::string& folder);

    Range program, library;
};

/** Counts what an audio thread must not do: while one of these lives, it counts every allocation, free and lock of a
    mutex on its thread, also in libraries. It replaces malloc and pthread_mutex_lock in the program, so it cannot be
    linked into one that has a sanitizer.
*/
class AllocationGuard
{
public:
    AllocationGuard();

    /** Counts only what one library does, itself or through one of the system's: neither what its host, which is this program,
        does around it, nor what the library has the host do. `code` outlives the guard. */
    explicit AllocationGuard (const LoadedCode& code);
    ~AllocationGuard();

    AllocationGuard (const AllocationGuard&) = delete;
    AllocationGuard& operator= (const AllocationGuard&) = delete;

    static int allocations(); // since the guard began, including frees
    static int locks();

    /** Who called for the first allocation that a guard of a library has counted, line by line, as addr2line takes it. */
    static std::string firstAllocation();
};
} // namespace tableread::test
