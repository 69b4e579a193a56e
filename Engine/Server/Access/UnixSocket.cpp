// SPDX-License-Identifier: Apache-2.0
#include "Server/Access/UnixSocket.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "EngineLink/SocketPath.h"

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

tl::unexpected<Error> alreadyRuns (const std::filesystem::path& path)
{
    return refused (ErrorCode::Busy, "an engine already runs at " + path.string() +
                                         ". Use that one, stop it, or choose another place with --socket.");
}
} // namespace

Result<UnixSocket> UnixSocket::claim (std::filesystem::path path, std::chrono::milliseconds patience)
{
    path = std::filesystem::absolute (path);
    if (const auto address = addressOf (path); ! address)
        return tl::make_unexpected (address.error());
    UnixSocket claimed (path);
    const auto done =
        claimed.makeFolder().and_then ([&] { return claimed.takeLock (patience); }).and_then ([&] {
            return claimed.clearPlace();
        });
    if (! done)
        return tl::make_unexpected (done.error());
    return claimed;
}

Result<void> UnixSocket::makeFolder() const
{
    const auto place = socketPath.parent_path();
    if (mkdir (place.c_str(), 0700) != 0 && errno != EEXIST)
        return refused (codeOfSystemError (errno), "cannot make the folder " + place.string() +
                                                       " for the socket: " + why() +
                                                       ". Choose another place with --socket.");
    return {};
}

Result<void> UnixSocket::takeLock (std::chrono::milliseconds patience)
{
    constexpr std::chrono::milliseconds aMoment { 20 };
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto address = addressOf (socketPath);
    while (true)
    {
        auto taken = LockFile::take (socketLockPath (socketPath));
        if (! taken)
            return refused (taken.error().code,
                            taken.error().text() + ". Choose another place with --socket.");
        if (*taken)
        {
            lock = std::move (*taken);
            return {};
        }
        if (answers (*address) || std::chrono::steady_clock::now() >= deadline)
            return alreadyRuns (socketPath);
        std::this_thread::sleep_for (aMoment);
    }
}

/** Removes the socket of an engine that was killed. */
Result<void> UnixSocket::clearPlace() const
{
    struct stat info
    {
    };
    if (lstat (socketPath.c_str(), &info) != 0)
        return {};
    if (! S_ISSOCK (info.st_mode))
        return refused (ErrorCode::InvalidInput, socketPath.string() +
                                                     " exists and is not a socket. Choose another place " +
                                                     "with --socket.");
    if (answers (*addressOf (socketPath)))
        return alreadyRuns (socketPath);
    if (unlink (socketPath.c_str()) != 0 && errno != ENOENT)
        return refused (codeOfSystemError (errno),
                        "cannot replace the stale socket " + socketPath.string() + ": " + why() + ".");
    return {};
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
            ::close (fd);
        return refused (code, "cannot listen at " + socketPath.string() + ": " + reason +
                                  ". Choose another place with --socket.");
    }
    listenFd = fd;
    bound = FileId::of (socketPath);
    folder = FileId::of (socketPath.parent_path());
    return {};
}

/** A folder that was made anew may be another user's, in /tmp for example. */
Result<void> UnixSocket::folderIsSafe()
{
    if (FileId::of (socketPath.parent_path()) == folder)
        return {};
    auto made = makePrivateFolder (socketPath.parent_path());
    if (made)
        folder = FileId::of (socketPath.parent_path());
    return made;
}

Result<bool> UnixSocket::renew()
{
    const bool hasLock = lock && lock->isInPlace();
    const bool hasSocket = FileId::of (socketPath) == bound;
    if (isForeign || (hasLock && hasSocket))
        return false;
    if (! hasLock)
    {
        const auto locked = folderIsSafe().and_then ([this] { return takeLock ({}); });
        if (! locked)
            return tl::make_unexpected (locked.error());
    }
    if (hasSocket)
        return false;
    const auto listens = clearPlace().and_then ([this] { return listen(); });
    if (! listens)
        return tl::make_unexpected (listens.error());
    return true;
}

bool UnixSocket::close()
{
    if (isForeign)
        return false;
    if (listenFd < 0)
        return true;
    if (bound && FileId::of (socketPath) == bound)
        unlink (socketPath.c_str());
    bound.reset();
    shutdown (listenFd, SHUT_RD); // who has found the path before is refused now
    return true;
}

UnixSocket::UnixSocket (UnixSocket&& other) noexcept
    : socketPath (std::move (other.socketPath))
    , lock (std::exchange (other.lock, std::nullopt))
    , listenFd (std::exchange (other.listenFd, -1))
    , bound (std::exchange (other.bound, std::nullopt))
    , folder (other.folder)
    , isForeign (other.isForeign)
{}

UnixSocket::~UnixSocket()
{
    close(); // before the descriptor is: until then no other file has this one's inode
    if (listenFd >= 0)
        ::close (listenFd);
}
} // namespace tableread::engine
