// SPDX-License-Identifier: Apache-2.0
// The response formats, as streams and as finished files.
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"
#include "Support/MemoryFile.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using nlohmann::json;

namespace
{
json bodyFor (const std::string& format, bool isWhole = false)
{
    return { { "input", "Hello." },
             { "voice", "anna" },
             { "response_format", format },
             { "tableread", { { "whole", isWhole } } } };
}

std::vector<float> heardIn (const RawResponse& response)
{
    return readSound (MemoryFile (response.body).path()).samples;
}

std::string anyFormat()
{
    return GENERATE (as<std::string> {}, "wav", "flac", "opus", "mp3");
}

/** A stream that fails after its first byte. */
class FailingBody : public BodySource
{
public:
    void begin (std::function<void()>) override {}

    State take (std::string& bytes) override
    {
        if (std::exchange (hasBegun, true))
            fail (ErrorCode::Internal, "the encoder was told to fail");
        bytes += "x";
        return State::Open;
    }

private:
    bool hasBegun = false;
};
} // namespace

TEST_CASE ("Each format comes as a stream, and as a finished file of the same samples",
           "[engine][server][formats]")
{
    const ServerFixture engine;
    engine.control->frames = 60; // 0.8 s: of a frame here, a tenth of a real one
    const auto [format, type] = GENERATE (table<std::string, std::string> ({ { "wav", "audio/wav" },
                                                                             { "flac", "audio/flac" },
                                                                             { "opus", "audio/ogg" },
                                                                             { "mp3", "audio/mpeg" } }));
    CAPTURE (format);
    const auto stream = engine.speak (bodyFor (format)), whole = engine.speak (bodyFor (format, true));
    for (const auto* answer : { &stream, &whole })
    {
        CHECK (answer->status == 200);
        CHECK (answer->complete);
        CHECK (answer->header ("Content-Type") == type);
        CHECK (answer->header ("X-TableRead-Fingerprint") == "fake-tones-1");
    }
    CHECK (stream.header ("Transfer-Encoding") == "chunked");
    CHECK (whole.header ("Transfer-Encoding").empty());
    CHECK (whole.header ("Content-Length") == std::to_string (whole.body.size()));
    CHECK (whole.header (protocol::finishReasonField) == "stop");
    CHECK ((heardIn (whole) == heardIn (stream)));
    CHECK (heardIn (whole).size() >= std::size_t { 60 } * FakeRenderer::frameSamples);
}

TEST_CASE ("A request without a format gets an MP3, as OpenAI's clients expect", "[engine][server][formats]")
{
    const ServerFixture engine;
    auto body = bodyFor ("mp3");
    const auto named = engine.speak (body);
    body.erase ("response_format");
    const auto unnamed = engine.speak (body);
    CHECK (unnamed.header ("Content-Type") == "audio/mpeg");
    CHECK (unnamed.body == named.body);
}

TEST_CASE ("The same request gets the same bytes, and another Ogg another number",
           "[engine][server][formats]")
{
    const ServerFixture engine;
    const auto format = anyFormat();
    CAPTURE (format);
    auto body = bodyFor (format);
    const auto first = engine.speak (body).body;
    CHECK (engine.speak (body).body == first);
    body["input"] = "Good bye.";
    const auto other = engine.speak (body).body;
    CHECK (other != first);
    if (format == "opus")
        CHECK (other.substr (14, 4) != first.substr (14, 4));
}

TEST_CASE ("Each format leaves long before the last frame", "[engine][server][formats]")
{
    const ServerFixture engine;
    engine.control->frames = 2'000;
    engine.control->frameMs = 10;
    const auto format = anyFormat();
    CAPTURE (format);
    RawClient client (engine.path());
    client.send (ServerFixture::post (bodyFor (format)));
    const auto bytes = client.receive (2'000);
    CHECK (RawResponse::parse (bytes).status == 200);
    CHECK (engine.control->framesRendered < 500);
}

TEST_CASE ("A finished WAV has its sizes and all samples, also for a client that reads slowly",
           "[engine][server][formats]")
{
    const ServerFixture engine;
    engine.control->frames = 1'500;
    auto body = ServerFixture::floats ("Hello.");
    body["response_format"] = "wav";
    body["tableread"]["whole"] = true;
    RawClient client (engine.path());
    client.send (ServerFixture::post (body));
    const std::size_t size = std::size_t { 1'500 } * FakeRenderer::frameSamples * sizeof (float) + 44;
    std::string bytes;
    for (std::size_t enough = 1'000; bytes.size() < size && ! client.serverClosed(); enough += 100'000)
    {
        bytes = client.receive (enough);
        std::this_thread::sleep_for (std::chrono::milliseconds (1));
    }
    const auto answer = RawResponse::parse (client.receive (bytes.find ("\r\n\r\n") + 4 + size));
    CHECK (answer.header ("Content-Length") == std::to_string (size));
    CHECK (answer.complete);
    REQUIRE (answer.body.size() == size);
    std::uint32_t dataBytes = 0;
    std::memcpy (&dataBytes, answer.body.data() + 40, sizeof (dataBytes));
    CHECK (dataBytes == size - 44);
    CHECK (asFloats (answer.body.substr (44)) == engine.expectedFloats ("Hello.", 1'500));
    client.send ("GET /health HTTP/1.1\r\nHost: engine\r\n\r\n"); // the connection stays
    CHECK_THAT (
        client.receive (bytes.find ("\r\n\r\n") + 4 + size + 10).substr (bytes.find ("\r\n\r\n") + 4 + size),
        Catch::StartsWith ("HTTP/1.1 200"));
}

TEST_CASE ("A finished file that cannot be finished has the status of the error",
           "[engine][server][formats][errors]")
{
    const ServerFixture engine;
    engine.control->failAtFrame = 3;
    engine.control->failure = { ErrorCode::OutOfRange, "the passage is too long", "line 1" };
    const auto answer = engine.speak (bodyFor (anyFormat(), true));
    CHECK (answer.status == 400);
    CHECK (answer.complete);
    CHECK (json::parse (answer.body)["error"]["message"] == "the passage is too long");
}

TEST_CASE ("Finished files take no more memory than they may in the whole process, and give it back",
           "[engine][server][formats][errors]")
{
    SpeechServer::Options options;
    options.filesBytes = 100'000;
    const ServerFixture engine (options);
    engine.control->frames = 200; // 128 kB
    const auto refused = engine.speak (bodyFor ("wav", true));
    CHECK (refused.status == 507);
    CHECK (json::parse (refused.body)["error"]["param"] == "tableread.whole");
    CHECK_THAT (json::parse (refused.body)["error"]["message"].get<std::string>(),
                Catch::Contains ("Ask for a stream"));
    REQUIRE (eventually ([&] { return ! engine.isBusy(); }));
    CHECK (engine.speak (bodyFor ("wav")).complete);
    engine.control->frames = 100;
    for (int i = 0; i < 5; ++i)
    {
        INFO ("answer " << i);
        REQUIRE (eventually ([&] { return engine.speak (bodyFor ("wav", true)).status == 200; }));
    }
}

TEST_CASE ("A client that leaves before its finished file cancels it", "[engine][server][formats][cancel]")
{
    const ServerFixture engine;
    engine.control->frames = 1'000;
    engine.control->frameMs = 100;
    {
        RawClient client (engine.path());
        client.send (ServerFixture::post (bodyFor (anyFormat(), true)));
        REQUIRE (eventually ([&] { return engine.control->framesRendered > 3; }));
    }
    CHECK (eventually ([&] { return engine.control->passagesCancelled == 1; }));
    CHECK (engine.control->framesRendered < 100);
}

TEST_CASE ("A finished file that somebody else cancels says so", "[engine][server][formats][cancel]")
{
    const ServerFixture engine;
    engine.control->frames = 1'000;
    engine.control->frameMs = 100;
    auto body = bodyFor ("wav", true);
    body["tableread"]["id"] = "one";
    RawClient client (engine.path());
    client.send (ServerFixture::post (body));
    REQUIRE (eventually ([&] { return engine.control->framesRendered > 3; }));
    CHECK (request (engine.path(), "DELETE", "/v1/tableread/jobs/one").status < 300);
    const auto answer = client.receive (400, 10'000);
    CHECK_THAT (answer, Catch::StartsWith ("HTTP/1.1 409"));
}

TEST_CASE ("Speech of no frame at all is a file all the same", "[engine][server][formats]")
{
    const ServerFixture engine;
    engine.control->frames = 0;
    const auto format = anyFormat();
    CAPTURE (format);
    const auto isWhole = GENERATE (false, true);
    const auto answer = engine.speak (bodyFor (format, isWhole));
    CHECK (answer.status == 200);
    CHECK (answer.complete);
    CHECK (heardIn (answer).size() <= 1'728); // of an MP3
}

TEST_CASE ("A body that fails while it is made ends without its last chunk", "[engine][server][http][errors]")
{
    const TemporaryFolder folder;
    auto socket = UnixSocket::claim (folder.path() / "e.sock").value();
    REQUIRE (socket.listen());
    HttpServer server ({},
                       { { .path = "/",
                           .handle =
                               [] (const auto& exchange) {
                                   exchange->send ({ .stream = std::make_unique<FailingBody>() });
                               } } },
                       [] (const Refusal&) { return HttpAnswer {}; });
    std::thread serving ([&] { server.serve ({ HttpListener { .fd = socket.fd() } }); });
    RawClient client (socket.path());
    client.send ("GET / HTTP/1.1\r\nHost: engine\r\n\r\n");
    const auto answer = RawResponse::parse (client.receive());
    CHECK (answer.status == 200);
    CHECK (answer.body == "x");
    CHECK (! answer.complete);
    CHECK (client.serverClosed());
    server.stop();
    serving.join();
}
