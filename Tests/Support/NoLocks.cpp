// SPDX-License-Identifier: Apache-2.0
// A library that is loaded before a program (LD_PRELOAD): no lock on a file can be had, as on some network folders, and who asks
// for one is counted.
#include <atomic>
#include <cerrno>
#include <cstdarg>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace
{
std::atomic<int> calls { 0 };

int refuse()
{
    ++calls;
    errno = ENOLCK;
    return -1;
}

int forward (int descriptor, int command, long argument)
{
    switch (command)
    {
        case F_GETLK:
        case F_SETLK:
        case F_SETLKW:
        case F_OFD_GETLK:
        case F_OFD_SETLK:
        case F_OFD_SETLKW:
            return refuse();
        default:
            return static_cast<int> (::syscall (SYS_fcntl, descriptor, command, argument));
    }
}
} // namespace

#define TABLEREAD_EXPORT extern "C" __attribute__ ((visibility ("default"), used))

TABLEREAD_EXPORT int tablereadLockCalls();
TABLEREAD_EXPORT int refuseFlock (int, int) __asm__("flock"); // by another name, as flock is also a struct's
TABLEREAD_EXPORT int refuseFcntl (int, int, ...) __asm__("fcntl");
TABLEREAD_EXPORT int refuseFcntl64 (int, int, ...) __asm__("fcntl64");
TABLEREAD_EXPORT int refuseLockf (int, int, long) __asm__("lockf");
TABLEREAD_EXPORT int refuseLockf64 (int, int, long) __asm__("lockf64");

int tablereadLockCalls()
{
    return calls;
}

int refuseFlock (int, int)
{
    return refuse();
}

int refuseFcntl (int descriptor, int command, ...)
{
    std::va_list rest;
    va_start (rest, command);
    const auto argument = va_arg (rest, long);
    va_end (rest);
    return forward (descriptor, command, argument);
}

int refuseFcntl64 (int descriptor, int command, ...)
{
    std::va_list rest;
    va_start (rest, command);
    const auto argument = va_arg (rest, long);
    va_end (rest);
    return forward (descriptor, command, argument);
}

int refuseLockf (int, int, long)
{
    return refuse();
}

int refuseLockf64 (int, int, long)
{
    return refuse();
}
