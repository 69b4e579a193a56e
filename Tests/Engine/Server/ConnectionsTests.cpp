// SPDX-License-Identifier: Apache-2.0
// Many clients that wait, and what that costs the others.
#include <algorithm>
#include <filesystem>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
using Clients = std::vector<std::unique_ptr<RawClient>>;

/** Both ends of a connection are in this process. */
void allowManyDescriptors()
{
    rlimit limit {};
    REQUIRE (getrlimit (RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    REQUIRE (setrlimit (RLIMIT_NOFILE, &limit) == 0);
    REQUIRE (limit.rlim_cur >= 5'000);
}

Clients connect (const ServerFixture& engine, int count)
{
    Clients clients;
    for (int i = 0; i < count; ++i)
        clients.push_back (std::make_unique<RawClient> (engine.path()));
    return clients;
}

std::ptrdiff_t threads()
{
    return std::distance (std::filesystem::directory_iterator ("/proc/self/task"), {});
}

/** The time that nearly all (99 of 100) answers to /health take, on connections of their own. */
double healthP99Ms (const ServerFixture& engine)
{
    std::vector<double> times;
    for (int i = 0; i < 200; ++i)
    {
        const auto begin = std::chrono::steady_clock::now();
        const auto answer = request (engine.path(), "GET", "/health");
        times.push_back (
            std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begin).count());
        REQUIRE (answer.status == 200);
    }
    std::sort (times.begin(), times.end());
    return times[times.size() * 99 / 100];
}

/** Idle clients, and as many that send a byte from time to time. */
struct Crowd
{
    Crowd (const ServerFixture& engine, int count)
        : idle (connect (engine, count))
        , dripping (connect (engine, count))
        , dripper ([this] {
            const std::string bytes = "GET /health HTTP/1.1\r\nHost: engine\r\nX: a very slow client";
            for (std::size_t at = 0; ! stop && at < bytes.size(); ++at)
            {
                for (auto& client : dripping)
                    client->send ({ &bytes[at], 1 });
                for (int i = 0; i < 20 && ! stop; ++i)
                    std::this_thread::sleep_for (std::chrono::milliseconds (50));
            }
        })
    {}
    ~Crowd()
    {
        stop = true;
        dripper.join();
    }

    Clients idle, dripping;
    std::atomic<bool> stop { false };
    std::thread dripper;
};
} // namespace

TEST_CASE ("A thousand idle clients and a thousand slow ones delay nobody and cost no thread",
           "[engine][server][http][connections]")
{
    allowManyDescriptors();
    const ServerFixture engine;
    REQUIRE (request (engine.path(), "GET", "/health").status == 200);
    const auto before = threads();
    const Crowd crowd (engine, 1'000);
    CHECK (healthP99Ms (engine) <= 50);
    CHECK (threads() == before + 1); // the dripper
    const auto speech = engine.speak (ServerFixture::floats ("Hello."));
    CHECK (speech.complete);
    CHECK (asFloats (speech.body) == engine.expectedFloats ("Hello.", 5));
}

TEST_CASE ("Clients beyond the limit are told so, also while all the others are slow",
           "[engine][server][http][connections]")
{
    SpeechServer::Options options;
    options.http.limits.connections = 50;
    options.http.limits.request = std::chrono::seconds (60);
    const ServerFixture engine (options);
    Clients clients;
    REQUIRE (eventually ([&] { // one that the server has not heard yet counts as idle, and makes room
        clients.push_back (std::make_unique<RawClient> (engine.path()));
        clients.back()->send ("GET /health HTTP/1.1\r\n");
        std::this_thread::sleep_for (std::chrono::milliseconds (10));
        return request (engine.path(), "GET", "/health").status == 503;
    }));
    for (int i = 0; i < 20; ++i)
    {
        const auto refused = request (engine.path(), "GET", "/health");
        CHECK (refused.status == 503);
        CHECK (refused.complete);
        CHECK (refused.header ("Retry-After") == "1");
    }
    int answered = 0;
    for (auto& client : clients)
        answered +=
            client->send ("Host: engine\r\n\r\n") && RawResponse::parse (client->receive (1)).status == 200;
    CHECK (answered == 50);
}

TEST_CASE ("Idle clients make room for new ones, the longest idle first",
           "[engine][server][http][connections]")
{
    SpeechServer::Options options;
    options.http.limits.connections = 50;
    const ServerFixture engine (options);
    auto clients = connect (engine, 120);
    clients[69]->receive(); // until the server has closed it, since the last one was accepted
    for (std::size_t i = 0; i < clients.size(); ++i)
    {
        auto& client = *clients[i];
        client.send ("GET /health HTTP/1.1\r\nHost: engine\r\n\r\n");
        CAPTURE (i);
        CHECK ((RawResponse::parse (client.receive (1)).status == 200) == (i >= 70));
    }
}

TEST_CASE ("An engine without descriptors closes idle clients and answers the others",
           "[engine][server][http][connections]")
{
    const ServerFixture engine;
    auto clients = connect (engine, 20);
    for (auto& client : clients)
    {
        client->send ("GET /health HTTP/1.1\r\nHost: engine\r\n\r\n");
        REQUIRE (RawResponse::parse (client->receive (1)).status == 200);
    }
    rlimit limit {};
    REQUIRE (getrlimit (RLIMIT_NOFILE, &limit) == 0);
    const int last = dup (0);
    close (last);
    rlimit none = limit;
    none.rlim_cur = static_cast<rlim_t> (last) + 1;
    REQUIRE (setrlimit (RLIMIT_NOFILE, &none) == 0);
    RawClient next (engine.path()); // takes the last one
    const bool isAnswered = next.send ("GET /health HTTP/1.1\r\nHost: engine\r\n\r\n") &&
                            RawResponse::parse (next.receive (1, 10'000)).status == 200;
    REQUIRE (setrlimit (RLIMIT_NOFILE, &limit) == 0);
    CHECK (isAnswered);
}
