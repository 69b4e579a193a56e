// SPDX-License-Identifier: Apache-2.0
#include "Server/Connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <span>
#include <sys/socket.h>
#include <unistd.h>

namespace tableread::engine
{
namespace
{
thread_local Connection* served = nullptr;

constexpr short hangUp = POLLRDHUP | POLLHUP | POLLERR | POLLNVAL;

int pollAll (std::span<pollfd> fds, int timeoutMs)
{
    int ready = 0;
    do
        ready = poll (fds.data(), fds.size(), timeoutMs);
    while (ready < 0 && errno == EINTR);
    return ready;
}
} // namespace

Connection::Connection (int clientFd, int stopFd, Timeouts limits)
    : fd (clientFd)
    , stop (stopFd)
    , timeouts (limits)
{
    served = this;
}

Connection::~Connection()
{
    served = nullptr;
    close (fd);
}

Connection* Connection::current()
{
    return served;
}

bool Connection::waitForRequest()
{
    if (closing)
        return false;
    const bool came = begin < end || fill (timeouts.idle);
    deadline = Clock::now() + timeouts.request;
    return came;
}

Connection::Wake Connection::waitFor (int otherFd) const
{
    std::array<pollfd, 3> fds { { { otherFd, POLLIN, 0 }, { fd, POLLRDHUP, 0 }, { stop, POLLIN, 0 } } };
    pollAll (fds, -1);
    if ((fds[1].revents & hangUp) != 0)
        return Wake::HungUp;
    if (fds[2].revents != 0)
        return Wake::Stopping;
    return Wake::Ready;
}

/** Waits for bytes and reads the available ones into the empty buffer. */
bool Connection::fill (std::chrono::milliseconds limit)
{
    std::array<pollfd, 2> fds { { { fd, POLLIN, 0 }, { stop, POLLIN, 0 } } };
    if (limit.count() <= 0 || pollAll (fds, static_cast<int> (limit.count())) <= 0 || fds[1].revents != 0)
        return false;
    const auto got = recv (fd, buffer.data(), buffer.size(), 0);
    if (got <= 0)
        return false;
    begin = 0;
    end = static_cast<std::size_t> (got);
    return true;
}

bool Connection::is_readable() const
{
    if (begin < end)
        return true;
    std::array<pollfd, 1> fds { { { fd, POLLIN, 0 } } };
    return pollAll (fds, 0) > 0;
}

bool Connection::is_writable() const
{
    std::array<pollfd, 2> fds { { { fd, POLLRDHUP, 0 }, { stop, POLLIN, 0 } } };
    pollAll (fds, 0);
    return (fds[0].revents & hangUp) == 0 && fds[1].revents == 0;
}

ssize_t Connection::read (char* to, std::size_t size)
{
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds> (deadline - Clock::now());
    if (begin == end && ! fill (left))
    {
        closing = true;
        return -1;
    }
    const auto taken = std::min (size, end - begin);
    std::memcpy (to, buffer.data() + begin, taken);
    begin += taken;
    return static_cast<ssize_t> (taken);
}

ssize_t Connection::write (const char* from, std::size_t size)
{
    while (true)
    {
        const auto sent = send (fd, from, size, MSG_NOSIGNAL);
        if (sent >= 0)
            return sent;
        if (errno == EINTR)
            continue;
        std::array<pollfd, 2> fds { { { fd, POLLOUT | POLLRDHUP, 0 }, { stop, POLLIN, 0 } } };
        if ((errno != EAGAIN && errno != EWOULDBLOCK) ||
            pollAll (fds, static_cast<int> (timeouts.write.count())) <= 0 || (fds[0].revents & hangUp) != 0 ||
            fds[1].revents != 0)
        {
            closing = true;
            return -1;
        }
    }
}

void Connection::get_remote_ip_and_port (std::string& ip, int& port) const
{
    ip = "unix";
    port = 0;
}

void Connection::get_local_ip_and_port (std::string& ip, int& port) const
{
    get_remote_ip_and_port (ip, port);
}
} // namespace tableread::engine
