// SPDX-License-Identifier: Apache-2.0
#include "Server/Access/UnixSocket.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace tableread::engine
{
namespace
{
std::string why()
{
    return std::strerror (errno);
}

tl::unexpected<Error> refused (ErrorCode code, std::string message)
{
    return tl::make_unexpected (Error { code, std::move (message), {} });
}

std::filesystem::path lockPathOf (const std::filesystem::path& socket)
{
    return socket.string() + ".lock";
}

Result<sockaddr_un> addressOf (const std::filesystem::path& path)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    const auto text = path.string();
    if (text.size() >= sizeof (address.sun_path))
        return refused (ErrorCode::InvalidInput,
                        "socket path " + text + " has " + std::to_string (text.size()) +
                            " bytes, the system allows " + std::to_string (sizeof (address.sun_path) - 1) +
                            ". Choose a shorter one with --socket.");
    text.copy (address.sun_path, text.size());
    return address;
}

bool answers (const sockaddr_un& address)
{
    const int probe = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool answered =
        probe >= 0 && (connect (probe, reinterpret_cast<const sockaddr*> (&address), sizeof (address)) == 0 ||
                       errno == EAGAIN); // its queue is full: the engine is alive
    if (probe >= 0)
        close (probe);
    return answered;
}

/** The lock, held until the descriptor is closed; -1 if another process has it. */
Result<int> takeLock (const std::filesystem::path& path)
{
    while (true)
    {
        const int fd = open (path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            return refused (codeOfSystemError (errno), "cannot write " + path.string() + ": " + why() +
                                                           ". Choose another place with --socket.");
        if (flock (fd, LOCK_EX | LOCK_NB) != 0)
        {
            const bool held = errno == EWOULDBLOCK;
            const auto reason = why();
            close (fd);
            if (held)
                return -1;
            return refused (ErrorCode::Io, "cannot lock " + path.string() + ": " + reason + ".");
        }
        // If an engine has ended in the meantime, it has removed the file that we locked: the lock is then void.
        struct stat ours
        {
        }, there {};
        if (fstat (fd, &ours) == 0 && lstat (path.c_str(), &there) == 0 && ours.st_ino == there.st_ino &&
            ours.st_dev == there.st_dev)
            return fd;
        close (fd);
    }
}
} // namespace

Result<UnixSocket> UnixSocket::claim (std::filesystem::path path)
{
    path = std::filesystem::absolute (path);
    const auto address = addressOf (path);
    if (! address)
        return tl::make_unexpected (address.error());
    if (mkdir (path.parent_path().c_str(), 0700) != 0 && errno != EEXIST)
        return refused (codeOfSystemError (errno), "cannot make the folder " + path.parent_path().string() +
                                                       " for the socket: " + why() +
                                                       ". Choose another place with --socket.");

    const auto alreadyRuns = [&path] {
        return refused (ErrorCode::Busy,
                        "an engine already runs at " + path.string() +
                            ". Use that one, stop it, or choose another place with --socket.");
    };
    UnixSocket claimed (path);
    const auto lock = takeLock (lockPathOf (path));
    if (! lock)
        return tl::make_unexpected (lock.error());
    if (*lock < 0)
        return alreadyRuns();
    claimed.lockFd = *lock;

    struct stat info
    {
    };
    if (lstat (path.c_str(), &info) == 0)
    {
        if (! S_ISSOCK (info.st_mode))
            return refused (ErrorCode::InvalidInput,
                            path.string() + " exists and is not a socket. Choose another place " +
                                "with --socket.");
        if (answers (*address))
            return alreadyRuns();
        if (unlink (path.c_str()) != 0)
            return refused (codeOfSystemError (errno),
                            "cannot replace the stale socket " + path.string() + ": " + why() + ".");
    }
    return claimed;
}

Result<void> UnixSocket::listen()
{
    const auto address = addressOf (socketPath);
    if (! address)
        return tl::make_unexpected (address.error());
    const int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // Linux gives the file in the folder the mode of the unbound socket: it is never open to others, not even briefly.
    if (fd < 0 || fchmod (fd, 0600) != 0 ||
        bind (fd, reinterpret_cast<const sockaddr*> (&*address), sizeof (*address)) != 0 ||
        chmod (socketPath.c_str(), 0600) != 0 || ::listen (fd, SOMAXCONN) != 0)
    {
        const auto code = codeOfSystemError (errno);
        const auto reason = why();
        if (fd >= 0)
            close (fd);
        return refused (code, "cannot listen at " + socketPath.string() + ": " + reason +
                                  ". Choose another place with --socket.");
    }
    listenFd = fd;
    return {};
}

UnixSocket::UnixSocket (UnixSocket&& other) noexcept
    : socketPath (std::move (other.socketPath))
    , lockFd (std::exchange (other.lockFd, -1))
    , listenFd (std::exchange (other.listenFd, -1))
{}

UnixSocket::~UnixSocket()
{
    if (listenFd >= 0)
    {
        close (listenFd);
        unlink (socketPath.c_str());
    }
    if (lockFd >= 0)
    {
        unlink (lockPathOf (socketPath).c_str());
        close (lockFd);
    }
}
} // namespace tableread::engine
