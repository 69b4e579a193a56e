// SPDX-License-Identifier: Apache-2.0
// A real proxy between clients and the engine: it joins its clients' requests on the same connections.
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"
#include "Support/HaProxy.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** HAProxy before one engine. */
class Proxy
{
public:
    Proxy (const std::filesystem::path& engine, const std::string& reuse)
    {
        const auto settings = folder.path() / "haproxy.cfg";
        std::ofstream (settings) << "defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n"
                                    "  timeout server 30s\nfrontend clients\n  bind unix@"
                                 << front().string() << "\n  default_backend engines\nbackend engines\n"
                                 << (reuse.empty() ? "" : "  http-reuse " + reuse + "\n")
                                 << "  server engine unix@" << engine.string() << '\n';
        proxy.emplace (settings);
        REQUIRE (eventually ([this] {
            try
            {
                return request (front(), "GET", "/health").status == 200;
            }
            catch (const std::exception&)
            {
                return false;
            }
        }));
    }

    std::filesystem::path front() const { return folder.path() / "front.sock"; }

private:
    TemporaryFolder folder;
    std::optional<HaProxy> proxy;
};
} // namespace

namespace
{
/** A request whose Host is one that an engine on TCP always knows. */
std::string asLocalhost (std::string request)
{
    return request.replace (request.find ("Host: engine"), 12, "Host: localhost\r\nConnection: close");
}

RawResponse asked (RawClient& client, const std::string& request)
{
    client.send (request);
    return RawResponse::parse (client.receive (std::string::npos, 10'000));
}

/** Two engines on TCP behind the configuration that is installed; each speaks two passages at once. */
struct DeployedEngines
{
    explicit DeployedEngines (int seats)
    {
        for (auto* engine : { &one, &two })
        {
            engine->control->frameMs = 10;
            engine->control->frames = 6000;
            engine->listenOnTcp ("127.0.0.1:0");
        }
        proxy.emplace (one.tcp.front().address().text(), two.tcp.front().address().text(), seats);
        REQUIRE (eventually ([this] {
            try
            {
                return ask().status == 200;
            }
            catch (const std::exception&) // it does not listen yet
            {
                return false;
            }
        }));
        std::this_thread::sleep_for (std::chrono::seconds (5)); // two checks of each engine
    }

    RawResponse ask() const
    {
        RawClient client (proxy->path());
        return asked (client, asLocalhost ("GET /health HTTP/1.1\r\nHost: engine\r\n\r\n"));
    }

    /** A story of a minute that has begun. */
    std::unique_ptr<RawClient> story() const
    {
        auto client = std::make_unique<RawClient> (proxy->path());
        client->send (asLocalhost (ServerFixture::post (ServerFixture::floats ("A long story."))));
        CHECK_THAT (client->receive (1000), Catch::StartsWith ("HTTP/1.1 200"));
        return client;
    }

    ServerFixture one { {}, { .seats = [] (auto&) { return 2; } } },
        two { {}, { .seats = [] (auto&) { return 2; } } };
    std::optional<DeployedProxy> proxy;
};
} // namespace

TEST_CASE ("HAProxy sends each request to the engine with the fewest", "[engine][server][proxy][tcp][.slow]")
{
    const DeployedEngines engines (2);
    const auto story = engines.story();
    const auto& teller = engines.one.isBusy() ? engines.one : engines.two;
    const auto& other = engines.one.isBusy() ? engines.two : engines.one;
    other.control->frames = 1;
    for (int i = 0; i < 6; ++i)
    {
        RawClient client (engines.proxy->path());
        const auto answer =
            asked (client, asLocalhost (ServerFixture::post (ServerFixture::floats ("Hello."))));
        CHECK (answer.status == 200);
        CHECK (answer.complete);
    }
    CHECK (teller.control->passagesRendered == 1);
    CHECK (other.control->passagesRendered == 6);
}

TEST_CASE ("Behind HAProxy a question does not wait for a seat", "[engine][server][proxy][tcp][.slow]")
{
    const DeployedEngines engines (1);
    const auto first = engines.story(), second = engines.story();
    CHECK (engines.one.isBusy());
    CHECK (engines.two.isBusy());
    RawClient waiting (engines.proxy->path());
    waiting.send (asLocalhost (ServerFixture::post (ServerFixture::floats ("Hello."))));
    const auto answer = engines.ask();
    CHECK (answer.status == 200);
    CHECK (nlohmann::json::parse (answer.body, nullptr, false)["busy"] == true);
    CHECK (engines.one.worker->load().waiting + engines.two.worker->load().waiting ==
           0); // it waits at HAProxy
    first->hangUp();
    CHECK_THAT (waiting.receive (1000), Catch::StartsWith ("HTTP/1.1 200"));
}

TEST_CASE ("Behind HAProxy a client that leaves before its speech begins is noticed",
           "[engine][server][proxy][tcp][.slow]")
{
    const DeployedEngines engines (8);
    std::vector<std::unique_ptr<RawClient>> stories;
    stories.reserve (4);
    for (int i = 0; i < 4; ++i)
        stories.push_back (engines.story());
    const auto waiting = [&] {
        return engines.one.worker->load().waiting + engines.two.worker->load().waiting;
    };
    RawClient leaving (engines.proxy->path());
    leaving.send (asLocalhost (ServerFixture::post (ServerFixture::floats ("Hello."))));
    REQUIRE (eventually ([&] { return waiting() == 1; }));
    leaving.hangUp();
    CHECK (eventually ([&] { return waiting() == 0; }));
    CHECK (engines.one.control->passagesRendered + engines.two.control->passagesRendered ==
           4); // it never had a seat
}

TEST_CASE ("Behind a proxy a hidden request gives nobody else a wrong answer",
           "[engine][server][http][framing][.slow]")
{
    const ServerFixture engine;
    const Proxy proxy (engine.path(), GENERATE (as<std::string> {}, "", "always"));
    const auto hidden = ServerFixture::post (ServerFixture::floats ("Not for you."));
    const std::string get = "GET /health HTTP/1.1\r\nHost: engine\r\n";
    const auto attack = get + "Content-Length: " + std::to_string (hidden.size()) + "\r\n\r\n" + hidden;
    int own = 0;
    for (int i = 0; i < 100; ++i)
    {
        RawClient attacker (proxy.front()), other (proxy.front());
        attacker.send (attack);
        attacker.receive (1);
        other.send (get + "Connection: close\r\n\r\n");
        const auto answer = RawResponse::parse (other.receive());
        own += answer.status == 200 && answer.header ("Content-Type") == "application/json" &&
               nlohmann::json::parse (answer.body, nullptr, false).contains ("fingerprint");
    }
    CHECK (own == 100);
    CHECK (engine.control->passagesRendered == 0);
}
