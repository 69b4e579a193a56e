// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace tableread::test
{
/** Listens on a Unix socket, and talks with one connection after the other. */
class RawServer
{
public:
    using Talk = std::function<void (int peer)>; // on the server's thread, which closes the peer then

    /** Answers every connection with the same bytes without reading. */
    RawServer (const std::filesystem::path& socket, std::string bytes)
        : RawServer (socket, [answer = std::move (bytes)] (int peer) {
            (void) ::send (peer, answer.data(), answer.size(), MSG_NOSIGNAL);
        })
    {}

    RawServer (const std::filesystem::path& socket, Talk talkToPeer) : talk (std::move (talkToPeer))
    {
        sockaddr_un address {};
        address.sun_family = AF_UNIX;
        std::strncpy (address.sun_path, socket.c_str(), sizeof (address.sun_path) - 1);
        listener = ::socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::bind (listener, reinterpret_cast<const sockaddr*> (&address), sizeof (address)) != 0 ||
            ::listen (listener, 8) != 0)
            throw std::runtime_error ("RawServer cannot listen on " + socket.string());
        thread = std::thread ([this] { serve(); });
    }

    ~RawServer()
    {
        ::shutdown (listener, SHUT_RDWR);
        thread.join();
        ::close (listener);
    }

    RawServer (const RawServer&) = delete;
    RawServer& operator= (const RawServer&) = delete;

    int calls() const { return taken; }

private:
    void serve()
    {
        for (;;)
        {
            const int peer = ::accept (listener, nullptr, nullptr);
            if (peer < 0 && errno == EINTR) // a fuzzer's timer
                continue;
            if (peer < 0)
                return;
            ++taken;
            talk (peer);
            ::close (peer);
        }
    }

    Talk talk;
    int listener = -1;
    std::atomic<int> taken { 0 };
    std::thread thread;
};
} // namespace tableread::test
