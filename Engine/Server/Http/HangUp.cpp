// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/HangUp.h"

#include <poll.h>
#include <string_view>
#include <utility>

#include "Server/Http/Peer.h"

namespace tableread::engine
{
namespace
{
/** Also while bytes that it has sent before lie unread. */
bool hasShutSendingHalf (int socket)
{
    pollfd end { socket, POLLRDHUP, 0 };
    return poll (&end, 1, 0) == 1;
}
} // namespace

HangUpWatch::HangUpWatch (Socket& client) : socket (client), isTcp (isTcpSocket (client.native_handle()))
{}

void HangUpWatch::begin (const Watcher& watcher)
{
    if (! std::exchange (awaitsError, true))
        socket.async_wait (Socket::wait_error, [this, watcher] (SystemError error) {
            const auto owner = watcher.owner.lock();
            if (owner == nullptr)
                return;
            awaitsError = false;
            if (! error)
                watcher.whenHungUp();
        });
    if (isTcp && ! std::exchange (awaitsEnd, true))
        socket.async_wait (Socket::wait_read, [this, watcher] (SystemError error) {
            const auto owner = watcher.owner.lock();
            if (owner == nullptr)
                return;
            awaitsEnd = false;
            if (! error && hasShutSendingHalf (socket.native_handle()))
                watcher.whenEnded();
        });
}

bool HangUpWatch::sendInterimResponse()
{
    constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
    SystemError error;
    return socket.write_some (asio::buffer (interim), error) == interim.size();
}
} // namespace tableread::engine
