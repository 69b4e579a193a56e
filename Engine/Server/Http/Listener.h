// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "Server/Http/Exchange.h"
#include "Server/Http/Parsing/Head.h"

namespace tableread::engine
{
/** What is decided about a request before its path is looked at. */
struct HttpAdmission
{
    std::optional<HttpAnswer> refusal = {}; // in place of the endpoint's answer
    HttpFields fields = {};                 // of the answer, whatever it is
    bool showsToken = false;                // that is wanted
};

/** A socket that clients come from, and who of them may ask. The functions run on the I/O thread and must not wait. */
struct HttpListener
{
    int fd = -1;             // listens, non-blocking; stays the caller's
    std::string client = {}; // whom HttpRequest::peer names; empty: the peer of each connection
    bool wantsToken = false; // whoever has not shown it is a stranger (ConnectionTable.h)

    /** Looks at a client that has connected, before it says anything. Empty: all are welcome. */
    std::function<std::optional<Refusal> (int socket)> welcome = {};

    /** Looks at the head of a request, before its body is read. Empty: all are admitted. */
    std::function<HttpAdmission (const HttpRequest& head)> admit = {};

    /** Called once when the server ends: no further client can connect after it. @returns whether those who have by then
        are turned away (503); else they are left to whoever accepts them next. Empty: they are turned away. */
    std::function<bool()> lastCall = {};
};
} // namespace tableread::engine
