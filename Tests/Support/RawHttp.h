// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace tableread::test
{
/** The response to one request, parsed strictly: a library's client would hide what the tests look at. */
struct RawResponse
{
    int status = 0; // 0: the response is not HTTP
    std::string head;
    std::string body;
    std::string trailers;  // lines behind the last chunk
    bool complete = false; // the announced length, or the chunk of length 0, was there

    std::string header (std::string name) const
    {
        const auto lower = [] (std::string text) {
            std::transform (text.begin(), text.end(), text.begin(),
                            [] (unsigned char c) { return std::tolower (c); });
            return text;
        };
        name = "\r\n" + lower (name) + ": ";
        const auto at = lower (head).find (name);
        if (at == std::string::npos)
            return {};
        const auto begin = at + name.size();
        return head.substr (begin, head.find ("\r\n", begin) - begin);
    }

    static RawResponse parse (std::string_view bytes)
    {
        RawResponse response;
        const auto end = bytes.find ("\r\n\r\n");
        if (end == std::string_view::npos || bytes.substr (0, 9) != "HTTP/1.1 ")
            return response;
        response.head = bytes.substr (0, end + 2);
        response.status = std::atoi (response.head.c_str() + 9);
        auto rest = bytes.substr (end + 4);
        if (response.header ("Transfer-Encoding") != "chunked")
        {
            response.body = rest;
            response.complete = std::to_string (rest.size()) == response.header ("Content-Length");
            return response;
        }
        while (true)
        {
            const auto line = rest.find ("\r\n");
            if (line == std::string_view::npos)
                return response;
            const auto size = std::strtoul (std::string (rest.substr (0, line)).c_str(), nullptr, 16);
            rest.remove_prefix (line + 2);
            if (size == 0)
            {
                response.complete = rest.ends_with ("\r\n");
                response.trailers = rest.substr (0, rest.size() - std::min<std::size_t> (rest.size(), 2));
                return response;
            }
            response.body += rest.substr (0, size);
            if (rest.size() < size + 2)
                return response;
            rest.remove_prefix (size + 2);
        }
    }
};

/** A client that can send anything, byte for byte. */
class RawClient
{
public:
    /** Of a Unix socket. */
    explicit RawClient (const std::filesystem::path& socketPath)
    {
        sockaddr_un address {};
        address.sun_family = AF_UNIX;
        socketPath.string().copy (address.sun_path, sizeof (address.sun_path) - 1);
        connectTo (reinterpret_cast<const sockaddr*> (&address), sizeof (address));
    }

    /** Of a TCP port at an address of IPv4 or IPv6. */
    RawClient (const std::string& host, std::uint16_t port)
    {
        sockaddr_in v4 {};
        v4.sin_family = AF_INET;
        v4.sin_port = htons (port);
        sockaddr_in6 v6 {};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons (port);
        if (inet_pton (AF_INET, host.c_str(), &v4.sin_addr) == 1)
            connectTo (reinterpret_cast<const sockaddr*> (&v4), sizeof (v4));
        else if (inet_pton (AF_INET6, host.c_str(), &v6.sin6_addr) == 1)
            connectTo (reinterpret_cast<const sockaddr*> (&v6), sizeof (v6));
        else
            throw std::runtime_error (host + " is not an address");
    }
    ~RawClient() { hangUp(); }
    RawClient (const RawClient&) = delete;
    RawClient& operator= (const RawClient&) = delete;

    void hangUp()
    {
        if (fd >= 0)
            close (std::exchange (fd, -1));
    }

    /** TCP: hangUp() tells the server at once that nothing of its answer is wanted. */
    void resetOnHangUp()
    {
        const linger none { 1, 0 };
        setsockopt (fd, SOL_SOCKET, SO_LINGER, &none, sizeof (none));
    }

    /** Nothing more will be sent, but an answer can still be read. */
    void shutSendingHalf() { shutdown (fd, SHUT_WR); }

    /** Nothing will be read, though the connection stays. */
    void shutReceivingHalf() { shutdown (fd, SHUT_RD); }

    /** @returns false if the server closed. */
    bool send (std::string_view bytes)
    {
        while (! bytes.empty())
        {
            const auto sent = ::send (fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            bytes.remove_prefix (static_cast<std::size_t> (sent));
        }
        return true;
    }

    /** Reads until `enough` bytes are there in total, the server closes, or `timeoutMs` pass without any. */
    const std::string& receive (std::size_t enough = std::string::npos, int timeoutMs = 60'000)
    {
        char buffer[65536];
        pollfd wait { fd, POLLIN, 0 };
        while (received.size() < enough && ! closed && poll (&wait, 1, timeoutMs) > 0)
        {
            const auto got = recv (fd, buffer, sizeof (buffer), 0);
            closed = got <= 0;
            if (got > 0)
                received.append (buffer, static_cast<std::size_t> (got));
        }
        return received;
    }

    bool serverClosed() const { return closed; }

private:
    void connectTo (const sockaddr* address, socklen_t size)
    {
        fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect (fd, address, size) == 0)
            return;
        const int problem = errno;
        hangUp();
        throw std::runtime_error (std::string ("connect: ") + std::strerror (problem));
    }

    int fd = -1;
    bool closed = false;
    std::string received;
};

/** One request on its own connection, and the whole response. */
inline RawResponse request (const std::filesystem::path& socketPath, std::string_view method,
                            std::string_view target, std::string_view body = {})
{
    RawClient client (socketPath);
    client.send (std::string (method) + ' ' + std::string (target) +
                 " HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: "
                 "application/json\r\nContent-Length: " +
                 std::to_string (body.size()) + "\r\n\r\n" + std::string (body));
    return RawResponse::parse (client.receive());
}
} // namespace tableread::test
