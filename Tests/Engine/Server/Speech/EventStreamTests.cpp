// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Core/Base64.h"
#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::test;
using nlohmann::json;

namespace
{
/** A body that asks for raw floats as events. */
json asEvents (const std::string& text)
{
    auto body = ServerFixture::floats (text);
    body["stream_format"] = "sse";
    return body;
}

/** The events of an answer, each with what stands in `data`; comments are left out. */
std::vector<json> eventsOf (const std::string& body)
{
    std::vector<json> events;
    for (std::size_t at = 0; at < body.size();)
    {
        const auto end = body.find ("\n\n", at);
        REQUIRE (end != std::string::npos); // each event is whole
        const auto text = body.substr (at, end - at);
        at = end + 2;
        if (text.starts_with (":"))
            continue;
        const auto line = text.find ('\n');
        REQUIRE (text.starts_with ("event: "));
        REQUIRE (text.substr (line + 1, 6) == "data: ");
        events.push_back (json::parse (text.substr (line + 7)));
        CHECK (text.substr (7, line - 7) == events.back()["type"].get<std::string>());
    }
    return events;
}

std::vector<json> ofType (const std::vector<json>& events, const std::string& type)
{
    std::vector<json> found;
    for (const auto& event : events)
        if (event["type"] == type)
            found.push_back (event);
    return found;
}

std::vector<std::string> typesOf (const std::vector<json>& events)
{
    std::vector<std::string> types;
    types.reserve (events.size());
    for (const auto& event : events)
        types.push_back (event["type"]);
    return types;
}

std::string finalType (const std::vector<json>& events)
{
    int finals = 0;
    for (const auto& type : typesOf (events))
        finals += type == "speech.audio.done" || type == "speech.audio.error" ? 1 : 0;
    CHECK (finals == 1);
    return events.back()["type"];
}
} // namespace

TEST_CASE ("Events carry the bytes of the plain answer and one last message", "[engine][server][events]")
{
    const ServerFixture engine;
    engine.control->frameMs = 5;
    const auto response = engine.speak (asEvents ("Hello there."));
    REQUIRE (response.status == 200);
    CHECK (response.complete);
    CHECK (response.header ("Content-Type") == "text/event-stream");
    CHECK (response.header ("Cache-Control") == "no-cache");
    const auto events = eventsOf (response.body);
    std::string base64;
    const auto plain = engine.speak (ServerFixture::floats ("Hello there.")).body;
    std::size_t at = 0;
    for (const auto& delta : ofType (events, "speech.audio.delta"))
    {
        const auto text = delta["audio"].get<std::string>();
        const auto bytes = text.size() / 4 * 3 - static_cast<std::size_t> (std::ranges::count (text, '='));
        CHECK (text == toBase64 (plain.substr (at, bytes)));
        at += bytes;
    }
    CHECK (at == plain.size());
    REQUIRE (finalType (events) == "speech.audio.done");
    const auto& done = events.back();
    CHECK (done["finish_reason"] == "stop");
    CHECK (done["fingerprint"] == "fake-tones-1");
    CHECK (done["job"] == response.header ("X-TableRead-Job"));
    CHECK (done["usage"] == json { { "input_tokens", 1 }, { "output_tokens", 5 }, { "total_tokens", 6 } });
}

TEST_CASE ("Events tell where the job is", "[engine][server][events]")
{
    const ServerFixture engine ({}, { .seats = [] (auto&) { return 1; } });
    engine.control->frames = 1000;
    engine.control->frameMs = 5;
    RawClient first (engine.path());
    first.send (ServerFixture::post (ServerFixture::floats ("a long story")));
    first.receive (1000);
    RawClient second (engine.path()), third (engine.path());
    second.send (ServerFixture::post (ServerFixture::floats ("another one")));
    REQUIRE (eventually ([&] { return engine.worker->load().waiting == 1; }));
    third.send (ServerFixture::post (asEvents ("Hello."), "Connection: close\r\n"));
    REQUIRE (eventually ([&] { return engine.worker->load().waiting == 2; }));
    CHECK (eventually ([&] { // before it has a seat
        return third.receive (std::string::npos, 10).find ("\"place\":2") != std::string::npos;
    }));
    engine.control->frames = 5;
    second.hangUp();
    first.hangUp();
    const auto events = eventsOf (RawResponse::parse (third.receive()).body);
    std::vector<json> places;
    std::vector<std::string> states;
    std::int64_t frames = 0;
    for (const auto& progress : ofType (events, "speech.progress"))
    {
        if (states.empty() || states.back() != progress["state"])
            states.push_back (progress["state"]);
        if (progress.contains ("place"))
            places.push_back (progress["place"]);
        else
        {
            CHECK (progress["frames"].get<std::int64_t>() >= frames);
            frames = progress["frames"];
        }
    }
    CHECK (places.front() == 2);
    CHECK (states.front() == "queued");
    CHECK (states.back() == "speaking");
    CHECK (frames == 5);
    CHECK (ofType (events, "speech.progress").back()["seconds"] ==
           Approx (5.0 * FakeRenderer::frameSamples / 24'000));
}

TEST_CASE ("Events tell where lines begin and end", "[engine][server][events]")
{
    const ServerFixture engine;
    engine.control->frames = 100; // 32 000 samples
    auto body = asEvents ({});
    body["tableread"]["lines"] = { { { "text", "123456789012" } }, { { "text", "One more." } } };
    const auto events = eventsOf (engine.speak (body).body);
    const auto starts = ofType (events, "speech.line.start"), ends = ofType (events, "speech.line.end");
    REQUIRE (starts.size() == 2);
    REQUIRE (ends.size() == 2);
    const auto is = [] (const json& event, int line, int sample, bool isEstimated) {
        CHECK (event["line"] == line);
        CHECK (event["sample"] == sample);
        CHECK (event["estimated"] == isEstimated);
    };
    is (starts[0], 0, 0, false);
    is (ends[0], 0, 19'200, true); // 12 characters at 15 a second
    is (starts[1], 1, 19'200, true);
    is (ends[1], 1, 32'000, false);
}

TEST_CASE ("A failure is the last event in OpenAI's words", "[engine][server][events][errors]")
{
    const ServerFixture engine;
    const int frame = GENERATE (0, 2);
    engine.control->failAtFrame = frame;
    const auto response = engine.speak (asEvents ("Hello."));
    CHECK (response.status == 200);
    CHECK (response.complete);
    const auto events = eventsOf (response.body);
    REQUIRE (finalType (events) == "speech.audio.error");
    CHECK (events.back()["error"]["message"] == "the fake renderer was told to fail");
    CHECK (events.back()["error"]["type"] == "server_error");
    CHECK (events.back()["finish_reason"] == "error");
    CHECK (ofType (events, "speech.audio.delta").empty() == (frame == 0));
}

TEST_CASE ("What is wrong with a request is told by the status also to those who want events",
           "[engine][server][events][errors]")
{
    const ServerFixture engine;
    auto unknownVoice = asEvents ("Hello.");
    unknownVoice["voice"] = "zoe";
    CHECK (engine.speak (unknownVoice).status == 404);
    CHECK (engine.speak (asEvents (" ")).status == 400);
}

TEST_CASE ("A cancelled job has a last event", "[engine][server][events][cancel]")
{
    const ServerFixture engine;
    engine.control->frames = 1000;
    engine.control->frameMs = 20;
    auto body = asEvents ("a long story");
    body["tableread"]["id"] = "story";
    RawClient client (engine.path());
    client.send (ServerFixture::post (body, "Connection: close\r\n"));
    client.receive (2000);
    CHECK (request (engine.path(), "DELETE", "/v1/tableread/jobs/story").status == 200);
    const auto response = RawResponse::parse (client.receive());
    CHECK (response.complete);
    const auto events = eventsOf (response.body);
    REQUIRE (finalType (events) == "speech.audio.done");
    CHECK (events.back()["finish_reason"] == "cancelled");
}

TEST_CASE ("A client of events that leaves cancels its job", "[engine][server][events][cancel]")
{
    const ServerFixture engine;
    engine.control->frames = 1000;
    engine.control->frameMs = 20;
    {
        RawClient client (engine.path());
        client.send (ServerFixture::post (asEvents ("a long story")));
        client.receive (2000);
    }
    CHECK (eventually ([&] { return engine.control->passagesCancelled == 1; }));
}

TEST_CASE ("A wait is filled with comments", "[engine][server][events]")
{
    SpeechServer::Options options;
    options.betweenComments = std::chrono::milliseconds (30);
    const ServerFixture engine (options);
    engine.control->frames = 2;
    engine.control->frameMs = 300;
    const auto body = engine.speak (asEvents ("Hello.")).body;
    std::size_t comments = 0;
    for (auto at = body.find (": \n\n"); at != std::string::npos; at = body.find (": \n\n", at + 1))
        ++comments;
    CHECK (comments >= 3); // one each 30 ms in 600
    CHECK (comments <= 40);
    CHECK (finalType (eventsOf (body)) == "speech.audio.done");
}
