// SPDX-License-Identifier: Apache-2.0
// Clients that stop half way: in a head, in a body, in their reading. None of them may keep anything of the engine.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"
#include "Support/VoiceForm.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using nlohmann::json;

namespace
{
std::ptrdiff_t descriptors()
{
    return std::distance (std::filesystem::directory_iterator ("/proc/self/fd"), {});
}

std::string inChunks (const std::string& body)
{
    constexpr std::size_t most = 37; // in hexadecimal digits of both kinds
    std::string chunks;
    for (std::size_t at = 0; at < body.size(); at += most)
    {
        const auto piece = body.substr (at, most);
        char size[16];
        std::snprintf (size, sizeof (size), "%zx\r\n", piece.size());
        chunks.append (size).append (piece).append ("\r\n");
    }
    return chunks + "0\r\n\r\n";
}

struct CutRequest
{
    const char* name;
    std::string head, body;
};

std::vector<CutRequest> cutRequests()
{
    const std::string chunked = "Transfer-Encoding: chunked\r\n\r\n",
                      speechHead = "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\n";
    const auto speech = ServerFixture::floats ("Hi.").dump();
    const auto upload = ofVoice ("Ada", "a sound");
    return { { "speech", speechHead + "Content-Length: " + std::to_string (speech.size()) + "\r\n\r\n",
               speech },
             { "speech in chunks", speechHead + chunked, inChunks (speech) },
             { "an upload", headOf (upload), upload },
             { "an upload in chunks", uploadHead (chunked), inChunks (upload) } };
}

/** A speech request that takes so many bytes. */
std::string paddedTo (std::size_t bytes)
{
    auto body = ServerFixture::floats ("Hi.").dump();
    return body + std::string (bytes - body.size(), ' ');
}
} // namespace

TEST_CASE ("A request that is cut at any byte is refused and leaves nothing behind",
           "[engine][server][http][errors]")
{
    constexpr std::size_t mostBytes = 2'000;
    const TemporaryFolder data;
    SpeechServer::Options options;
    options.voiceStore = data.path() / "voices";
    options.http.limits.bodiesBytes = mostBytes; // what a cut request kept would soon be missed
    const ServerFixture engine (options);
    REQUIRE (request (engine.path(), "GET", "/health").status == 200);
    const auto before = descriptors();
    for (const auto& [name, head, body] : cutRequests())
    {
        const auto whole = head + body;
        for (std::size_t size = 0; size < whole.size(); ++size)
        {
            CAPTURE (name, size, whole.size());
            RawClient (engine.path()).send (whole.substr (0, size)); // and closes
            RawClient client (engine.path());
            client.send (whole.substr (0, size));
            client.shutSendingHalf();
            const auto answer = RawResponse::parse (client.receive());
            CHECK (client.serverClosed());
            CHECK (answer.status == (size < head.size() ? 0 : 400));
        }
    }
    CHECK (eventually ([&] { return ! engine.isBusy() && descriptors() <= before; }));
    CHECK (engine.control->passagesRendered == 0);
    CHECK (engine.recordingsRead == 0);
    CHECK (json::parse (request (engine.path(), "GET", "/v1/tableread/jobs").body).at ("data").empty());
    const auto voices = json::parse (request (engine.path(), "GET", protocol::voicesPath).body).at ("data");
    CHECK (voices.size() == 2); // the model's own
    CHECK (request (engine.path(), "POST", protocol::speechPath, paddedTo (mostBytes)).complete);
}

TEST_CASE ("A client that reads nothing of its answer is gone after the time for writing",
           "[engine][server][http][cancel]")
{
    SpeechServer::Options options;
    options.http.limits.write = std::chrono::milliseconds (300);
    ServerFixture engine (options, { .holdSeconds = 100.0 * FakeRenderer::frameSamples / 24'000 });
    engine.listenOnTcp ("127.0.0.1:0", { .hosts = { "engine" } });
    auto body = ServerFixture::floats ("a long story");
    body["tableread"]["id"] = "story";
    const std::string kind = GENERATE (as<std::string> {}, "audio", "events", "a finished file");
    const bool isTcp = GENERATE (false, true);
    CAPTURE (kind, isTcp);
    engine.control->frames = 8'000; // 10 MB, more than sockets hold
    if (kind == "events")
        body["stream_format"] = "sse";
    body["tableread"]["whole"] = kind == "a finished file";
    const auto before = descriptors();
    RawClient client = isTcp ? engine.overTcp() : RawClient (engine.path());
    REQUIRE (client.send (ServerFixture::post (body)));
    REQUIRE (eventually ([&] { return engine.control->passagesRendered > 0 || engine.isBusy(); }));
    CHECK (eventually ([&] { return descriptors() == before + 1; })); // this end
    CHECK (eventually ([&] { return ! engine.isBusy(); }));
    CHECK (eventually ([&] { // one that is parked is not busy
        const auto job = json::parse (request (engine.path(), "GET", "/v1/tableread/jobs/story").body);
        return job.at ("finish_reason") == (kind == "a finished file" ? "stop" : "cancelled");
    }));
}

TEST_CASE ("A client that shuts its reading half cancels its request", "[engine][server][http][cancel]")
{
    const ServerFixture engine;
    engine.control->frames = 1'000;
    engine.control->frameMs = 20;
    RawClient client (engine.path());
    client.send (ServerFixture::post (ServerFixture::floats ("a long story")));
    if (GENERATE (false, true))
        client.receive (1'000);
    client.shutReceivingHalf();
    const auto begin = std::chrono::steady_clock::now();
    CHECK (eventually ([&] { return engine.control->passagesCancelled == 1; }));
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (15)); // the story takes 20 s
    CHECK (eventually ([&] { return ! engine.isBusy(); }));
}

TEST_CASE ("Long answers that nobody reads count as held until they are sent",
           "[engine][server][http][errors]")
{
    SpeechServer::Options options;
    options.http.limits.bodiesBytes = 150'000;
    const ServerFixture engine (options);
    engine.control->frames = 1;
    const auto list = [&engine] { return request (engine.path(), "GET", "/v1/tableread/jobs"); };
    const auto speakUntil = [&] (std::size_t bytes) {
        RawResponse all;
        for (int i = 0; i < 1'000 && (all = list()).body.size() < bytes && all.status == 200; ++i)
            for (int more = 0; more < 20; ++more)
                REQUIRE (engine.speak (ServerFixture::floats ("Hi.")).complete);
        return all;
    };
    REQUIRE (speakUntil (100'000).status == 200);
    for (int again = 0; again < 10; ++again)
        CHECK (list().status == 200); // what was sent is not held any more
    const auto refused = speakUntil (1'000'000);
    CHECK (refused.status == 503);
    CHECK (refused.complete);
    CHECK (json::parse (refused.body).at ("error").at ("code") == "busy");
    CHECK (engine.speak (ServerFixture::floats ("Hi.")).complete);
    CHECK (request (engine.path(), "GET", "/health").status == 200);
}
