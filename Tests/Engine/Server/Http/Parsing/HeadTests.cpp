// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <catch2/catch.hpp>

#include "Server/Http/Parsing/Head.h"

using namespace tableread::engine;

namespace
{
const std::string host = "Host: engine\r\n";

/** The status that refuses a head; 0: it is fine. The bytes come one by one, as a slow client sends them. */
int statusOf (const std::string& bytes, HeadLimits limits = {})
{
    HeadScanner scanner (limits);
    for (std::size_t count = 1; count <= bytes.size(); ++count)
    {
        const auto size = scanner.scan (std::string_view (bytes).substr (0, count));
        if (scanner.refusal())
            return scanner.refusal()->status;
        if (size)
        {
            CHECK (*size == count);
            const auto refused = checkHead (std::string_view (bytes).substr (0, *size));
            return refused ? refused->status : 0;
        }
    }
    return -1; // it never ends
}

int statusOfFields (const std::string& fields)
{
    return statusOf ("POST /v1/audio/speech HTTP/1.1\r\n" + host + fields + "\r\n");
}
} // namespace

TEST_CASE ("Heads as clients send them are accepted", "[engine][server][http]")
{
    CHECK (statusOf ("GET /health HTTP/1.1\r\nHost: engine\r\n\r\n") == 0);
    CHECK (statusOf ("\r\nGET / HTTP/1.1\r\nhost:engine\r\n\r\n") == 0);
    CHECK (statusOf ("GET / HTTP/1.0\r\n\r\n") == 0);
    CHECK (statusOf ("OPTIONS * HTTP/1.1\r\nHost: \r\n\r\n") == 0);
    CHECK (statusOfFields ("Content-Length: 12\r\n") == 0);
    CHECK (statusOfFields ("content-length:\t 0 \t\r\n") == 0);
    CHECK (statusOfFields ("TRANSFER-ENCODING: Chunked\r\n") == 0);
    CHECK (statusOfFields ("X-Name: \xc3\xa4 \"quoted\"\tand tabbed\r\nX-Empty:\r\n") == 0);
    CHECK (statusOf ("GET / HTTP/1.1\r\nHost: engine\r\n") == -1);
    CHECK (statusOf ("") == -1);
}

TEST_CASE ("A head that servers and proxies may read differently is refused",
           "[engine][server][http][errors]")
{
    const std::string fields = GENERATE (
        as<std::string> {}, "Content-Length: abc\r\n", "Content-Length: 0x5\r\n", "Content-Length: %35\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: 5 5\r\n", "Content-Length: +5\r\n",
        "Content-Length: -1\r\n", "Content-Length:\r\n", "Content-Length: 1.0\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Content-Length : 5\r\n",
        "Content-Length\t: 5\r\n", " Content-Length: 5\r\n", "X: a\r\n b\r\n", "X: a\r\n\tb: c\r\n",
        "X: a\nContent-Length: 5\r\n", "X: a\rContent-Length: 5\r\n", "X: a\r\r\n", ": empty\r\n",
        "no colon\r\n", "X[]: a\r\n", "X: \x01\r\n", "X: \x7f\r\n", "Host: other\r\n");
    CAPTURE (fields);
    CHECK (statusOfFields (fields) == 400);
}

TEST_CASE ("A head with a null byte is refused", "[engine][server][http][errors]")
{
    CHECK (statusOfFields (std::string ("X: a\0b\r\n", 8)) == 400);
    CHECK (statusOfFields (std::string ("X\0: a\r\n", 7)) == 400);
    CHECK (statusOf (std::string ("GET /\0 HTTP/1.1\r\nHost: engine\r\n\r\n", 33)) == 400);
}

TEST_CASE ("Request lines are strict", "[engine][server][http][errors]")
{
    const auto [line, status] = GENERATE (table<std::string, int> ({
        { "GET  / HTTP/1.1", 400 },
        { "GET /", 400 },
        { "GET / a HTTP/1.1", 400 },
        { "GET /\x80 HTTP/1.1", 400 },
        { "G@T / HTTP/1.1", 400 },
        { " GET / HTTP/1.1", 400 },
        { "GET / http/1.1", 400 },
        { "GET / HTTP/1.1 ", 400 },
        { "GET\t/\tHTTP/1.1", 400 },
        { "GET / HTTP/2.0", 505 },
        { "GET / HTTP/0.9", 505 },
        { "PRI * HTTP/2.0", 505 },
    }));
    CAPTURE (line);
    CHECK (statusOf (line + "\r\n" + host + "\r\n") == status);
}

TEST_CASE ("Codings other than chunked are not understood", "[engine][server][http][errors]")
{
    const std::string coding = GENERATE (as<std::string> {}, "gzip, chunked", "chunke%64", "identity",
                                         "chunked, chunked", "chunked;q=1", "\"chunked\"", "xchunked", "");
    CAPTURE (coding);
    CHECK (statusOfFields ("Transfer-Encoding: " + coding + "\r\n") == 501);
}

TEST_CASE ("HTTP/1.1 names its host once, HTTP/1.0 has no chunks", "[engine][server][http][errors]")
{
    CHECK (statusOf ("GET / HTTP/1.1\r\n\r\n") == 400);
    CHECK (statusOf ("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
    CHECK (statusOf ("\r\n\r\nGET / HTTP/1.1\r\n" + host + "\r\n") == 400);
    CHECK (statusOf ("GET / HTTP/1.1\nHost: engine\n\n") == 400);
    CHECK (statusOf ("GET / HTTP/1.1\nHost") == 400); // at once
}

TEST_CASE ("A head is refused at its limits, before its end", "[engine][server][http][errors]")
{
    const auto fields = [] (int count) {
        std::string text;
        for (int i = 0; i < count; ++i)
            text += "a:b\r\n";
        return text;
    };
    const HeadLimits limits;
    CHECK (statusOfFields (fields (99)) == 0); // and Host
    CHECK (statusOfFields (fields (100)) == 431);
    CHECK (statusOfFields ("Content-Length: 18446744073709551615\r\n") == 413);
    CHECK (statusOf ("GET / HTTP/1.1\r\n" + fields (101)) == 431); // without an end
    CHECK (statusOf ("GET /" + std::string (limits.requestLineBytes, 'a')) == 414);
    const std::string longest (limits.requestLineBytes - std::string ("GET / HTTP/1.1").size() - 1, 'a');
    CHECK (statusOf ("GET /" + longest + " HTTP/1.1\r\n" + host + "\r\n") == 0);
    CHECK (statusOf ("GET / HTTP/1.1\r\nX: " + std::string (limits.headBytes, 'a')) == 431);
    CHECK (statusOf ("GET / HTTP/1.1\r\n" + host + "X: " + std::string (limits.headBytes - 60, 'a') +
                     "\r\n\r\n") == 0);
}
