// SPDX-License-Identifier: Apache-2.0
// A socket that systemd, or systemd-socket-activate, listens on and passes to the engine.
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "Server/Access/UnixSocket.h"

namespace tableread::engine
{
namespace
{
constexpr int firstFd = 3; // SD_LISTEN_FDS_START

/** The environment's number; 0 if it has none. */
long numberIn (const char* name)
{
    const char* text = std::getenv (name);
    long number = 0;
    if (text != nullptr)
        std::from_chars (text, text + std::strlen (text), number);
    return number;
}

int optionOf (int fd, int option)
{
    int value = 0;
    socklen_t size = sizeof (value);
    return getsockopt (fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

tl::unexpected<Error> unusable (const std::string& what)
{
    return tl::make_unexpected (
        Error { ErrorCode::InvalidInput,
                "the sockets that were passed (LISTEN_FDS) cannot be used: " + what +
                    ". One Unix socket is expected, as in Assets/deploy/tableread.socket.",
                {} });
}
} // namespace

Result<std::optional<UnixSocket>> UnixSocket::inherited()
{
    const auto count = numberIn ("LISTEN_FDS");
    const bool meantForUs = numberIn ("LISTEN_PID") == getpid() && count > 0;
    // No child may see them. Of serve's threads only the log's run yet, and they have nothing to tell of.
    for (const auto* name : { "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES" })
        unsetenv (name); // NOLINT(concurrency-mt-unsafe): see above
    if (! meantForUs)
        return std::optional<UnixSocket>();
    if (count > 1)
        return unusable ("there are " + std::to_string (count));

    sockaddr_un address {};
    socklen_t size = sizeof (address);
    if (optionOf (firstFd, SO_TYPE) != SOCK_STREAM || optionOf (firstFd, SO_ACCEPTCONN) != 1 ||
        getsockname (firstFd, reinterpret_cast<sockaddr*> (&address), &size) != 0 ||
        address.sun_family != AF_UNIX)
        return unusable ("descriptor 3 is not a listening Unix socket");
    if (fcntl (firstFd, F_SETFD, FD_CLOEXEC) != 0 || fcntl (firstFd, F_SETFL, O_NONBLOCK) != 0)
        return unusable (std::strerror (errno));
    const auto length = size - offsetof (sockaddr_un, sun_path);
    UnixSocket socket (std::string (address.sun_path, strnlen (address.sun_path, length)));
    socket.listenFd = firstFd;
    socket.isForeign = true;
    return std::optional (std::move (socket));
}
} // namespace tableread::engine
