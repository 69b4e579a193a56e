// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <catch2/catch.hpp>
#include <zlib.h>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using nlohmann::json;

namespace
{
SpeechServer::Options impatient()
{
    SpeechServer::Options options;
    options.http.limits.idle = std::chrono::milliseconds (300);
    options.http.limits.request = std::chrono::milliseconds (300);
    return options;
}

bool answersHealth (const ServerFixture& engine)
{
    return request (engine.path(), "GET", "/health").status == 200;
}
} // namespace

TEST_CASE ("Several requests follow each other on one connection", "[engine][server][http]")
{
    const ServerFixture engine;
    RawClient client (engine.path());
    const std::string get = "GET /health HTTP/1.1\r\nHost: engine\r\n\r\n";
    for (std::size_t i = 1; i <= 12; ++i)
    {
        client.send (get);
        std::size_t answers = 0;
        eventually ([&] {
            const auto& all = client.receive (std::string::npos, 20);
            answers = 0;
            for (auto at = all.find ("HTTP/1.1 200"); at != std::string::npos;
                 at = all.find ("HTTP/1.1 200", at + 1))
                ++answers;
            return answers == i;
        });
        REQUIRE (answers == i);
    }
    CHECK (! client.serverClosed());
}

TEST_CASE ("Unknown paths and requests that are not HTTP get OpenAI's errors",
           "[engine][server][http][errors]")
{
    const ServerFixture engine;
    const auto nowhere = request (engine.path(), "GET", "/v2/nothing");
    CHECK (nowhere.status == 404);
    CHECK_THAT (json::parse (nowhere.body)["error"]["message"].get<std::string>(),
                Catch::Contains ("/v1/audio/speech"));
    const auto get = request (engine.path(), "GET", protocol::speechPath);
    CHECK (get.status == 405);
    CHECK (get.header ("Allow") == "POST");
    CHECK (request (engine.path(), "DELETE", "/health").header ("Allow") == "GET, HEAD");
    CHECK (request (engine.path(), "BREW", "/health").status == 501);
    CHECK (request (engine.path(), "GET", "/" + std::string (9000, 'x')).status == 414);
}

TEST_CASE ("The bytes after a request that is not HTTP are not taken for the next request",
           "[engine][server][http][errors]")
{
    SpeechServer::Options options;
    options.http.limits.idle = std::chrono::seconds (60);
    const ServerFixture engine (options);
    RawClient client (engine.path());
    client.send ("BREW /tea HTTP/1.1\r\n" + ServerFixture::post (ServerFixture::floats ("Hi")));
    const auto begin = std::chrono::steady_clock::now();
    CHECK (RawResponse::parse (client.receive()).status == 400);
    CHECK (client.serverClosed());
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (30)); // it does not wait for more
    CHECK (engine.control->passagesRendered == 0);
}

TEST_CASE ("Garbage harms nobody", "[engine][server][http][errors]")
{
    const ServerFixture engine (impatient());
    std::mt19937 random (7); // NOLINT: the same garbage every time
    for (int round = 0; round < 40; ++round)
    {
        std::string garbage (random() % 3000, ' ');
        for (auto& letter : garbage)
            letter = static_cast<char> (random());
        if (round % 3 == 0)
            garbage.insert (0, "POST /v1/audio/speech HTTP/1.1\r\n");
        if (round % 3 == 1)
            garbage.insert (0, ServerFixture::post (ServerFixture::floats ("Hi")).substr (0, random() % 150))
                .append ("\r\n\r\n");
        RawClient client (engine.path());
        client.send (garbage);
        if (round % 2 == 0)
            client.receive (1, 50);
    }
    CHECK (answersHealth (engine));
}

TEST_CASE ("Half a request ends with the client or with the time limit", "[engine][server][http][errors]")
{
    const ServerFixture engine (impatient());
    const auto whole = ServerFixture::post (ServerFixture::floats ("Hi"));
    const auto part = GENERATE (1u, 20u, 60u, 100u, 0u);
    const auto half = whole.substr (0, part == 0 ? whole.size() - 1 : part);

    SECTION ("a client that leaves")
    {
        RawClient (engine.path()).send (half);
    }
    SECTION ("a client that stays and says nothing more")
    {
        RawClient client (engine.path());
        client.send (half);
        const auto begin = std::chrono::steady_clock::now();
        CHECK (RawResponse::parse (client.receive()).status == 408);
        CHECK (client.serverClosed());
        CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (9)); // the default: 10
    }
    SECTION ("a client that drips")
    {
        RawClient client (engine.path());
        std::size_t sent = 0;
        for (; sent < half.size() && client.receive (1, 50).empty(); ++sent)
            client.send ({ &half[sent], 1 });
        CHECK (RawResponse::parse (client.receive()).status == 408);
        CHECK (client.serverClosed());
        if (half.size() >= 100) // five seconds: the limit is for the whole request, not from letter to letter
            CHECK (sent < half.size());
    }
    CHECK (answersHealth (engine));
    CHECK (engine.control->passagesRendered == 0);
}

TEST_CASE ("A body has the time that it needs if it comes steadily, and not much more",
           "[engine][server][http][errors]")
{
    auto options = impatient();
    options.http.limits.bodyBytesASecond = 2'000;
    const ServerFixture engine (options);
    auto body = ServerFixture::floats ("Hi");
    body["user"] = std::string (20'000, 'x');
    const auto post = ServerFixture::post (body, "Connection: close\r\n");
    const auto head = post.find ("\r\n\r\n") + 4;
    const auto piece = GENERATE (std::size_t { 1'000 }, std::size_t { 10 }); // each 50 ms
    RawClient client (engine.path());
    client.send (post.substr (0, head));
    const auto begin = std::chrono::steady_clock::now();
    for (auto at = head; at < post.size() && client.receive (1, 50).empty(); at += piece)
        client.send (std::string_view (post).substr (at, piece));
    const auto took = std::chrono::steady_clock::now() - begin;
    const auto response = RawResponse::parse (client.receive());
    CHECK (client.serverClosed());
    if (piece == 10) // 200 bytes a second; all of it would take 100 s
    {
        CHECK (response.status == 408);
        CHECK (took < std::chrono::seconds (9));
    }
    else
    {
        CHECK (response.status == 200);
        CHECK (took > std::chrono::milliseconds (900)); // a request without a body has 300
    }
    CHECK (answersHealth (engine));
}

TEST_CASE ("A body that is too large is refused, however it comes", "[engine][server][http][errors]")
{
    auto options = impatient();
    options.maxBodyBytes = 10'000;
    const ServerFixture engine (options);
    const std::string large (20'000, 'x');
    const std::string head = "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\n";

    SECTION ("by its announced length")
    {
        const auto response = request (engine.path(), "POST", protocol::speechPath, large);
        CHECK (response.status == 413);
        CHECK_THAT (response.body, Catch::Contains ("10000 bytes"));
    }
    SECTION ("an absurd length")
    {
        RawClient client (engine.path());
        client.send (head + "Content-Length: 18446744073709551615\r\n\r\nx");
        CHECK (RawResponse::parse (client.receive()).status == 413);
    }
    SECTION ("compressed to a few bytes")
    {
        std::string packed (1'000, ' ');
        auto size = static_cast<uLongf> (packed.size());
        REQUIRE (compress (reinterpret_cast<Bytef*> (packed.data()), &size,
                           reinterpret_cast<const Bytef*> (large.data()), large.size()) == Z_OK);
        packed.resize (size);
        RawClient client (engine.path());
        client.send (head + "Content-Encoding: deflate\r\nContent-Length: " + std::to_string (packed.size()) +
                     "\r\n\r\n" + packed);
        const auto response = RawResponse::parse (client.receive());
        CHECK (response.status == 413);
        CHECK_THAT (response.body, Catch::Contains ("10000 bytes"));
    }
    SECTION ("in chunks")
    {
        RawClient client (engine.path());
        client.send (head + "Transfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 4 && client.send ("1388\r\n" + large.substr (0, 5000) + "\r\n"); ++i)
            ;
        CHECK (RawResponse::parse (client.receive()).status == 413);
        CHECK (client.serverClosed());
    }
    CHECK (answersHealth (engine));
}

TEST_CASE ("Deeply nested JSON is refused without harm", "[engine][server][http][errors]")
{
    const ServerFixture engine;
    const auto response = request (engine.path(), "POST", protocol::speechPath, std::string (100'000, '['));
    CHECK (response.status == 400);
}

TEST_CASE ("An engine without clients ends after its idle time, not before", "[engine][server][http][stop]")
{
    SpeechServer::Options options;
    options.http.idleExit = std::chrono::milliseconds (300);
    ServerFixture engine (options);
    engine.control->frames = 60;
    engine.control->frameMs = 10;
    const auto begin = std::chrono::steady_clock::now();
    CHECK (engine.speak (ServerFixture::floats ("longer than the idle time")).complete);
    const auto left = std::chrono::steady_clock::now();
    engine.thread.join();
    const auto ended = std::chrono::steady_clock::now();
    CHECK (left - begin >= std::chrono::milliseconds (600));
    CHECK (ended - begin >= std::chrono::milliseconds (900)); // the idle time follows the speech
    CHECK (engine.end == HttpServer::End::Idle);
}

TEST_CASE ("A client that shuts its sending half after a request gets its whole answer",
           "[engine][server][http]")
{
    const ServerFixture engine;
    engine.control->frameMs = 20;
    RawClient client (engine.path());
    client.send (ServerFixture::post (ServerFixture::floats ("Hello.")));
    client.shutSendingHalf();
    const auto response = RawResponse::parse (client.receive());
    CHECK (response.status == 200);
    CHECK (response.complete);
    CHECK (asFloats (response.body) == engine.expectedFloats ("Hello.", 5));
    CHECK (client.serverClosed()); // and no further request is waited for
}

TEST_CASE ("HEAD has the head of GET, and no body", "[engine][server][http]")
{
    const ServerFixture engine;
    RawClient client (engine.path());
    client.send ("HEAD /health HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n");
    const auto head = RawResponse::parse (client.receive());
    CHECK (head.status == 200);
    CHECK (head.body.empty());
    CHECK (head.header ("Content-Length") ==
           request (engine.path(), "GET", "/health?verbose=1").header ("Content-Length"));
}

TEST_CASE ("An HTTP/1.0 client gets the same bytes without chunks", "[engine][server][http]")
{
    const ServerFixture engine;
    auto post = ServerFixture::post (ServerFixture::floats ("Hello."));
    post.replace (post.find ("HTTP/1.1"), 8, "HTTP/1.0");
    RawClient client (engine.path());
    client.send (post);
    const auto bytes = client.receive();
    CHECK (client.serverClosed());
    REQUIRE (bytes.substr (0, 12) == "HTTP/1.0 200");
    CHECK (bytes.find ("chunked") == std::string::npos);
    CHECK (asFloats (bytes.substr (bytes.find ("\r\n\r\n") + 4)) == engine.expectedFloats ("Hello.", 5));
}

TEST_CASE ("A client that waits for leave to send its body gets it", "[engine][server][http]")
{
    const ServerFixture engine;
    auto post = ServerFixture::post (ServerFixture::floats ("Hello."));
    post.insert (post.find ("Content-Length"), "Connection: close\r\nExpect: 100-continue\r\n");
    const auto head = post.find ("\r\n\r\n") + 4;
    RawClient client (engine.path());
    client.send (post.substr (0, head));
    const std::string leave = "HTTP/1.1 100 Continue\r\n\r\n";
    REQUIRE (client.receive (leave.size()) == leave);
    client.send (post.substr (head));
    CHECK (RawResponse::parse (client.receive().substr (leave.size())).complete);
}

TEST_CASE ("A path may be given as a whole address", "[engine][server][http]")
{
    const ServerFixture engine;
    CHECK (request (engine.path(), "GET", "http://engine/health").status == 200);
    CHECK (request (engine.path(), "GET", "http://engine").status == 404);
}

TEST_CASE ("A form is refused before it is read", "[engine][server][http][errors]")
{
    const ServerFixture engine;
    RawClient client (engine.path());
    client.send (
        "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nContent-Type: Multipart/form-data; boundary=x\r\n"
        "Content-Length: 1000000\r\n\r\n--x\r\n");
    CHECK (RawResponse::parse (client.receive()).status == 415);
    CHECK (client.serverClosed());
}

TEST_CASE ("At the limit the longest idle client makes room; a working one never does",
           "[engine][server][http]")
{
    SpeechServer::Options options;
    options.http.limits.connections = 3;
    const ServerFixture engine (options);
    engine.control->frames = 1000;
    engine.control->frameMs = 20;
    RawClient working (engine.path());
    working.send (ServerFixture::post (ServerFixture::floats ("a long story")));
    working.receive (1000);

    const std::string get = "GET /health HTTP/1.1\r\nHost: engine\r\n\r\n";
    const auto isAnswered = [&get] (RawClient& client) {
        const auto before = client.receive (0).size();
        return client.send (get) && client.receive (before + 1).size() > before;
    };
    RawClient first (engine.path()), second (engine.path());
    REQUIRE (isAnswered (first));
    REQUIRE (isAnswered (second));
    REQUIRE (isAnswered (first)); // now the second has been idle for longer
    RawClient third (engine.path());
    REQUIRE (isAnswered (third));
    second.receive();
    CHECK (second.serverClosed());
    CHECK (isAnswered (first));

    first.send ("GET "); // not idle any more
    third.send ("GET ");
    REQUIRE (eventually ([&] {
        const auto refused = request (engine.path(), "GET", "/health");
        return refused.status == 503 && refused.complete &&
               json::parse (refused.body)["error"]["type"] == "server_error";
    }));
    working.hangUp();
    CHECK (eventually ([&] { return answersHealth (engine); }));
}

TEST_CASE ("An answer that comes too late is not taken for the next request's",
           "[engine][server][http][framing]")
{
    std::shared_ptr<Exchange> first;
    const auto answer = [] (std::string text) { return HttpAnswer { .body = std::move (text) }; };
    HttpServer server ({},
                       { { .path = "/first",
                           .handle =
                               [&] (const auto& exchange) {
                                   first = exchange;
                                   exchange->send (answer ("first"));
                               } },
                         { .path = "/second",
                           .handle =
                               [&] (const auto& exchange) {
                                   first->send (answer ("late"));
                                   exchange->send (answer ("second"));
                               } } },
                       [&] (const Refusal& refusal) { return answer (refusal.why); });
    const test::TemporaryFolder folder;
    auto socket = UnixSocket::claim (folder.path() / "h.sock").value();
    REQUIRE (socket.listen());
    std::thread serving ([&] { server.serve ({ unixListener (socket.fd()) }); });
    RawClient client (socket.path());
    const auto ask = [&client] (const std::string& path) {
        const auto before = client.receive (0).size();
        client.send ("GET " + path + " HTTP/1.1\r\nHost: engine\r\n\r\n");
        std::string bytes;
        eventually ([&] {
            bytes = client.receive (std::string::npos, 20).substr (before);
            return RawResponse::parse (bytes).complete;
        });
        return RawResponse::parse (bytes).body;
    };
    CHECK (ask ("/first") == "first");
    CHECK (ask ("/second") == "second");
    server.stop();
    serving.join();
}
