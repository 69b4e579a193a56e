// SPDX-License-Identifier: Apache-2.0
#include "Server/Access/Access.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "Server/ErrorAnswers.h"
#include "Server/Http/Parsing/Grammar.h"
#include "Server/Http/Peer.h"

namespace tableread::engine
{
namespace
{
/** What those ask who decide where requests go, and who have no token. */
constexpr std::array openPaths { std::string_view ("/livez"), std::string_view ("/readyz") };

constexpr std::size_t mostQuoted = 100;

tl::unexpected<Error> refused (std::string message)
{
    return tl::make_unexpected (Error { ErrorCode::InvalidInput, std::move (message), {} });
}

bool contains (const std::vector<std::string>& all, std::string_view wanted)
{
    return std::find (all.begin(), all.end(), wanted) != all.end();
}

/** The values of all fields of this name. */
std::vector<std::string_view> valuesOf (const HttpRequest& head, std::string_view name)
{
    std::vector<std::string_view> values;
    for (const auto& [key, value] : head.fields)
        if (sameWord (key, name))
            values.push_back (value);
    return values;
}

/** A scheme, a host and perhaps a port, in lower case: what browsers send. */
bool isOrigin (const std::string& text)
{
    constexpr std::string_view separator = "://", letters = "abcdefghijklmnopqrstuvwxyz0123456789+.-";
    const auto scheme = text.find (separator);
    if (scheme == 0 || scheme == std::string::npos || text.find_first_not_of (letters) != scheme)
        return false;
    const auto host = text.substr (scheme + separator.size());
    const auto parsed = HostPort::parse (host);
    return parsed && parsed->text() == host;
}

/** The token in "Bearer TOKEN". */
std::optional<std::string_view> bearerIn (std::string_view authorization)
{
    constexpr std::string_view scheme = "bearer ";
    if (! sameWord (authorization.substr (0, scheme.size()), scheme))
        return {};
    authorization.remove_prefix (
        std::min (authorization.find_first_not_of (' ', scheme.size()), authorization.size()));
    return authorization;
}

HttpAnswer forbidden (const std::string& why)
{
    return answerOf (Refusal { 403, why });
}

/** Tells a browser what a page of another origin may send. */
HttpAnswer preflightAnswer()
{
    return { .type = "text/plain",
             .fields = { { "Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE" },
                         { "Access-Control-Allow-Headers", "Authorization, *" }, // * does not stand for it
                         { "Access-Control-Max-Age", "600" } } };
}
} // namespace

Result<Access> Access::make (Settings settings)
{
    for (auto& host : settings.hosts)
    {
        const bool isBare = ! host.starts_with ('[') && host.find (':') != host.rfind (':'); // "::1"
        const auto parsed = HostPort::parse (isBare ? '[' + host + ']' : host);
        if (! parsed || parsed->port)
            return refused ("\"" + host +
                            "\" is neither a name nor an address. Give --allow-host one without a port.");
        host = parsed->host;
    }
    for (const auto& origin : settings.origins)
        if (! isOrigin (origin))
            return refused ("\"" + origin +
                            "\" is not an origin. Give --allow-origin one as browsers send it, such as " +
                            "https://example.org or http://localhost:3000.");
    if (! settings.token)
        for (const auto& address : settings.addresses)
            if (! address.isLoopback())
                return refused ("other machines may reach " + address.text() +
                                ": that needs a --token-file. Without one only 127.0.0.1 and [::1] are " +
                                "listened at.");
    return Access (std::move (settings));
}

HttpAdmission Access::admit (const HttpRequest& head) const
{
    HttpAdmission admission;
    // Only HTTP/1.0 may leave out the host: no browser does, but balancers that look whether an engine is alive.
    const bool isUnaddressed = head.host.empty() && valuesOf (head, "Host").empty();
    if (! isUnaddressed && ! isOurs (head.host))
    {
        admission.refusal = forbidden ("\"" + head.host.substr (0, mostQuoted) +
                                       "\" is not a host of this engine; its option --allow-host adds one");
        return admission;
    }
    const auto origins = valuesOf (head, "Origin");
    for (const auto& origin : origins)
        if (! contains (settings.origins, origin))
        {
            admission.refusal =
                forbidden ("pages from \"" + std::string (origin.substr (0, mostQuoted)) +
                           "\" may not use this engine; its option --allow-origin adds an origin");
            return admission;
        }
    if (! origins.empty())
        admission.fields = { { "Access-Control-Allow-Origin", std::string (origins.front()) },
                             { "Access-Control-Expose-Headers", "*" },
                             { "Vary", "Origin" } };
    // A browser asks this way before it sends a page's request, and without the page's token.
    if (! origins.empty() && head.method == "OPTIONS" &&
        ! head.field ("Access-Control-Request-Method").empty())
        admission.refusal = preflightAnswer();
    else if (settings.token)
    {
        const auto refusal = checkToken (head);
        admission.showsToken = ! refusal;
        if (refusal && std::ranges::find (openPaths, head.path) == openPaths.end())
        {
            admission.refusal = answerOf (*refusal);
            admission.refusal->fields.emplace_back ("WWW-Authenticate", "Bearer");
        }
    }
    return admission;
}

/** With all addresses of this machine any will do: they may change, and no page can give itself one. */
bool Access::isOurs (const std::string& host) const
{
    const auto parsed = HostPort::parse (host);
    if (! parsed)
        return false;
    if (parsed->host == "localhost" || contains (settings.hosts, parsed->host))
        return true;
    return parsed->isAddress && std::any_of (settings.addresses.begin(), settings.addresses.end(),
                                             [&parsed] (const TcpAddress& address) {
                                                 return address.isAny() || address.host == parsed->host;
                                             });
}

std::optional<Refusal> Access::checkToken (const HttpRequest& head) const
{
    const auto values = valuesOf (head, "Authorization");
    const auto offered = values.size() == 1 ? bearerIn (values.front()) : std::nullopt;
    if (! offered)
        return Refusal { 401, "the request does not have one bearer token" };
    if (! settings.token->is (*offered))
        return Refusal { 401, "the request's bearer token is not this engine's" };
    return {};
}

HttpListener tcpListener (int fd, std::shared_ptr<const Access> access)
{
    HttpListener listener { .fd = fd };
    listener.lastCall = [fd] {
        TcpSocket::lastCall (fd);
        return true;
    };
    listener.wantsToken = access->wantsToken();
    if (listener.wantsToken)
        listener.client = "token";
    listener.admit = [access = std::move (access)] (const HttpRequest& head) { return access->admit (head); };
    return listener;
}

HttpListener unixListener (int fd)
{
    return { .fd = fd, .welcome = [] (int socket) -> std::optional<Refusal> {
                const auto user = userOf (socket);
                if (user && mayUse (*user, geteuid()))
                    return {};
                return Refusal { 403, "this engine belongs to another user" };
            } };
}

bool mayUse (uid_t client, uid_t engine)
{
    return client == engine || client == 0;
}
} // namespace tableread::engine
