// SPDX-License-Identifier: Apache-2.0
// Requests that a proxy and a server may divide differently: each hides a second request, which must get no answer.
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
const std::string hidden = "GET /smuggled HTTP/1.1\r\nHost: engine\r\n\r\n";
const std::string length = "Content-Length: " + std::to_string (hidden.size()) + "\r\n";
const std::string chunked = "Transfer-Encoding: chunked\r\n";

std::string chunks (const std::string& body)
{
    char size[16];
    std::snprintf (size, sizeof (size), "%zx", body.size());
    return size + ("\r\n" + body) + "\r\n0\r\n\r\n";
}

std::string post (const std::string& fields, const std::string& rest)
{
    return "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\n" + fields + "\r\n" + rest;
}

/** Listens on a Unix socket and on TCP. */
struct BothWays : ServerFixture
{
    BothWays() { listenOnTcp ("127.0.0.1:0", { .hosts = { "engine" } }); }
};

/** The status of the only answer; 0 if there is not exactly one, or if the connection stays open. */
int onlyAnswer (RawClient client, const std::string& bytes)
{
    client.send (bytes);
    const auto& all = client.receive (std::string::npos, 5'000);
    const auto first = all.find ("HTTP/1.1 ");
    if (first != 0 || all.find ("HTTP/1.1 ", 1) != std::string::npos || ! client.serverClosed())
        return 0;
    return RawResponse::parse (all).status;
}

/** The same on both sockets; -1 if they differ. */
int onlyAnswer (const BothWays& engine, const std::string& bytes)
{
    const int local = onlyAnswer (RawClient (engine.path()), bytes);
    return onlyAnswer (engine.overTcp(), bytes) == local ? local : -1;
}
} // namespace

TEST_CASE ("The body of a request that has none is not the next request", "[engine][server][http][framing]")
{
    const BothWays engine;
    const auto [method, status] = GENERATE (table<std::string, int> ({ { "GET", 200 },
                                                                       { "HEAD", 200 },
                                                                       { "OPTIONS", 405 },
                                                                       { "DELETE", 405 },
                                                                       { "PUT", 405 },
                                                                       { "POST", 405 },
                                                                       { "BREW", 501 } }));
    CAPTURE (method);
    const auto line = method + " /health HTTP/1.1\r\nHost: engine\r\n";
    CHECK (onlyAnswer (engine, line + length + "\r\n" + hidden) == status);
    CHECK (onlyAnswer (engine, line + chunked + "\r\n" + chunks (hidden)) == status);
    const auto nowhere = method + " /nowhere HTTP/1.1\r\nHost: engine\r\n";
    CHECK (onlyAnswer (engine, nowhere + length + "\r\n" + hidden) == (status == 501 ? 501 : 404));
    CHECK (onlyAnswer (engine, nowhere + chunked + "\r\n" + chunks (hidden)) == (status == 501 ? 501 : 404));
}

TEST_CASE ("What follows a malformed head is not a request", "[engine][server][http][framing]")
{
    const BothWays engine;
    const std::string fields = GENERATE (
        as<std::string> {}, "Content-Length: abc\r\n", "Content-Length: 0x5\r\n", "Content-Length: %35\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: +5\r\n", "Content-Length: -1\r\n",
        "Content-Length: \r\n", "Content-Length: 0\r\nContent-Length: 0\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "Content-Length : 0\r\n",
        "X: a\r\n b\r\nContent-Length: 0\r\n", "X: a\nContent-Length: 0\r\n", "Content-Length: 0\n\n");
    CAPTURE (fields);
    CHECK (onlyAnswer (engine, post (fields, hidden)) == 400);
}

TEST_CASE ("What follows an unknown coding is not a request", "[engine][server][http][framing]")
{
    const BothWays engine;
    const std::string coding = GENERATE (as<std::string> {}, "gzip, chunked", "chunke%64", "identity");
    CAPTURE (coding);
    CHECK (onlyAnswer (engine, post ("Transfer-Encoding: " + coding + "\r\n", chunks (hidden))) == 501);
    CHECK (onlyAnswer (engine, post ("Transfer-Encoding: " + coding + "\r\n", hidden)) == 501);
}

TEST_CASE ("A body that is not understood to its end ends the connection", "[engine][server][http][framing]")
{
    const BothWays engine;
    CHECK (onlyAnswer (engine, post (chunked, "-5\r\n" + hidden + "\r\n0\r\n\r\n")) == 400);
    CHECK (onlyAnswer (engine, post (chunked, "5\r\n" + hidden + "\r\n0\r\n\r\n")) == 400);
    CHECK (onlyAnswer (engine, post (chunked, "0x5\r\nhello\r\n0\r\n\r\n" + hidden)) == 400);
    CHECK (onlyAnswer (engine, post (chunked, "ffffffffffffffff1\r\n" + hidden)) == 400);
    CHECK (onlyAnswer (engine, post (chunked, "5 \r\nhello\r\n0\r\n\r\n" + hidden)) == 400);
    CHECK (onlyAnswer (engine, post (chunked, "5\nhello\n0\n\n" + hidden)) == 400);
    CHECK (onlyAnswer (engine, post (length, hidden) + hidden) == 400); // no JSON
    CHECK (onlyAnswer (engine, post ("Content-Encoding: gzip\r\n" + length, hidden) + hidden) == 400);
    CHECK (
        onlyAnswer (engine, post ("Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 30\r\n",
                                  "--x\r\nContent-Disposition: form-d" + hidden)) == 415);
    CHECK (onlyAnswer (engine, post ("", hidden)) == 411);
}

TEST_CASE ("Connection: close is understood in any case", "[engine][server][http][framing]")
{
    const BothWays engine;
    const std::string value = GENERATE (as<std::string> {}, "close", "Close", "CLOSE", "keep-alive, Close");
    CHECK (onlyAnswer (engine, "GET /health HTTP/1.1\r\nHost: engine\r\nConnection: " + value + "\r\n\r\n" +
                                   hidden) == 200);
}
