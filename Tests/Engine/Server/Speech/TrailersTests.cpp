// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
std::string receive (const ServerFixture& engine, const std::string& fields,
                     const std::function<void()>& meanwhile = {})
{
    RawClient client (engine.path());
    client.send (ServerFixture::post (ServerFixture::floats ("Hello."), "Connection: close\r\n" + fields));
    if (meanwhile)
    {
        client.receive (1000);
        meanwhile();
    }
    return client.receive();
}

std::string endsWith (const char* reason)
{
    return "X-TableRead-Finish-Reason: " + std::string (reason) +
           "\r\nX-TableRead-Fingerprint: fake-tones-1\r\n";
}
} // namespace

TEST_CASE ("A client that takes trailers learns how the speech ended", "[engine][server]")
{
    const ServerFixture engine;
    const auto [how, name] =
        GENERATE (table<FinishReason, const char*> ({ { FinishReason::Stop, "stop" },
                                                      { FinishReason::Length, "length" },
                                                      { FinishReason::MaxSeconds, "length" } }));
    engine.control->finish = how;
    const auto* const field = GENERATE ("TE: trailers\r\n", "TE: gzip, Trailers\r\nConnection: TE\r\n");
    const auto answer = RawResponse::parse (receive (engine, field));
    CHECK (answer.complete);
    CHECK (answer.header ("Trailer") == "X-TableRead-Finish-Reason, X-TableRead-Fingerprint");
    CHECK (answer.trailers == endsWith (name));
    CHECK (asFloats (answer.body) == engine.expectedFloats ("Hello.", 5));
}

TEST_CASE ("A client that does not ask for trailers gets none", "[engine][server]")
{
    const ServerFixture engine;
    const auto* const field = GENERATE ("", "TE: gzip\r\n", "TE: trailersque\r\n");
    const auto answer = RawResponse::parse (receive (engine, field));
    CHECK (answer.complete);
    CHECK (answer.header ("Trailer").empty());
    CHECK (answer.trailers.empty());
}

TEST_CASE ("A connection goes on behind trailers and they are for one answer", "[engine][server]")
{
    const ServerFixture engine;
    RawClient client (engine.path());
    const auto hears = [&client] (const std::string& end) {
        return eventually ([&] { return client.receive (std::string::npos, 10).ends_with (end); });
    };
    const std::string lastChunk = "\r\n0\r\n";
    client.send (ServerFixture::post (ServerFixture::floats ("Hello."), "TE: trailers\r\n"));
    REQUIRE (hears (lastChunk + endsWith ("stop") + "\r\n"));
    client.send (ServerFixture::post (ServerFixture::floats ("Hello.")));
    CHECK (hears (lastChunk + "\r\n"));
    CHECK_FALSE (client.serverClosed());
}

TEST_CASE ("A speech that is cancelled is complete only for those who are told", "[engine][server][cancel]")
{
    const ServerFixture engine;
    engine.control->frames = 1000;
    engine.control->frameMs = 20;
    const bool takesTrailers = GENERATE (true, false);
    const auto cancelAll = [&engine] {
        const auto list = nlohmann::json::parse (request (engine.path(), "GET", "/v1/tableread/jobs").body);
        for (const auto& job : list["data"])
            request (engine.path(), "DELETE", "/v1/tableread/jobs/" + job["id"].get<std::string>());
    };
    const auto begin = std::chrono::steady_clock::now();
    const auto answer =
        RawResponse::parse (receive (engine, takesTrailers ? "TE: trailers\r\n" : "", cancelAll));
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (15)); // the speech takes 20 s
    CHECK (answer.complete == takesTrailers);
    CHECK (answer.trailers == (takesTrailers ? endsWith ("cancelled") : ""));
}

TEST_CASE ("A speech that fails stays incomplete even with trailers", "[engine][server][errors]")
{
    const ServerFixture engine;
    engine.control->failAtFrame = 2;
    const auto answer = RawResponse::parse (receive (engine, "TE: trailers\r\n"));
    CHECK (answer.status == 200);
    CHECK (! answer.complete);
    CHECK (answer.body.size() == 2 * FakeRenderer::frameSamples * sizeof (float));
}
