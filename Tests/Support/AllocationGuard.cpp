// SPDX-License-Identifier: Apache-2.0
#include "Support/AllocationGuard.h"

#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include <dlfcn.h>
#include <pthread.h>

namespace
{
// Per thread; "initial-exec", so that reading them never allocates.
#define TABLEREAD_THREAD_LOCAL thread_local __attribute__ ((tls_model ("initial-exec")))
TABLEREAD_THREAD_LOCAL int watching = 0;
TABLEREAD_THREAD_LOCAL int allocationCount = 0;
TABLEREAD_THREAD_LOCAL int lockCount = 0;

void countAllocation()
{
    allocationCount += watching;
}
} // namespace

extern "C"
{
    // NOLINTBEGIN(readability-identifier-naming): glibc's names of the functions replaced here
    void* __libc_malloc (std::size_t);
    void* __libc_calloc (std::size_t, std::size_t);
    void* __libc_realloc (void*, std::size_t);
    void* __libc_memalign (std::size_t, std::size_t);
    void __libc_free (void*);
    // NOLINTEND(readability-identifier-naming)

    __attribute__ ((visibility ("default"))) void* malloc (std::size_t size)
    {
        countAllocation();
        return __libc_malloc (size);
    }

    __attribute__ ((visibility ("default"))) void* calloc (std::size_t count, std::size_t size)
    {
        countAllocation();
        return __libc_calloc (count, size);
    }

    __attribute__ ((visibility ("default"))) void* realloc (void* block, std::size_t size)
    {
        countAllocation();
        return __libc_realloc (block, size);
    }

    __attribute__ ((visibility ("default"))) void* memalign (std::size_t alignment, std::size_t size)
    {
        countAllocation();
        return __libc_memalign (alignment, size);
    }

    __attribute__ ((visibility ("default"))) void* aligned_alloc (std::size_t alignment, std::size_t size)
    {
        return memalign (alignment, size);
    }

    __attribute__ ((visibility ("default"))) int posix_memalign (void** block, std::size_t alignment,
                                                                 std::size_t size)
    {
        *block = memalign (alignment, size);
        return *block == nullptr ? ENOMEM : 0;
    }

    __attribute__ ((visibility ("default"))) void free (void* block)
    {
        countAllocation();
        __libc_free (block);
    }

    __attribute__ ((visibility ("default"))) int pthread_mutex_lock (pthread_mutex_t* mutex)
    {
        using Lock = int (*) (pthread_mutex_t*);
        static const auto real = reinterpret_cast<Lock> (::dlsym (RTLD_NEXT, "pthread_mutex_lock"));
        lockCount += watching;
        return real (mutex);
    }
}

namespace tableread::test
{
AllocationGuard::AllocationGuard()
{
    allocationCount = lockCount = 0;
    watching = 1;
}

AllocationGuard::~AllocationGuard()
{
    watching = 0;
}

int AllocationGuard::allocations()
{
    return allocationCount;
}

int AllocationGuard::locks()
{
    return lockCount;
}
} // namespace tableread::test
