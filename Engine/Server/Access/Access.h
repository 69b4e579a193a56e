// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "Server/Access/TcpSocket.h"
#include "Server/Access/Token.h"
#include "Server/Http/Listener.h"

namespace tableread::engine
{
/** Who may ask over TCP, decided by a request's head. Knows three strangers: a browser whose page has got this engine's address
    under a name of its own (DNS rebinding) shows it in Host; a page of another site shows it in Origin; whoever else reaches
    the port has no token.

    Threads   const after construction: any thread. Never waits.
*/
class Access
{
public:
    struct Settings
    {
        std::vector<TcpAddress> addresses = {}; // that are listened at
        std::vector<std::string> hosts = {};    // other names and addresses of this engine, without a port
        std::vector<std::string> origins = {};  // of pages that may ask, as "https://example.org"
        std::optional<Token> token = {};        // required unless all addresses are loopback
    };

    /** @returns InvalidInput if a name or an origin cannot be one, or if a token is missing. */
    [[nodiscard]] static Result<Access> make (Settings settings);

    /** Refuses with 403 or 401. Answers the question of a browser whether a page of an allowed origin may ask. */
    HttpAdmission admit (const HttpRequest& head) const;

    bool wantsToken() const { return settings.token.has_value(); }

private:
    explicit Access (Settings checked) : settings (std::move (checked)) {}

    bool isOurs (const std::string& host) const;

    /** Why a request does not have the token that is wanted. */
    std::optional<Refusal> checkToken (const HttpRequest& head) const;

    Settings settings;
};

/** A listening TCP socket with its rules. */
HttpListener tcpListener (int fd, std::shared_ptr<const Access> access);

/** A listening Unix socket: its clients must belong to this user or to root. */
HttpListener unixListener (int fd);

/** Whether a client of this user may use an engine of that one. */
bool mayUse (uid_t client, uid_t engine);
} // namespace tableread::engine
