// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tableread::test
{
/** From here on the kernel kills this process at any system call but its end, and the clock, which takes none where the processor
    has a steady counter. (Seccomp's strict mode forbids that counter too.) */
inline bool forbidSystemCalls()
{
    constexpr auto number = (unsigned) offsetof (seccomp_data, nr);
    std::array<sock_filter, 6> program { {
        BPF_STMT (BPF_LD | BPF_W | BPF_ABS, number),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 3, 0),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 2, 0),
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 1, 0),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    } };
    const sock_fprog filter { (unsigned short) program.size(), program.data() };
    return ::prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/** Does something in a copy of this process, with this thread alone, that makes no system call.
    @returns 0 if `action` has returned true, 1 if false, 2 if it cannot be tried here; else 128 + the signal that has ended it:
             SIGSYS for a system call */
template <typename Action>
int withoutSystemCalls (const Action& action)
{
    const auto child = ::fork();
    if (child < 0)
        return 2;
    if (child == 0)
    {
        const bool isForbidden = forbidSystemCalls();
        const bool isGood = isForbidden && action();
        ::syscall (SYS_exit_group, isGood ? 0 : isForbidden ? 1 : 2);
    }
    int status = 0;
    if (::waitpid (child, &status, 0) != child)
        return 2;
    return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}
} // namespace tableread::test
