// SPDX-License-Identifier: Apache-2.0
#include "Server/HttpServer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "Core/Error.h"

namespace tableread::engine
{
using Clock = std::chrono::steady_clock;

namespace
{
void signal (int eventFd)
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto ignored = write (eventFd, &one, sizeof (one));
}
} // namespace

HttpServer::HttpServer (Options wanted)
    : options (wanted)
    , stopFd (eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK))
    , leftFd (eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    if (stopFd < 0 || leftFd < 0)
        fail (ErrorCode::OutOfMemory,
              "the engine has no file descriptors left. Close programs and start it again.");
}

HttpServer::~HttpServer()
{
    const std::lock_guard lock (stopMutex);
    close (stopFd);
    close (leftFd);
}

void HttpServer::stop()
{
    const std::lock_guard lock (stopMutex);
    signal (stopFd);
}

/** The timeout for poll(): -1 (never) while there is a client or no limit is set. */
int HttpServer::millisecondsToIdleExit() const
{
    if (options.idleExit.count() == 0 || clients.load() > 0)
        return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds> (lastClient.load() + options.idleExit - Clock::now());
    return static_cast<int> (std::clamp<std::int64_t> (left.count(), 0, 3'600'000));
}

HttpServer::End HttpServer::serve (int listenFd)
{
    svr_sock_ = listenFd; // httplib cuts off its answers when this becomes invalid
    lastClient = Clock::now();
    httplib::ThreadPool pool (options.threads);
    auto end = End::Stopped;
    while (true)
    {
        std::array<pollfd, 3> fds {
            { { listenFd, POLLIN, 0 }, { stopFd, POLLIN, 0 }, { leftFd, POLLIN, 0 } }
        };
        const int ready = poll (fds.data(), fds.size(), millisecondsToIdleExit());
        if (ready < 0 && errno != EINTR)
            end = End::Failed;
        else if (ready == 0 && millisecondsToIdleExit() == 0)
            end = End::Idle;
        if (end != End::Stopped || (ready > 0 && fds[1].revents != 0))
            break;
        if (ready <= 0)
            continue;
        std::uint64_t count = 0;
        if (fds[2].revents != 0) [[maybe_unused]]
            const auto ignored = read (leftFd, &count, sizeof (count));
        if (fds[0].revents != 0)
            accept (listenFd, pool);
    }
    stop();
    svr_sock_ = INVALID_SOCKET;
    pool.shutdown();
    return end;
}

void HttpServer::accept (int listenFd, httplib::ThreadPool& pool)
{
    const int client = accept4 (listenFd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0)
    {
        // Out of descriptors: the listening socket stays readable, so wait until a client leaves.
        constexpr int aMomentMs = 100;
        std::array<pollfd, 2> fds { { { stopFd, POLLIN, 0 }, { leftFd, POLLIN, 0 } } };
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            poll (fds.data(), fds.size(), aMomentMs);
        return;
    }
    if (clients.load() >= 2 * options.threads)
    {
        close (client);
        return;
    }
    ++clients;
    pool.enqueue ([this, client] { process_and_close_socket (client); });
}

bool HttpServer::process_and_close_socket (socket_t client)
{
    {
        Connection connection (client, stopFd, options.timeouts);
        while (connection.waitForRequest())
        {
            bool closed = false;
            if (! process_request (connection, false, closed, nullptr) || closed)
                break;
        }
    }
    lastClient = Clock::now();
    --clients;
    signal (leftFd);
    return true;
}
} // namespace tableread::engine
