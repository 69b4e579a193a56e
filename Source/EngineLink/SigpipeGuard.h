// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <ctime>

namespace tableread
{
/** Keeps SIGPIPE away from the process while this thread writes to a socket, without touching the process's own
    handler: the signal goes to the thread that wrote, so it is blocked there, and consumed before it is unblocked. */
class SigpipeGuard
{
public:
    SigpipeGuard()
    {
        sigemptyset (&pipe);
        sigaddset (&pipe, SIGPIPE);
        sigset_t pending;
        sigpending (&pending);
        wasPending = sigismember (&pending, SIGPIPE) == 1;
        pthread_sigmask (SIG_BLOCK, &pipe, &before);
    }

    ~SigpipeGuard()
    {
        const timespec now {};
        if (! wasPending)
            while (sigtimedwait (&pipe, nullptr, &now) > 0)
                ;
        pthread_sigmask (SIG_SETMASK, &before, nullptr);
    }

    SigpipeGuard (const SigpipeGuard&) = delete;
    SigpipeGuard& operator= (const SigpipeGuard&) = delete;

private:
    sigset_t pipe {};
    sigset_t before {};
    bool wasPending = false;
};
} // namespace tableread
