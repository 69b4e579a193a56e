// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Peer.h"

#include <array>
#include <netdb.h>
#include <sys/socket.h>

namespace tableread::engine
{
std::string peerOf (int socket)
{
    sockaddr_storage address {};
    socklen_t size = sizeof (address);
    if (getpeername (socket, reinterpret_cast<sockaddr*> (&address), &size) != 0)
        return {};
    if (address.ss_family != AF_UNIX)
    {
        std::array<char, NI_MAXHOST> host {};
        const int failed = getnameinfo (reinterpret_cast<const sockaddr*> (&address), size, host.data(),
                                        host.size(), nullptr, 0, NI_NUMERICHOST);
        return failed != 0 ? std::string() : std::string (host.data());
    }
    ucred peer {};
    size = sizeof (peer);
    if (getsockopt (socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return {};
    return "process " + std::to_string (peer.pid);
}
} // namespace tableread::engine
