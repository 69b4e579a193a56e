// SPDX-License-Identifier: Apache-2.0
#include "Logging/DescriptorOutput.h"

#include <algorithm>
#include <cerrno>
#include <climits>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tableread::engine
{
DescriptorOutput::DescriptorOutput (int fd, std::size_t mostBytes) : given (fd), most (mostBytes)
{
    struct stat status = {};
    if (::fstat (fd, &status) != 0)
        return;
    isSocket = S_ISSOCK (status.st_mode);
    mayBlock = S_ISFIFO (status.st_mode) || ::isatty (fd) == 1;
    if (! mayBlock)
        return;
    // O_NONBLOCK belongs to what was opened, which the shell or the parent may share: so it is opened anew.
    const auto again = "/proc/self/fd/" + std::to_string (fd);
    own = ::open (again.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

DescriptorOutput::~DescriptorOutput()
{
    if (own >= 0)
        ::close (own);
}

LineOutput::Result DescriptorOutput::write (std::string_view line)
{
    if (! rest.empty())
        if (const auto before = sendRest(); before != Result::Written)
        {
            if (before == Result::Lost)
                rest.clear();
            return before;
        }
    if (most > 0)
        beginAnew();
    rest = line;
    const auto result = sendRest();
    if (result == Result::Written)
        return result;
    const bool hasBegun = rest.size() < line.size();
    if (! hasBegun || result == Result::Lost)
        rest.clear();
    return hasBegun && result == Result::Full ? Result::Written
                                              : result; // the rest comes before the next line
}

/** If the file is large. */
void DescriptorOutput::beginAnew() const
{
    struct stat status = {};
    if (::fstat (given, &status) != 0 || ! S_ISREG (status.st_mode) ||
        static_cast<std::size_t> (status.st_size) <= most)
        return;
    [[maybe_unused]] const int emptied = ::ftruncate (given, 0); // else the next line tries again
}

/** Full if some or all of it is left. */
LineOutput::Result DescriptorOutput::sendRest()
{
    while (! rest.empty())
    {
        auto size = rest.size();
        if (mayBlock && own < 0) // it could not be opened again: a pipe that is writable takes so much
        {
            pollfd room { given, POLLOUT, 0 };
            if (::poll (&room, 1, 0) == 0)
                return Result::Full;
            size = std::min (size, std::size_t { PIPE_BUF });
        }
        const auto count = isSocket ? ::send (given, rest.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL)
                                    : ::write (descriptor(), rest.data(), size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? Result::Full : Result::Lost;
        rest.erase (0, static_cast<std::size_t> (count));
    }
    return Result::Written;
}
} // namespace tableread::engine
