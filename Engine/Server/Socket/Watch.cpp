// SPDX-License-Identifier: Apache-2.0
#include "Server/Socket/Watch.h"

#include <array>
#include <cstdint>
#include <exception>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace tableread::engine
{
namespace
{
constexpr std::chrono::milliseconds settling { 100 };  // a cleaner removes several files, and then the folder
constexpr std::chrono::milliseconds blindly { 2'000 }; // between looks, if the system reports no changes
} // namespace

SocketWatch::SocketWatch (UnixSocket& watched, Hooks wanted)
    : socket (watched)
    , hooks (std::move (wanted))
    , changes (inotify_init1 (IN_NONBLOCK | IN_CLOEXEC))
    , ends (eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC))
{
    if (ends >= 0) // else nothing could end the thread
        thread = std::thread ([this] { run(); });
}

SocketWatch::~SocketWatch()
{
    stop();
    for (const int fd : { changes, ends })
        if (fd >= 0)
            close (fd);
}

void SocketWatch::stop()
{
    if (! thread.joinable())
        return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write (ends, &one, sizeof (one));
    thread.join();
}

void SocketWatch::run()
{
    while (true)
        try
        {
            const bool isFollowing = follow(); // first: no change between it and the look is missed
            if (! look() || ! wait (isFollowing && told.empty()))
                return;
        }
        catch (const std::exception&) // there is no memory
        {
            if (! pause (blindly))
                return;
        }
}

/** Lets the system report changes in the folder that has the socket's path now. @returns false if it cannot. */
bool SocketWatch::follow()
{
    constexpr std::uint32_t interesting =
        IN_CREATE | IN_DELETE | IN_MOVE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    const int now = inotify_add_watch (changes, socket.path().parent_path().c_str(), interesting);
    if (folder >= 0 && folder != now)
        inotify_rm_watch (changes, folder); // a folder that was there before
    folder = now;
    return now >= 0;
}

/** Waits for a change, or for the time of the next try. @returns false if it is to end. */
bool SocketWatch::wait (bool isFollowing)
{
    std::array<pollfd, 2> waited { { { ends, POLLIN, 0 }, { changes, POLLIN, 0 } } };
    const auto limit = isFollowing ? std::chrono::milliseconds (-1) : blindly;
    poll (waited.data(), waited.size(), static_cast<int> (limit.count()));
    if (waited[0].revents != 0)
        return false;
    if (waited[1].revents == 0)
        return true;
    if (! pause (settling))
        return false;
    alignas (inotify_event) std::array<char, 4096> events {};
    while (read (changes, events.data(), events.size()) > 0)
        ;
    return true;
}

bool SocketWatch::pause (std::chrono::milliseconds duration) const
{
    pollfd waited { ends, POLLIN, 0 };
    return poll (&waited, 1, static_cast<int> (duration.count())) == 0;
}

/** @returns false if there is nothing left to look after. */
bool SocketWatch::look()
{
    const int before = socket.fd();
    const auto renewed = socket.renew();
    if (renewed)
    {
        told.clear();
        if (*renewed)
            hooks.renewed (before, socket.fd());
        return true;
    }
    if (renewed.error().code == ErrorCode::Busy)
    {
        hooks.taken (renewed.error().text());
        return false;
    }
    if (renewed.error().text() != told)
    {
        told = renewed.error().text();
        hooks.failed (told);
    }
    return true;
}
} // namespace tableread::engine
