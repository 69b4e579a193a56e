// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Core/Error.h"
#include "Server/Access/HostPort.h"

namespace tableread::engine
{
/** An address of this machine, with its port, to listen at; 0: the system chooses one. */
struct TcpAddress : HostPort
{
    bool isLoopback() const; // only this machine reaches it
    bool isAny() const;      // all addresses of this machine, of its family
};

/** The addresses of "HOST:PORT", such as "127.0.0.1:8080", "[::1]:0" or "localhost:8080": a name may have several. Waits for
    the system's answer about a name.
    @returns InvalidInput if the text has another form, NotFound if there is no such host, Io if nobody can tell now. */
[[nodiscard]] Result<std::vector<TcpAddress>> tcpAddressesOf (const std::string& place);

/** A listening TCP socket. */
class TcpSocket
{
public:
    /** Listens at all addresses of one host. Those that this machine does not have are left out, unless it has none: many
        know localhost as ::1 and have no IPv6.
        @returns Busy if the port is taken, InvalidInput if the address or the port cannot be ours, or Io. */
    [[nodiscard]] static Result<std::vector<TcpSocket>> listen (const std::vector<TcpAddress>& addresses);

    TcpSocket (TcpSocket&& other) noexcept;
    TcpSocket& operator= (TcpSocket&&) = delete;
    ~TcpSocket();

    const TcpAddress& address() const { return place; } // with the port that it has
    int fd() const { return listenFd; }

    /** From now on nobody connects to a listening socket; those who have connected can still be accepted. Who tries is refused
        when it is closed. */
    static void lastCall (int fd);

private:
    TcpSocket (TcpAddress wanted, int descriptor) : place (std::move (wanted)), listenFd (descriptor) {}
    static Result<TcpSocket> listenAt (const TcpAddress& address);

    TcpAddress place;
    int listenFd;
};
} // namespace tableread::engine
