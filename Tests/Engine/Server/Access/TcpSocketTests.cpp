// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Server/Access/TcpSocket.h"
#include "Support/RawHttp.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
TcpAddress address (const std::string& place)
{
    return tcpAddressesOf (place).value().front();
}
} // namespace

TEST_CASE ("Addresses know who reaches them", "[engine][server][access]")
{
    CHECK (address ("127.0.0.1:8080").isLoopback());
    CHECK (address ("127.255.0.9:1").isLoopback());
    CHECK (address ("[::1]:8080").isLoopback());
    CHECK (address ("[0:0:0:0:0:0:0:1]:8080").text() == "[::1]:8080");
    for (const auto* place : { "0.0.0.0:80", "[::]:80", "128.0.0.1:80", "1.127.0.0:80", "192.0.2.1:80",
                               "[2001:db8::1]:80", "[::ffff:127.0.0.1]:80", "[fe80::1]:80" })
    {
        CAPTURE (place);
        CHECK (! address (place).isLoopback());
        CHECK (address (place).isAny() ==
               (address (place).host == "0.0.0.0" || address (place).host == "::"));
        CHECK (address (place).text() == place);
    }
    TcpAddress name { { "127.0.0.1.example.org", false, 80 } };
    CHECK (! name.isLoopback());
}

TEST_CASE ("A name is resolved to its addresses", "[engine][server][access]")
{
    const auto addresses = tcpAddressesOf ("localhost:8080").value();
    REQUIRE (! addresses.empty());
    for (const auto& one : addresses)
    {
        CHECK (one.isAddress);
        CHECK (one.isLoopback());
        CHECK (one.port == 8080);
    }
}

TEST_CASE ("A place that cannot be listened at is refused with a sentence",
           "[engine][server][access][errors]")
{
    const auto place = GENERATE (as<std::string> {}, "", "8080", ":8080", "localhost",
                                 "localhost:", "localhost:http", "localhost:65536", "localhost:-1",
                                 "::1:8080", "[::1]", "*:8080", "http://localhost:8080", "[localhost]:8080");
    CAPTURE (place);
    const auto refused = tcpAddressesOf (place);
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::InvalidInput);
    CHECK_THAT (refused.error().message,
                Catch::Contains ('"' + place + '"') && Catch::Contains ("HOST:PORT"));
}

TEST_CASE ("A host that nobody knows is named", "[engine][server][access][errors]")
{
    const auto refused = tcpAddressesOf ("nowhere.invalid:8080");
    REQUIRE (! refused);
    CHECK ((refused.error().code == ErrorCode::NotFound ||
            refused.error().code == ErrorCode::Io)); // without a network nobody can tell
    CHECK_THAT (refused.error().message, Catch::Contains ("there is no host nowhere.invalid"));
}

TEST_CASE ("The system chooses port 0 and a port has one listener", "[engine][server][access]")
{
    const auto sockets = TcpSocket::listen ({ address ("127.0.0.1:0") }).value();
    REQUIRE (sockets.size() == 1);
    const auto port = *sockets.front().address().port;
    CHECK (port != 0);
    CHECK (sockets.front().address().text() == "127.0.0.1:" + std::to_string (port));
    CHECK_NOTHROW (RawClient ("127.0.0.1", port));

    const auto second = TcpSocket::listen ({ sockets.front().address() });
    REQUIRE (! second);
    CHECK (second.error().code == ErrorCode::Busy);
    CHECK_THAT (second.error().message,
                Catch::Contains ("something already listens at 127.0.0.1:") && Catch::Contains ("--listen"));
}

TEST_CASE ("A port is free again as soon as its socket is closed", "[engine][server][access]")
{
    auto place = address ("127.0.0.1:0");
    for (int i = 0; i < 3; ++i)
    {
        auto opened = TcpSocket::listen ({ place });
        REQUIRE (opened);
        place = opened->front().address();
        RawClient client (place.host, *place.port);
        const int served = accept (opened->front().fd(), nullptr, nullptr);
        REQUIRE (served >= 0);
        close (served); // first, so that this side keeps the port for a while
    }
}

TEST_CASE ("An address that this machine does not have is left out beside one that it has",
           "[engine][server][access][errors]")
{
    const auto missing = address ("192.0.2.1:0"); // for documentation
    const auto refused = TcpSocket::listen ({ missing });
    REQUIRE (! refused);
    CHECK (refused.error().code == ErrorCode::InvalidInput);
    CHECK_THAT (refused.error().message,
                Catch::Contains ("does not have the address of 192.0.2.1:0") && Catch::Contains ("--listen"));
    const auto sockets = TcpSocket::listen ({ missing, address ("127.0.0.1:0") }).value();
    REQUIRE (sockets.size() == 1);
    CHECK (sockets.front().address().host == "127.0.0.1");
}

TEST_CASE ("All addresses of IPv6 leave those of IPv4 to others", "[engine][server][access]")
{
    const auto six = TcpSocket::listen ({ address ("[::]:0") });
    if (! six)
    {
        WARN ("this system has no IPv6: not tested");
        return;
    }
    auto four = address ("0.0.0.0:0");
    four.port = six->front().address().port;
    CHECK (TcpSocket::listen ({ four }));
}
