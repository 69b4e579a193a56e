// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Core/Base64.h"
#include "Engine/Server/ServerFixture.h"
#include "Server/Speech/EventStream.h"

using namespace tableread;
using namespace tableread::engine;
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
    CHECK (response.header (protocol::fingerprintField) == "fake-tones-1");
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
    SpeechServer::Options options;
    options.betweenComments = std::chrono::minutes (10); // they would bring the news too
    const ServerFixture engine (options, { .seats = [] (auto&) { return 1; } });
    engine.control->frames = 4000;
    engine.control->frameMs = 5;
    RawClient first (engine.path());
    first.send (ServerFixture::post (ServerFixture::floats ("a long story")));
    first.receive (1000);
    RawClient second (engine.path()), third (engine.path());
    second.send (ServerFixture::post (ServerFixture::floats ("another one")));
    REQUIRE (eventually ([&] { return engine.worker->load().waiting == 1; }));
    third.send (ServerFixture::post (asEvents ("Hello."), "Connection: close\r\n"));
    REQUIRE (eventually ([&] { return engine.worker->load().waiting == 2; }));
    const auto hears = [&third] (const char* text) { // before it has a seat
        return eventually (
            [&] { return third.receive (std::string::npos, 10).find (text) != std::string::npos; });
    };
    CHECK (hears ("\"place\":2"));
    engine.control->frames = 5;
    second.hangUp();
    CHECK (hears ("\"place\":1"));
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
    CHECK (places == std::vector<json> { 2, 1 });
    CHECK (states.front() == "queued");
    CHECK (states.back() == "speaking");
    CHECK (frames == 5);
    CHECK (ofType (events, "speech.progress").back()["seconds"] ==
           Approx (5.0 * FakeRenderer::frameSamples / 24'000));
}

TEST_CASE ("Progress is told when it changes and not again", "[engine][server][events]")
{
    const auto job = std::make_shared<SpeechJob>();
    job->id = "a";
    job->lines = { { 0, "Hello." } };
    int wakes = 0;
    EncoderPool pool;
    EventStream stream (std::make_shared<SpeechEncoding> (job, SpeechEncoder::Format {}, pool), {});
    stream.begin ([&wakes] { ++wakes; });
    const auto told = [&stream] {
        std::string bytes;
        stream.take (bytes);
        return eventsOf (bytes);
    };
    const auto progress = [] (const char* state, json more) {
        more.update ({ { "type", "speech.progress" }, { "job", "a" }, { "state", state } });
        return std::vector<json> { more };
    };
    const std::vector<json> nothing;
    CHECK (told() == nothing); // it is not in the queue yet
    for (const auto place : { std::size_t { 2 }, std::size_t { 1 } })
    {
        job->progress->waits (place);
        CHECK (told() == progress ("queued", { { "place", place } }));
        job->progress->waits (place);
        CHECK (told() == nothing);
    }
    CHECK (wakes == 2);
    job->progress->prepares();
    CHECK (wakes == 3);
    CHECK (told() == progress ("preparing", { { "frames", 0 }, { "seconds", 0.0 } }));
    CHECK (told() == nothing);
    for (const int frame : { 1, 2 })
    {
        job->progress->spokeFrame();
        job->queue.push (std::vector<float> (2'400));
        CHECK (wakes == 3 + frame);
        const auto events = told();
        CHECK (ofType (events, "speech.line.start").empty() == (frame > 1));
        CHECK (ofType (events, "speech.audio.delta").size() == 1);
        CHECK (ofType (events, "speech.progress") ==
               progress ("speaking", { { "frames", frame }, { "seconds", 0.1 * frame } }));
        CHECK (told() == nothing);
    }
    job->progress->ends ({});
    job->queue.finish();
    CHECK (typesOf (told()) == std::vector<std::string> { "speech.line.end", "speech.audio.done" });
}

TEST_CASE ("Events say that a job is prepared before it speaks", "[engine][server][events]")
{
    std::atomic<bool> mayGoOn { false };
    const ServerFixture engine;
    engine.control->beforeVoice = [&mayGoOn] {
        while (! mayGoOn)
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
    };
    RawClient client (engine.path());
    client.send (ServerFixture::post (asEvents ("Hello."), "Connection: close\r\n"));
    CHECK (eventually ([&] {
        return client.receive (std::string::npos, 10).find ("\"state\":\"preparing\"") != std::string::npos;
    }));
    mayGoOn = true;
    CHECK (finalType (eventsOf (RawResponse::parse (client.receive()).body)) == "speech.audio.done");
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
    CHECK (events.back().at ("fingerprint") == "fake-tones-1");
    CHECK (events.back().at ("job") == response.header ("X-TableRead-Job"));
    CHECK (events.back().at ("usage").at ("output_tokens") == frame);
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
    CHECK (options.betweenComments == std::chrono::seconds (10)); // as Protocol.md says
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
