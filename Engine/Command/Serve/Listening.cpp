// SPDX-License-Identifier: Apache-2.0
#include "Command/Serve/Listening.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

namespace tableread::engine
{
namespace
{
std::vector<std::vector<TcpAddress>> placesOf (const ListeningOptions& options)
{
    std::vector<std::vector<TcpAddress>> places;
    places.reserve (options.places.size());
    for (const auto& place : options.places)
        places.push_back (orThrow (tcpAddressesOf (place)));
    return places;
}

std::shared_ptr<const Access> accessOf (const ListeningOptions& options,
                                        const std::vector<std::vector<TcpAddress>>& places)
{
    if (places.empty())
        return nullptr;
    Access::Settings settings { .hosts = options.hosts, .origins = options.origins };
    for (const auto& place : places)
        settings.addresses.insert (settings.addresses.end(), place.begin(), place.end());
    if (! options.tokenFile.empty())
        settings.token = orThrow (Token::read (options.tokenFile));
    return std::make_shared<const Access> (orThrow (Access::make (std::move (settings))));
}
} // namespace

void ListeningOptions::addTo (CLI::App& command)
{
    command
        .add_option ("--socket", socket,
                     "Where to listen [TABLEREAD_SOCKET, else tableread/engine.sock in XDG_RUNTIME_DIR]")
        ->type_name ("PATH");
    auto* listen =
        command
            .add_option ("--listen", places,
                         "Listen on TCP too, such as 127.0.0.1:8080 or [::1]:8080; port 0: the system "
                         "chooses one. May be repeated. Without TLS; other machines need a --token-file")
            ->allow_extra_args (false)
            ->type_name ("HOST:PORT");
    command
        .add_option (
            "--token-file", tokenFile,
            "The token that clients on TCP must send, as \"Authorization: Bearer TOKEN\": a file that "
            "only you may read")
        ->needs (listen)
        ->type_name ("FILE");
    command
        .add_option ("--allow-host", hosts,
                     "Another name of this engine on TCP, such as that of a proxy; may be repeated "
                     "[localhost and the addresses listened at]")
        ->allow_extra_args (false)
        ->needs (listen)
        ->type_name ("NAME");
    command
        .add_option (
            "--allow-origin", origins,
            "Whose web pages may use this engine on TCP, such as https://example.org; may be repeated "
            "[none]")
        ->allow_extra_args (false)
        ->needs (listen)
        ->type_name ("ORIGIN");
}

Listening::Listening (const ListeningOptions& options)
    : places (placesOf (options))
    , access (accessOf (options, places))
    , local (options.socket)
{
    for (const auto& place : places)
        std::ranges::move (orThrow (TcpSocket::listen (place)), std::back_inserter (tcp));
    local.listen(); // last: others wait for this one
}

void Listening::log() const
{
    spdlog::info ("listening at {}", local.path().string());
    for (const auto& socket : tcp)
        spdlog::info ("listening at http://{}", socket.address().text());
    if (! tcp.empty() && ! access->wantsToken())
        spdlog::warn (
            "every user of this machine may use this engine over TCP; a --token-file keeps others out");
}

std::vector<HttpListener> Listening::listeners()
{
    std::vector<HttpListener> all { local.listener() };
    all.reserve (tcp.size() + 1);
    for (const auto& socket : tcp)
        all.push_back (tcpListener (socket.fd(), access));
    return all;
}
} // namespace tableread::engine
