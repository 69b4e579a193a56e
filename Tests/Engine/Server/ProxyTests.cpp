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
