// SPDX-License-Identifier: Apache-2.0
#include "Support/AllocationGuard.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <pthread.h>

namespace
{
using tableread::test::LoadedCode;

/** Who called whom, the innermost first. */
struct Calls
{
    std::array<void*, 64> returns {};
    int count = 0;
};

// Per thread; "initial-exec", so that reading them never allocates.
#define TABLEREAD_THREAD_LOCAL thread_local __attribute__ ((tls_model ("initial-exec")))
TABLEREAD_THREAD_LOCAL int watching = 0;
TABLEREAD_THREAD_LOCAL int allocationCount = 0;
TABLEREAD_THREAD_LOCAL int lockCount = 0;
TABLEREAD_THREAD_LOCAL const LoadedCode* watched = nullptr; // null: all code is
TABLEREAD_THREAD_LOCAL Calls firstCalls;                    // of what was counted in a library

/** Whether the watched code has called a function that returns to `caller`: the system's libraries are skipped. */
bool isByWatched (void* caller, Calls& calls)
{
    if (watched == nullptr)
        return true;
    calls.count = ::backtrace (calls.returns.data(), (int) calls.returns.size());
    auto* const* const begin = calls.returns.data();
    auto* const* const end = begin + calls.count;
    auto* const* const from = std::find (begin, end, caller); // before it: this file
    if (from == end)
        return true; // who it was cannot be told
    auto* const* const who = std::find_if (from, end, [] (void* each) {
        return watched->library.holds (each) || watched->program.holds (each);
    });
    return who != end && watched->library.holds (*who);
}

void countAllocation (void* caller)
{
    if (watching == 0)
        return;
    watching = 0; // for what a backtrace may do
    Calls calls;
    if (isByWatched (caller, calls) && allocationCount++ == 0)
        firstCalls = calls;
    watching = 1;
}

void countLock (void* caller)
{
    if (watching == 0)
        return;
    watching = 0;
    Calls calls;
    lockCount += isByWatched (caller, calls) ? 1 : 0;
    watching = 1;
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
        countAllocation (__builtin_return_address (0));
        return __libc_malloc (size);
    }

    __attribute__ ((visibility ("default"))) void* calloc (std::size_t count, std::size_t size)
    {
        countAllocation (__builtin_return_address (0));
        return __libc_calloc (count, size);
    }

    __attribute__ ((visibility ("default"))) void* realloc (void* block, std::size_t size)
    {
        countAllocation (__builtin_return_address (0));
        return __libc_realloc (block, size);
    }

    __attribute__ ((visibility ("default"))) void* memalign (std::size_t alignment, std::size_t size)
    {
        countAllocation (__builtin_return_address (0));
        return __libc_memalign (alignment, size);
    }

    __attribute__ ((visibility ("default"))) void* aligned_alloc (std::size_t alignment, std::size_t size)
    {
        countAllocation (__builtin_return_address (0));
        return __libc_memalign (alignment, size);
    }

    __attribute__ ((visibility ("default"))) int posix_memalign (void** block, std::size_t alignment,
                                                                 std::size_t size)
    {
        countAllocation (__builtin_return_address (0));
        *block = __libc_memalign (alignment, size);
        return *block == nullptr ? ENOMEM : 0;
    }

    __attribute__ ((visibility ("default"))) void free (void* block)
    {
        if (block != nullptr)
            countAllocation (__builtin_return_address (0));
        __libc_free (block);
    }

    __attribute__ ((visibility ("default"))) int pthread_mutex_lock (pthread_mutex_t* mutex)
    {
        using Lock = int (*) (pthread_mutex_t*);
        static const auto real = reinterpret_cast<Lock> (::dlsym (RTLD_NEXT, "pthread_mutex_lock"));
        countLock (__builtin_return_address (0));
        return real (mutex);
    }
}

namespace tableread::test
{
LoadedCode::LoadedCode (const std::string& folder)
{
    struct Search
    {
        LoadedCode& found;
        const std::string& folder;
    } search { *this, folder };
    const auto look = [] (dl_phdr_info* object, std::size_t, void* state) {
        auto& wanted = *static_cast<Search*> (state);
        const std::string name = object->dlpi_name;
        auto* const range = name.empty()                               ? &wanted.found.program
                            : name.rfind (wanted.folder + '/', 0) == 0 ? &wanted.found.library
                                                                       : nullptr;
        for (int i = 0; range != nullptr && i < object->dlpi_phnum; ++i)
            if (const auto& part = object->dlpi_phdr[i];
                part.p_type == PT_LOAD && (part.p_flags & (ElfW (Word)) PF_X) != 0)
                *range = { object->dlpi_addr + part.p_vaddr,
                           object->dlpi_addr + part.p_vaddr + part.p_memsz };
        return 0;
    };
    ::dl_iterate_phdr (look, &search);
    if (library.begin == 0)
        throw std::runtime_error ("no library was loaded from " + folder);
    Calls calls;
    calls.count = ::backtrace (calls.returns.data(), 1); // loads what it needs
}

AllocationGuard::AllocationGuard()
{
    allocationCount = lockCount = 0;
    watched = nullptr;
    watching = 1;
}

AllocationGuard::AllocationGuard (const LoadedCode& code)
{
    allocationCount = lockCount = 0;
    firstCalls.count = 0;
    watched = &code;
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

std::string AllocationGuard::firstAllocation()
{
    const std::unique_ptr<char*, void (*) (void*)> lines (
        ::backtrace_symbols (firstCalls.returns.data(), firstCalls.count), std::free);
    std::string text;
    for (int i = 0; lines != nullptr && i < firstCalls.count; ++i)
        text += std::string (lines.get()[i]) + '\n';
    return text;
}
} // namespace tableread::test
