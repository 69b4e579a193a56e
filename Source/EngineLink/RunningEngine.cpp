// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/RunningEngine.h"

#include <csignal>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "Core/Descriptor.h"
#include "Core/FileId.h"
#include "EngineLink/Pidfd.h"
#include "EngineLink/SocketPath.h"

namespace tableread
{
namespace
{
namespace fs = std::filesystem;

/** The process that began to listen, and its user; 0 if there is none. */
ucred identityAt (const fs::path& path)
{
    ucred peer {};
    socklen_t size = sizeof (peer);
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof (address.sun_path))
        return peer;
    path.native().copy (address.sun_path, sizeof (address.sun_path) - 1);
    const Descriptor socket (::socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect (socket.number, reinterpret_cast<const sockaddr*> (&address), sizeof (address)) != 0 ||
        ::getsockopt (socket.number, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return {};
    return peer;
}

/** Also for a program that was replaced while it runs, as an update does. */
std::string programOf (const fs::path& process)
{
    constexpr std::string_view gone = " (deleted)";
    std::error_code none;
    auto name = fs::read_symlink (process / "exe", none).filename().string();
    if (name.ends_with (gone))
        name.resize (name.size() - gone.size());
    return name;
}

bool hasOpen (const fs::path& process, const fs::path& file)
{
    const auto wanted = FileId::of (file);
    std::error_code none;
    for (const auto& entry : fs::directory_iterator (process / "fd", none))
    {
        struct stat status = {};
        if (wanted && ::stat (entry.path().c_str(), &status) == 0 &&
            FileId { status.st_dev, status.st_ino } == *wanted)
            return true;
    }
    return false;
}
} // namespace

pid_t listenerAt (const fs::path& socket)
{
    return identityAt (socket).pid;
}

bool askToEndWhenIdle (const fs::path& socket, const std::string& program)
{
    const auto listener = identityAt (socket);
    if (listener.pid <= 0 || listener.uid != ::getuid())
        return false;
    const Descriptor handle (
        ::pidfd_open (listener.pid, 0)); // first: what is looked at is then what is asked
    const auto process = fs::path ("/proc") / std::to_string (listener.pid);
    return handle.number >= 0 && programOf (process) == program &&
           hasOpen (process, socketLockPath (socket)) &&
           ::pidfd_send_signal (handle.number, SIGUSR1, nullptr, 0) == 0;
}
} // namespace tableread
