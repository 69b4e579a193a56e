// SPDX-License-Identifier: Apache-2.0
#include "Command/Interrupt.h"

#include <atomic>

namespace tableread::engine
{
namespace
{
std::atomic<int> received { 0 };
static_assert (std::atomic<int>::is_always_lock_free);

void remember (int signal)
{
    received = signal;
}
} // namespace

Interrupt::Interrupt()
{
    received = 0;
    struct sigaction action
    {
    };
    action.sa_handler = remember;
    action.sa_flags = static_cast<int> (SA_RESETHAND); // the second one is not for us
    sigemptyset (&action.sa_mask);
    sigaction (SIGINT, &action, &onInterrupt);
    sigaction (SIGTERM, &action, &onTerminate);
}

Interrupt::~Interrupt()
{
    sigaction (SIGINT, &onInterrupt, nullptr);
    sigaction (SIGTERM, &onTerminate, nullptr);
}

int Interrupt::signal()
{
    return received;
}
} // namespace tableread::engine
