// SPDX-License-Identifier: Apache-2.0
#include "Server/Access/TcpSocket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tableread::engine
{
namespace
{
using Found = std::unique_ptr<addrinfo, decltype (&freeaddrinfo)>;

tl::unexpected<Error> cannotListen (ErrorCode code, std::string message)
{
    return tl::make_unexpected (Error { code, std::move (message), {} });
}

/** Asks the system. @returns what getaddrinfo returns. */
int find (const HostPort& place, int flags, Found& found)
{
    addrinfo wanted {};
    wanted.ai_flags = flags | AI_NUMERICSERV;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const int failed =
        getaddrinfo (place.host.c_str(), std::to_string (place.port.value_or (0)).c_str(), &wanted, &first);
    found.reset (failed == 0 ? first : nullptr);
    return failed;
}

bool isForNow (int failure)
{
    return failure == EAI_AGAIN || failure == EAI_SYSTEM || failure == EAI_MEMORY;
}

/** Why nobody can listen there. */
Error failureAt (const TcpAddress& address, int problem)
{
    const auto place = address.text();
    if (problem == EADDRINUSE)
        return { ErrorCode::Busy,
                 "something already listens at " + place +
                     ". Stop it, or choose another port with --listen; port 0 lets the system choose.",
                 {} };
    if (problem == EADDRNOTAVAIL || problem == EAFNOSUPPORT)
        return { ErrorCode::InvalidInput,
                 "this machine does not have the address of " + place + ". Choose another one with --listen.",
                 {} };
    return { codeOfSystemError (problem),
             "cannot listen at " + place + ": " + std::strerror (problem) +
                 ". Choose another place with --listen.",
             {} };
}

bool isMissing (const Error& error)
{
    return error.code == ErrorCode::InvalidInput;
}
} // namespace

bool TcpAddress::isLoopback() const
{
    return isAddress && (host == "::1" || host.starts_with ("127."));
}

bool TcpAddress::isAny() const
{
    return host == "::" || host == "0.0.0.0";
}

Result<std::vector<TcpAddress>> tcpAddressesOf (const std::string& place)
{
    const auto parsed = HostPort::parse (place);
    if (! parsed || ! parsed->port)
        return cannotListen (ErrorCode::InvalidInput,
                             "\"" + place +
                                 "\" is not a place to listen at; HOST:PORT is expected, such as " +
                                 "127.0.0.1:8080 or [::1]:8080.");
    Found found (nullptr, freeaddrinfo);
    if (const int failed = find (*parsed, 0, found); failed != 0)
        return cannotListen (isForNow (failed) ? ErrorCode::Io : ErrorCode::NotFound,
                             "there is no host " + parsed->host + " to listen at: " + gai_strerror (failed) +
                                 ". Give an address of this machine, such as 127.0.0.1:" +
                                 std::to_string (*parsed->port) + '.');
    std::vector<TcpAddress> addresses;
    for (const auto* entry = found.get(); entry != nullptr; entry = entry->ai_next)
    {
        std::array<char, NI_MAXHOST> host {};
        if (getnameinfo (entry->ai_addr, entry->ai_addrlen, host.data(), host.size(), nullptr, 0,
                         NI_NUMERICHOST) != 0)
            continue;
        TcpAddress address { { host.data(), true, parsed->port } };
        const auto isSame = [&address] (const auto& other) { return other.host == address.host; };
        if (std::none_of (addresses.begin(), addresses.end(), isSame))
            addresses.push_back (std::move (address));
    }
    return addresses;
}

Result<TcpSocket> TcpSocket::listenAt (const TcpAddress& address)
{
    Found found (nullptr, freeaddrinfo);
    if (find (address, AI_NUMERICHOST, found) != 0)
        return tl::make_unexpected (failureAt (address, EADDRNOTAVAIL));
    TcpSocket opened (address,
                      socket (found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
    const int yes = 1;
    // An address of IPv6 stands for nothing else: "[::]:8080" leaves 0.0.0.0:8080 to others.
    if (opened.listenFd < 0 ||
        setsockopt (opened.listenFd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof (yes)) != 0 ||
        (found->ai_family == AF_INET6 &&
         setsockopt (opened.listenFd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof (yes)) != 0) ||
        bind (opened.listenFd, found->ai_addr, found->ai_addrlen) != 0 ||
        ::listen (opened.listenFd, SOMAXCONN) != 0)
        return tl::make_unexpected (failureAt (address, errno));
    sockaddr_storage given {};
    socklen_t size = sizeof (given);
    if (getsockname (opened.listenFd, reinterpret_cast<sockaddr*> (&given), &size) != 0)
        return tl::make_unexpected (failureAt (address, errno));
    opened.place.port =
        ntohs (given.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*> (&given)->sin6_port
                                           : reinterpret_cast<sockaddr_in*> (&given)->sin_port);
    return opened;
}

Result<std::vector<TcpSocket>> TcpSocket::listen (const std::vector<TcpAddress>& addresses)
{
    std::vector<TcpSocket> sockets;
    sockets.reserve (addresses.size());
    Error missing { ErrorCode::NotFound, "there is no address to listen at.", {} };
    for (const auto& address : addresses)
    {
        auto opened = listenAt (address);
        if (opened)
            sockets.push_back (std::move (*opened));
        else if (isMissing (opened.error()))
            missing = std::move (opened.error());
        else
            return tl::make_unexpected (std::move (opened.error()));
    }
    if (sockets.empty())
        return tl::make_unexpected (std::move (missing));
    return sockets;
}

/** shutdown() would reset those who wait to be accepted, as closing does. */
void TcpSocket::lastCall (int fd)
{
    constexpr std::uint32_t flags = 13, syn = 0x02;      // of a packet that begins with TCP's header
    constexpr std::uint32_t none = 0, all = 0xffff'ffff; // of its bytes
    std::array<sock_filter, 4> program {
        { BPF_STMT (BPF_LD | BPF_B | BPF_ABS, flags), BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, syn, 0, 1),
          BPF_STMT (BPF_RET | BPF_K, none), BPF_STMT (BPF_RET | BPF_K, all) }
    };
    const sock_fprog filter { static_cast<unsigned short> (program.size()), program.data() };
    setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof (filter)); // else they are reset
}

TcpSocket::TcpSocket (TcpSocket&& other) noexcept
    : place (std::move (other.place))
    , listenFd (std::exchange (other.listenFd, -1))
{}

TcpSocket::~TcpSocket()
{
    if (listenFd >= 0)
        close (listenFd);
}
} // namespace tableread::engine
