// SPDX-License-Identifier: Apache-2.0
#include "Core/Process/Interrupt.h"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace tableread
{
namespace
{
constexpr std::array signals { SIGINT, SIGTERM, SIGHUP };

std::atomic<int> received { 0 }, wakeDescriptor { -1 };
static_assert (std::atomic<int>::is_always_lock_free);

void wakeUp (int descriptor)
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write (descriptor, &one, sizeof one);
}

void remember (int signal)
{
    const int saved = errno;
    received = signal;
    if (const int descriptor = wakeDescriptor; descriptor >= 0)
        wakeUp (descriptor);
    errno = saved;
}
} // namespace

Interrupt::Interrupt()
{
    install (static_cast<int> (SA_RESETHAND));
}

Interrupt::Interrupt (std::function<void()> whenStuck, int patienceMs, Second second)
    : stuck (std::move (whenStuck))
    , patience (patienceMs)
    , again (second)
    , wake (::eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    wakeDescriptor = wake;
    install (0);
    watcher = std::thread ([this] { watch(); });
}

Interrupt::~Interrupt()
{
    for (std::size_t i = 0; i < signals.size(); ++i)
        sigaction (signals[i], &before[i], nullptr);
    if (! watcher.joinable())
        return;
    wakeDescriptor = -1;
    ends = true;
    wakeUp (wake);
    watcher.join();
    ::close (wake);
}

void Interrupt::install (int flags)
{
    received = 0;
    struct sigaction action
    {
    };
    action.sa_handler = remember;
    action.sa_flags = flags;
    sigemptyset (&action.sa_mask);
    for (std::size_t i = 0; i < signals.size(); ++i)
    {
        sigaction (signals[i], &action, &before[i]);
        if (signals[i] == SIGHUP && before[i].sa_handler == SIG_IGN)
            sigaction (SIGHUP, &before[i], nullptr);
    }
}

bool Interrupt::wait (int milliseconds) const
{
    pollfd waited { wake, POLLIN, 0 };
    if (::poll (&waited, 1, milliseconds) <= 0)
        return false;
    std::uint64_t count = 0;
    return ::read (wake, &count, sizeof count) == sizeof count;
}

void Interrupt::watch()
{
    while (! wait (-1) && ! ends)
        ;
    if (ends)
        return;
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds (patience);
    const auto left = [end] {
        return static_cast<int> (
            std::chrono::ceil<std::chrono::milliseconds> (end - std::chrono::steady_clock::now()).count());
    };
    while (! ends && left() > 0 && wait (left()) && again == Second::IsIgnored)
        ;
    if (! ends)
        stuck();
}

int Interrupt::signal()
{
    return received;
}
} // namespace tableread
