// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "Server/Http/Listener.h"
#include "Server/Socket/Watch.h"

namespace tableread::engine
{
class SpeechServer;

/** The Unix socket of `serve` from its start to its end: systemd's, or one of its own, which it gets back if others remove
    it. Logs what happens to it. */
class WatchedSocket
{
public:
    /** Takes the place. `asked` is --socket; empty: engineSocketPath().
        @throws Exception Busy if another engine runs there. */
    explicit WatchedSocket (const std::filesystem::path& asked);

    /** @throws Exception */
    void listen();

    const std::filesystem::path& path() const { return socket.path(); }

    /** For the server, which this must outlive. */
    HttpListener listener();

    /** From now on the server is told when the socket is another one, and retires if another engine has taken its place.
        It must outlive this, or have made its last call. */
    void watchFor (SpeechServer& server);

private:
    UnixSocket socket;
    std::optional<SocketWatch> watch;
};
} // namespace tableread::engine
