// SPDX-License-Identifier: Apache-2.0
// How many connections those get who come over TCP, and for how long.
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using std::chrono::milliseconds;

namespace
{
constexpr std::size_t connections = 16, ofStrangers = 4, overTcp = 14;
const std::string rightToken = "0123456789abcdef";
const std::string withToken = "Authorization: Bearer " + rightToken + "\r\n";

/** Nobody is in a hurry there but strangers. */
SpeechServer::Options limited (milliseconds forStrangers)
{
    SpeechServer::Options options;
    options.http.limits.connections = connections;
    options.http.limits.request = std::chrono::seconds (60);
    options.http.limits.stranger = forStrangers;
    return options;
}

struct SmallEngine : ServerFixture
{
    explicit SmallEngine (std::optional<Token> wanted, milliseconds forStrangers = std::chrono::minutes (1))
        : ServerFixture (limited (forStrangers))
    {
        listenOnTcp ("127.0.0.1:0", { .hosts = { "engine" }, .token = wanted });
    }
};

/** A client that stays connected. */
class Guest
{
public:
    explicit Guest (const std::filesystem::path& socket) : client (socket) {}
    explicit Guest (const TcpAddress& address) : client (address.host, *address.port) {}

    /** The status of the answer, on the same connection; 0: there is none. */
    int ask (const std::string& path, const std::string& fields = {})
    {
        const auto before = client.receive (0).size();
        client.send ("GET " + path + " HTTP/1.1\r\nHost: engine\r\n" + fields + "\r\n");
        RawResponse response;
        for (std::string bytes; ! response.complete && ! client.serverClosed();
             response = RawResponse::parse (bytes))
            bytes = client.receive (before + bytes.size() + 1).substr (before);
        return response.status;
    }

    /** Begins a request whose body does not come: it is not idle from now on. @returns the status, 100 if it is let in. */
    int beginRequest (const std::string& fields = {})
    {
        client.send ("POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nExpect: 100-continue\r\n" + fields +
                     "Content-Length: 9\r\n\r\n");
        return RawResponse::parse (client.receive (1)).status;
    }

    bool send (std::string_view bytes) { return client.send (bytes); }

    /** Within some seconds. */
    bool isClosed()
    {
        client.receive (std::string::npos, 3'000);
        return client.serverClosed();
    }

    bool isOpen()
    {
        client.receive (std::string::npos, 20);
        return ! client.serverClosed();
    }

private:
    RawClient client;
};

using Guests = std::vector<std::unique_ptr<Guest>>;

Guests guests (std::size_t count, const auto& place)
{
    Guests all;
    all.reserve (count);
    for (std::size_t i = 0; i < count; ++i)
        all.push_back (std::make_unique<Guest> (place));
    return all;
}

int healthOf (const auto& place, const std::string& fields = {})
{
    return Guest (place).ask ("/health", fields);
}
} // namespace

TEST_CASE ("Clients without a token push out only each other", "[engine][server][http][tcp][connections]")
{
    const SmallEngine engine { Token (rightToken) };
    const auto& port = engine.tcp.front().address();
    const auto known = guests (3, port), local = guests (3, engine.path());
    for (const auto& guest : known)
        REQUIRE (guest->ask ("/health", withToken) == 200);
    for (const auto& guest : local)
        REQUIRE (guest->ask ("/health") == 200);

    const auto strangers = guests (20, port);
    for (std::size_t i = 0; i < 20 - ofStrangers; ++i)
    {
        CAPTURE (i);
        CHECK (strangers[i]->isClosed());
    }
    for (std::size_t i = 20 - ofStrangers; i < 20; ++i)
        CHECK (strangers[i]->isOpen());
    for (const auto& guest : known)
        CHECK (guest->ask ("/health", withToken) == 200);
    for (const auto& guest : local)
        CHECK (guest->ask ("/health") == 200);
}

TEST_CASE ("Busy clients without a token keep out neither the Unix socket nor who has shown it",
           "[engine][server][http][tcp][connections]")
{
    const SmallEngine engine { Token (rightToken) };
    const auto& port = engine.tcp.front().address();
    Guest known (port);
    REQUIRE (known.ask ("/health", withToken) == 200);
    Guests strangers;
    REQUIRE (eventually ([&] { // one that the server has not heard yet counts as idle, and makes room
        strangers.push_back (std::make_unique<Guest> (port));
        strangers.back()->send ("GET ");
        std::this_thread::sleep_for (milliseconds (10));
        return healthOf (port, withToken) == 503;
    }));
    CHECK (known.ask ("/health", withToken) == 200);
    const auto local = guests (connections - ofStrangers - 1, engine.path());
    for (const auto& guest : local)
        CHECK (guest->ask ("/health") == 200);
    std::size_t open = 0;
    for (const auto& guest : strangers)
        open += guest->isOpen() ? 1 : 0;
    CHECK (open == ofStrangers);
}

TEST_CASE ("A client has a short time to show its token, whatever it does meanwhile",
           "[engine][server][http][tcp][connections]")
{
    constexpr milliseconds time { 500 };
    const SmallEngine engine { Token (rightToken), time };
    const auto& port = engine.tcp.front().address();
    const auto begin = std::chrono::steady_clock::now();
    Guest known (port), silent (port), dripping (port), asking (port);
    REQUIRE (known.ask ("/health", withToken) == 200);
    const std::string drops = "GET /health HTTP/1.1\r\nHost: engine\r\nX: a very slow client";
    bool isAnswered = true, hasDripped = true;
    for (const char drop : drops) // 1.7 s
    {
        hasDripped = hasDripped && dripping.send ({ &drop, 1 });
        isAnswered = isAnswered && asking.ask ("/livez") == 200;
        std::this_thread::sleep_for (milliseconds (30));
    }
    CHECK (silent.isClosed());
    CHECK (dripping.isClosed());
    CHECK (asking.isClosed());
    CHECK (! isAnswered);
    CHECK (std::chrono::steady_clock::now() - begin > time);
    CHECK (known.isOpen());
    CHECK (known.ask ("/health") == 401); // it is known, and yet each request needs the token
    CHECK (known.ask ("/health", withToken) == 200);
}

TEST_CASE ("A client that has shown its token has the time of any other for its request",
           "[engine][server][http][tcp][connections]")
{
    const SmallEngine engine { Token (rightToken), milliseconds (300) };
    Guest guest (engine.tcp.front().address());
    REQUIRE (guest.beginRequest (withToken) == 100);
    std::this_thread::sleep_for (milliseconds (600));
    CHECK (guest.isOpen());
}

TEST_CASE ("Clients over TCP leave an eighth of the connections to the Unix socket",
           "[engine][server][http][tcp][connections]")
{
    const SmallEngine engine { std::nullopt };
    const auto& port = engine.tcp.front().address();
    SECTION ("busy ones")
    {
        const auto remote = guests (overTcp, port);
        for (const auto& guest : remote)
            REQUIRE (guest->beginRequest() == 100);
        CHECK (healthOf (port) == 503);
        const auto local = guests (connections - overTcp, engine.path());
        for (const auto& guest : local)
            CHECK (guest->beginRequest() == 100);
        CHECK (healthOf (engine.path()) == 503);
    }
    SECTION ("they push out no idle client of the Unix socket")
    {
        const auto remote = guests (2, port), local = guests (connections - 2, engine.path());
        for (const auto& guest : local)
            REQUIRE (guest->ask ("/health") == 200);
        for (const auto& guest : remote)
            REQUIRE (guest->beginRequest() == 100);
        CHECK (healthOf (port) == 503);
        for (const auto& guest : local)
            CHECK (guest->isOpen());
    }
    SECTION ("one of the Unix socket pushes out an idle one of theirs, not one of its own")
    {
        const auto local = guests (connections - 1, engine.path());
        for (const auto& guest : local)
            REQUIRE (guest->ask ("/health") == 200);
        Guest remote (port);
        REQUIRE (remote.ask ("/health") == 200);
        CHECK (healthOf (engine.path()) == 200);
        CHECK (remote.isClosed());
        for (const auto& guest : local)
            CHECK (guest->isOpen());
    }
}
