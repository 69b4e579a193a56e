// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Peer.h"

#include <algorithm>
#include <array>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace tableread::engine
{
namespace
{
std::optional<ucred> credentialsOf (int socket)
{
    ucred peer {};
    socklen_t size = sizeof (peer);
    if (getsockopt (socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return {};
    return peer;
}
} // namespace

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
    const auto peer = credentialsOf (socket);
    return peer ? "process " + std::to_string (peer->pid) : std::string();
}

std::optional<uid_t> userOf (int socket)
{
    const auto peer = credentialsOf (socket);
    return peer ? std::optional (peer->uid) : std::nullopt;
}

bool isTcpSocket (int socket)
{
    int family = 0;
    socklen_t size = sizeof (family);
    return getsockopt (socket, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 &&
           (family == AF_INET || family == AF_INET6);
}

void prepareTcpSocket (int socket, std::chrono::milliseconds silence)
{
    constexpr int probes = 3;
    const auto set = [socket] (int level, int name, int value) {
        setsockopt (socket, level, name, &value,
                    sizeof (value)); // without it the engine's own limits must do
    };
    const auto seconds =
        static_cast<int> (std::chrono::duration_cast<std::chrono::seconds> (silence).count());
    set (IPPROTO_TCP, TCP_NODELAY, 1);
    set (IPPROTO_TCP, TCP_KEEPIDLE, std::max (seconds / 2, 1));
    set (IPPROTO_TCP, TCP_KEEPINTVL, std::max (seconds / 2 / probes, 1));
    set (IPPROTO_TCP, TCP_KEEPCNT, probes);
    set (IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int> (silence.count()));
    set (SOL_SOCKET, SO_KEEPALIVE, 1);
}
} // namespace tableread::engine
