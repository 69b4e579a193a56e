// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "Server/Access/Access.h"
#include "Server/Socket/WatchedSocket.h"

namespace CLI
{
class App;
}

namespace tableread::engine
{
/** Where `serve` listens, and to whom. */
struct ListeningOptions
{
    std::filesystem::path socket; // empty: the user's
    std::vector<std::string> places;
    std::vector<std::string> hosts, origins;
    std::filesystem::path tokenFile;

    void addTo (CLI::App& command);
};

/** The sockets of `serve`: the Unix socket, and those of --listen. */
class Listening
{
public:
    /** Checks the options, takes the socket's place and listens at all others; answers nobody yet.
        @throws Exception InvalidInput, NotFound, Busy or Io, before anything else is begun. */
    explicit Listening (const ListeningOptions& options);

    /** Logs the places. */
    void log() const;

    /** For a server, which this must outlive. */
    std::vector<HttpListener> listeners();

    /** The server is told what happens to the Unix socket; it must outlive this, or have made its last call. */
    void watchFor (SpeechServer& server) { local.watchFor (server); }

private:
    std::vector<std::vector<TcpAddress>> places; // the addresses of each --listen
    std::shared_ptr<const Access> access;        // null: there is none
    WatchedSocket local;
    std::vector<TcpSocket> tcp;
};
} // namespace tableread::engine
