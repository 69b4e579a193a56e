// SPDX-License-Identifier: Apache-2.0
#include "Server/Socket/WatchedSocket.h"

#include <utility>

#include <spdlog/spdlog.h>

#include "EngineLink/SocketPath.h"
#include "Server/Access/Access.h"
#include "Server/Http/Insist.h"
#include "Server/SpeechServer.h"

namespace tableread::engine
{
namespace
{
constexpr std::chrono::seconds untilOthersEnd { 10 }; // an engine that has stopped listening frees its memory

UnixSocket socketAt (const std::filesystem::path& asked)
{
    auto inherited = orThrow (UnixSocket::inherited());
    if (inherited)
        return std::move (*inherited);
    if (const auto advice = asked.empty() ? socketAdvice() : std::string(); ! advice.empty())
        spdlog::warn ("{}", advice);
    return orThrow (UnixSocket::claim (asked.empty() ? orThrow (engineSocketPath()) : asked, untilOthersEnd));
}
} // namespace

WatchedSocket::WatchedSocket (const std::filesystem::path& asked) : socket (socketAt (asked))
{}

void WatchedSocket::listen()
{
    if (! socket.isInherited())
        orThrow (socket.listen());
}

HttpListener WatchedSocket::listener()
{
    auto listener = unixListener (socket.fd());
    listener.lastCall = [this] {
        if (watch)
            watch->stop();
        return socket.close();
    };
    return listener;
}

void WatchedSocket::watchFor (SpeechServer& server)
{
    if (socket.isInherited())
        return;
    const auto renewed = [this, &server] (int before, int now) {
        spdlog::warn ("{} was removed: listening there again", socket.path().string());
        insist ([&] { server.moveListener (before, now); });
    };
    const auto taken = [&server] (const std::string& why) {
        spdlog::warn ("this engine's socket was replaced: {} This one ends when nobody uses it.", why);
        insist ([&] { server.retire(); });
    };
    const auto failed = [] (const std::string& why) {
        spdlog::warn ("this engine's socket is gone: {}", why);
    };
    watch.emplace (socket, SocketWatch::Hooks { .renewed = renewed, .taken = taken, .failed = failed });
}
} // namespace tableread::engine
