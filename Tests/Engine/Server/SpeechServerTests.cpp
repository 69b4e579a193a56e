// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using nlohmann::json;

namespace
{
std::string repeated (std::string_view text, int times)
{
    std::string result;
    for (int i = 0; i < times; ++i)
        result += text;
    return result;
}

} // namespace

TEST_CASE ("Health says what the engine is", "[engine][server]")
{
    const ServerFixture engine;
    const auto response = request (engine.path(), "GET", "/health");
    REQUIRE (response.status == 200);
    CHECK (response.complete);
    const auto health = json::parse (response.body);
    CHECK (health["status"] == "ok");
    CHECK (health["protocol"] == 1);
    CHECK (health["model"] == "fake");
    CHECK (health["fingerprint"] == "fake-tones-1");
    CHECK (health["sample_rate"] == 24'000);
    CHECK (health["frame_samples"] == FakeRenderer::frameSamples);
    CHECK (health["busy"] == false);
    CHECK (health["voices"] == json { "anna", "ben" });
    CHECK (! health["version"].get<std::string>().empty());
    CHECK (! health.contains ("offload"));
}

TEST_CASE ("Health says which layers stay on a GPU", "[engine][server][offload]")
{
    OffloadConfig offload { .layers = 28, .gpuLayers = 8, .settings = {}, .chosenBy = "preset budget" };
    offload.settings.weights = WeightsFormat::Int8;
    offload.settings.prefetch = 2;
    const ServerFixture engine ({}, {}, offload);
    const auto health = json::parse (request (engine.path(), "GET", "/health").body);
    CHECK (health.at ("offload") == json { { "layers", 28 },
                                           { "gpu_layers", 8 },
                                           { "prefetch", 2 },
                                           { "pin_memory", true },
                                           { "cache_trim_interval", 50 },
                                           { "weights", "int8" },
                                           { "chosen_by", "preset budget" } });
}

TEST_CASE ("Health is answered while the render thread is busy", "[engine][server]")
{
    const ServerFixture engine;
    engine.control->frames = 1000;
    engine.control->frameMs = 1000;
    RawClient client (engine.path());
    client.send (ServerFixture::post (ServerFixture::floats ("a long story")));
    REQUIRE (eventually ([&] { return engine.isBusy(); }));

    const auto begin = std::chrono::steady_clock::now();
    const auto health = json::parse (request (engine.path(), "GET", "/health").body);
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (60)); // the speech takes 1000 s
    CHECK (health["busy"] == true);
}

TEST_CASE ("Raw floats are the renderer's samples, bit for bit", "[engine][server]")
{
    const ServerFixture engine;
    const auto response = engine.speak (ServerFixture::floats ("Hello there."));
    REQUIRE (response.status == 200);
    CHECK (response.header ("Content-Type") == "audio/pcm");
    CHECK (response.header ("X-TableRead-Fingerprint") == "fake-tones-1");
    CHECK (response.complete);
    CHECK (asFloats (response.body) == engine.expectedFloats ("Hello there.", 5));
}

TEST_CASE ("The extension speaks several lines by several voices with its own settings", "[engine][server]")
{
    const ServerFixture engine;
    const auto recording = engine.folder.path() / "carl.wav";
    std::ofstream (recording) << "carl's voice";
    const auto response = engine.speak (
        { { "input", "not spoken" },
          { "response_format", "pcm" },
          { "tableread",
            { { "lines",
                { { { "speaker", 0 }, { "text", "One." } },
                  { { "speaker", 1 }, { "text", " Two \n words. " } } } },
              { "voices", { { { "name", "Ben" } }, { { "name", "Carl" }, { "path", recording.string() } } } },
              { "seed", 18446744073709551615u },
              { "cfg_scale", 1.5 },
              { "steps", 7 },
              { "format", "f32" } } } });
    REQUIRE (response.status == 200);
    RenderSettings settings;
    settings.seed = 18446744073709551615u;
    settings.guidanceScale = 1.5f;
    settings.steps = 7;
    const VoicedPassage passage { { { 0, "One." }, { 1, "Two words." } },
                                  { FakeRenderer::encode (engine.shelf->fetch ({ "Ben", {} }).value().audio),
                                    FakeRenderer::encode (
                                        engine.shelf->fetch ({ "Carl", recording }).value().audio) } };
    CHECK (asFloats (response.body) == FakeRenderer::expected (passage, settings, 5));
}

TEST_CASE ("A request without a guidance scale is spoken with the model's", "[engine][server]")
{
    const ServerFixture engine;
    engine.control->guidanceScale = 2.0f;
    const auto spoken = [&engine] (nlohmann::json more) {
        more["lines"] = { { { "speaker", 0 }, { "text", "One." } } };
        more["format"] = "f32";
        return asFloats (engine.speak ({ { "response_format", "pcm" }, { "tableread", more } }).body);
    };
    const auto with = [] (float guidance) {
        return FakeRenderer::expected ({ { { 0, "One." } }, {} }, { .guidanceScale = guidance }, 5);
    };
    CHECK (spoken (nlohmann::json::object()) == with (2.0f));
    CHECK (spoken ({ { "cfg_scale", 1.3 } }) == with (1.3f));
}

TEST_CASE ("A plain OpenAI request for a WAV is a stream of unknown length", "[engine][server]")
{
    const ServerFixture engine;
    const auto response = engine.speak (
        { { "model", "tts-1" }, { "input", "Hello." }, { "voice", "anna" }, { "response_format", "wav" } });
    REQUIRE (response.status == 200);
    CHECK (response.header ("Content-Type") == "audio/wav");
    CHECK (response.complete);
    CHECK (response.body.substr (0, 4) == "RIFF");
    CHECK (response.body.substr (4, 4) == "\xff\xff\xff\xff");
    CHECK (response.body.size() == 44 + 5 * FakeRenderer::frameSamples * 2);
}

TEST_CASE ("Sound leaves with the first frame, long before the last", "[engine][server]")
{
    const ServerFixture engine;
    engine.control->frames = 1000;
    engine.control->frameMs = 20;
    RawClient client (engine.path());
    client.send (ServerFixture::post (ServerFixture::floats ("a long story")));
    const auto bytes = client.receive (1000);
    CHECK (RawResponse::parse (bytes).status == 200);
    CHECK (bytes.size() >= 1000);
    CHECK (engine.control->framesRendered < 100);
}

TEST_CASE ("A failure before the first frame has a status and OpenAI's error", "[engine][server][errors]")
{
    const ServerFixture engine;
    engine.control->failAtFrame = 0;
    engine.control->failure = { ErrorCode::OutOfRange, "the passage is too long", "line 1" };
    const auto response = engine.speak (ServerFixture::floats ("Hello."));
    CHECK (response.status == 400);
    CHECK (errorOf (response)["message"] == "the passage is too long");
    CHECK (errorOf (response)["type"] == "invalid_request_error");
    CHECK (errorOf (response)["code"] == "out_of_range");

    engine.control->failAtFrame = -1;
    CHECK (engine.speak (ServerFixture::floats ("Hello.")).status == 200);
}

TEST_CASE ("A failure after the first frame cuts the body off, and the next job is as good as new",
           "[engine][server][errors]")
{
    const ServerFixture engine;
    engine.control->failAtFrame = 3;
    const auto response = engine.speak (ServerFixture::floats ("Hello."));
    CHECK (response.status == 200);
    CHECK (! response.complete);
    auto samples = engine.expectedFloats ("Hello.", 5);
    samples.resize (3 * FakeRenderer::frameSamples);
    CHECK (asFloats (response.body) == samples);

    engine.control->failAtFrame = -1;
    const auto next = engine.speak (ServerFixture::floats ("Hello."));
    CHECK (next.complete);
    CHECK (asFloats (next.body) == engine.expectedFloats ("Hello.", 5));
}

TEST_CASE ("A job waits for a seat, and beyond the queue one is turned away with the time it may take",
           "[engine][server][errors]")
{
    const ServerFixture engine ({}, { .queuedJobs = 1, .seats = [] (auto&) { return 1; } });
    engine.control->frames = 1000;
    engine.control->frameMs = 20;
    std::vector<std::unique_ptr<RawClient>> clients;
    const auto ask = [&] (const std::string& text) -> RawClient& {
        clients.push_back (std::make_unique<RawClient> (engine.path()));
        clients.back()->send (ServerFixture::post (ServerFixture::floats (text)));
        return *clients.back();
    };
    ask ("a long story").receive (1000);
    ask (std::string (900, 'x'));
    REQUIRE (eventually ([&] { return engine.worker->load().waiting == 1; }));
    const auto refused = engine.speak (ServerFixture::floats ("me too"));
    CHECK (refused.status == 503);
    CHECK (errorOf (refused)["code"] == "busy");
    CHECK_THAT (errorOf (refused)["message"].get<std::string>(), Catch::Contains ("queue is full"));
    CHECK (refused.header ("Retry-After") ==
           "60"); // 900 characters, at 15 a second until something was spoken
    RawClient beforeItsBody (engine.path());
    beforeItsBody.send ("POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nContent-Length: 1000\r\n\r\n");
    CHECK (RawResponse::parse (beforeItsBody.receive()).status == 503);

    clients.back()->hangUp(); // its place in the queue is free within a step
    const auto begin = std::chrono::steady_clock::now();
    CHECK (eventually ([&] { return engine.worker->load().waiting == 0; }));
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (5)); // the story takes 20
    engine.control->frames = 5;
    clients.front()->hangUp();
    CHECK (engine.speak (ServerFixture::floats ("me too")).complete);
}

TEST_CASE ("Several clients are answered at once, each with the samples that it would get alone",
           "[engine][server]")
{
    const ServerFixture engine;
    engine.control->frames = 20;
    engine.control->frameMs = 10;
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 8; ++i)
    {
        clients.push_back (std::make_unique<RawClient> (engine.path()));
        clients.back()->send (ServerFixture::post (ServerFixture::floats ("Number " + std::to_string (i)),
                                                   "Connection: close\r\n"));
    }
    for (int i = 0; i < 8; ++i)
    {
        const auto answer = RawResponse::parse (clients[static_cast<std::size_t> (i)]->receive());
        CHECK (answer.complete);
        CHECK (asFloats (answer.body) == engine.expectedFloats ("Number " + std::to_string (i), 20));
    }
    CHECK (engine.control->mostAtOnce > 1);
}

TEST_CASE ("A client that hangs up cancels its job within a frame", "[engine][server][cancel]")
{
    const ServerFixture engine;
    engine.control->frames = 1000;
    engine.control->frameMs = 300;
    const bool beforeTheFirstFrame = GENERATE (true, false);
    {
        RawClient client (engine.path());
        client.send (ServerFixture::post (ServerFixture::floats ("a long story")));
        if (beforeTheFirstFrame)
            REQUIRE (eventually ([&] { return engine.worker->load().speaking == 1; }));
        else
            client.receive (1000);
    }
    const int rendered = engine.control->framesRendered;
    REQUIRE (eventually ([&] { return engine.control->passagesCancelled == 1; }));
    CHECK (engine.control->framesRendered <= rendered + 1);

    engine.control->frames = 5;
    engine.control->frameMs = 0;
    const auto next = engine.speak (ServerFixture::floats ("Hello."));
    CHECK (next.complete);
    CHECK (asFloats (next.body) == engine.expectedFloats ("Hello.", 5));
}

TEST_CASE ("A job that comes while the engine stops is told so", "[engine][server][stop]")
{
    const ServerFixture engine;
    const bool alreadyTaken = GENERATE (true, false);
    if (alreadyTaken)
        engine.control->atFrame = [&engine] (int) { engine.worker->stop(); };
    else
        engine.worker->stop();
    const auto response = engine.speak (ServerFixture::floats ("Hi"));
    CHECK (response.status == 503);
    CHECK (errorOf (response)["code"] == "cancelled");
    CHECK_THAT (errorOf (response)["message"].get<std::string>(), Catch::Contains ("stopping"));
}

TEST_CASE ("A client that does not read slows its own job only", "[engine][server][cancel]")
{
    const ServerFixture engine ({}, { .holdSeconds = 4.0 * FakeRenderer::frameSamples / 24'000 });
    engine.control->frames = 100'000;
    RawClient client (engine.path());
    client.send (ServerFixture::post (ServerFixture::floats ("a very long story")));
    client.receive (100);

    int before = -1;
    REQUIRE (eventually ([&] { // it stops: the socket's buffers and the queue are full
        const int now = engine.control->framesRendered;
        std::this_thread::sleep_for (std::chrono::milliseconds (50));
        return std::exchange (before, now) == engine.control->framesRendered;
    }));
    CHECK (engine.control->framesRendered < 10'000);
    CHECK (request (engine.path(), "GET", "/health").status == 200);
    client.hangUp();
    CHECK (eventually ([&] { return ! engine.isBusy(); }));
}

TEST_CASE ("A voice is encoded once for all of its lines", "[engine][server]")
{
    const ServerFixture engine;
    engine.speak (ServerFixture::floats ("One."));
    engine.speak (ServerFixture::floats ("Two."));
    CHECK (engine.control->voicesEncoded == 1);
    std::ofstream (engine.folder.path() / "model" / "voices" / "anna.wav") << "anna has a cold";
    engine.speak (ServerFixture::floats ("Three."));
    CHECK (engine.control->voicesEncoded == 2);
}

TEST_CASE ("Requests that cannot be used are refused in words", "[engine][server][errors]")
{
    const ServerFixture engine;
    const auto [body, status, says] = GENERATE (table<std::string, int, std::string> ({
        { "", 400, "not JSON" },
        { R"({"input": "Hi", "x": )" + repeated ("[", 32) + repeated ("]", 32) + "}", 400, "32 deep" },
        { "[0" + repeated (",0", 100'000) + "]", 400, "100000 values" },
        { "{", 400, "not JSON" },
        { "[]", 400, "object" },
        { "{\"input\": \"\xff\xfe\"}", 400, "not JSON" },
        { "{}", 400, "nothing to speak" },
        { R"({"input": "  \n ", "voice": "anna"})", 400, "nothing to speak" },
        { R"({"input": "Hi", "voice": "zoe"})", 404, "anna, ben" },
        { R"({"input": "Hi", "voice": "anna", "response_format": "aac"})", 422,
          R"(use "mp3", "opus", "flac", "wav" or "pcm")" },
        { R"({"input": "Hi", "voice": "anna", "response_format": "mp4"})", 400,
          R"(use "mp3", "opus", "flac", "wav" or "pcm")" },
        { R"({"input": "Hi", "response_format": "flac", "tableread": {"format": "f32"}})", 400,
          "flac has no floats" },
        { R"({"input": "Hi", "stream_format": "sse", "tableread": {"whole": true}})", 400, "events" },
        { R"({"input": "Hi", "tableread": {"whole": 1}})", 400, "true or false" },
        { R"({"input": "Hi", "voice": "anna", "speed": 2})", 422, "speed" },
        { R"({"input": "Hi", "voice": "anna", "stream_format": "mp4"})", 400, "sse" },
        { R"({"input": "Hi", "voice": "anna", "tableread": {"steps": 0}})", 400, "0" },
        { R"({"input": "Hi", "voice": "anna", "tableread": {"seed": -1}})", 400, "whole number" },
        { R"({"tableread": {"lines": [{"speaker": 1, "text": "x"}], "voices": [{"name": "anna"}]}})", 400,
          "1" },
        { R"({"tableread": {"lines": [{"text": ""}], "voices": [{"name": "anna"}]}})", 400,
          "nothing to speak" },
        { R"({"tableread": {"lines": [{"text": "x"}], "voices": [{"path": "/not/there.wav"}]}})", 404,
          "cannot be opened" },
        { R"({"tableread": {"lines": [{"text": "x"}], "voices": [{"path": "relative.wav"}]}})", 400,
          "absolute" },
    }));
    CAPTURE (body);
    const auto response = request (engine.path(), "POST", protocol::speechPath, body);
    CHECK (response.status == status);
    CHECK (response.complete);
    CHECK_THAT (errorOf (response)["message"].get<std::string>(), Catch::Contains (says));
    CHECK (engine.control->passagesRendered == 0);
}

TEST_CASE ("Unknown fields are ignored with a warning", "[engine][server]")
{
    const ServerFixture engine;
    auto body = ServerFixture::floats ("Hi");
    body["mood"] = "whisper";
    const auto response = engine.speak (body);
    CHECK (response.status == 200);
    CHECK (response.header ("Warning") == "299 - \"field mood is not used\"");
}

TEST_CASE ("A server that stops cuts off what it speaks and ends at once", "[engine][server][stop]")
{
    ServerFixture engine;
    engine.control->frames = 1000;
    engine.control->frameMs = 20;
    RawClient client (engine.path());
    client.send (ServerFixture::post (ServerFixture::floats ("a long story")));
    client.receive (1000);
    RawClient idle (engine.path());
    const auto begin = std::chrono::steady_clock::now();
    engine.stop();
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (15)); // the speech takes 20 s
    CHECK (engine.end == HttpServer::End::Stopped);
    const auto response = RawResponse::parse (client.receive());
    CHECK (response.status == 200);
    CHECK (! response.complete);
    CHECK (client.serverClosed());
}

TEST_CASE ("A recording that is named many times is read and held once", "[engine][server][voices]")
{
    const ServerFixture engine;
    const auto recording = (engine.folder.path() / "carl.wav").string();
    std::ofstream (recording) << "carl's voice";
    json voices = json::array();
    for (int i = 0; i < 64; ++i)
        voices.push_back ({ { "name", "Carl " + std::to_string (i) }, { "path", recording } });
    const auto response = engine.speak (
        { { "tableread",
            { { "lines", { { { "speaker", 63 }, { "text", "Hi." } } } }, { "voices", voices } } } });
    CHECK (response.complete);
    CHECK (engine.recordingsRead == 1);
    CHECK (engine.control->voicesEncoded == 1);
}

TEST_CASE ("Voices that the model cannot take in together are refused", "[engine][server][voices][errors]")
{
    ServerFixture engine; // its samples are the bytes of the file
    engine.control->maxPositions = 3'000'000 / FakeRenderer::frameSamples;
    engine.restart();
    const auto recording = (engine.folder.path() / "carl.wav").string();
    std::ofstream (recording) << std::string (2'000'000, 'x');
    const auto refused = engine.speak ({ { "tableread",
                                           { { "lines", { { { "text", "Hi." } } } },
                                             { "voices",
                                               { { { "name", "Carl" }, { "path", recording } },
                                                 { { "name", "Cora" }, { "path", recording } } } } } } });
    CHECK (refused.status == 400);
    CHECK (errorOf (refused)["param"] == "tableread.voices[1].path");
    CHECK_THAT (errorOf (refused)["message"].get<std::string>(), Catch::Contains ("together"));
    const auto alone =
        engine.speak ({ { "tableread",
                          { { "lines", { { { "text", "Hi." } } } },
                            { "voices", { { { "name", "Carl" }, { "path", recording } } } } } } });
    CHECK (alone.status == 200);
}

TEST_CASE ("Recordings take no more memory than they may in the whole process",
           "[engine][server][voices][errors]")
{
    SpeechServer::Options options;
    options.voicesBytes = 1'000; // less than the longest recording might need
    const ServerFixture engine (options);
    const auto refused = engine.speak (ServerFixture::floats ("Hi."));
    CHECK (refused.status == 503);
    CHECK (errorOf (refused)["type"] == "server_error");
    CHECK (errorOf (refused)["param"] == "voice");
    CHECK (engine.recordingsRead == 0);
}

TEST_CASE ("Errors name the field that Protocol.md promises", "[engine][server][errors]")
{
    const ServerFixture engine;
    const auto param = [&engine] (const std::string& body) {
        return errorOf (request (engine.path(), "POST", protocol::speechPath, body)).at ("param");
    };
    CHECK (param (R"({"input": "Hi", "voice": "zoe"})") == "voice");
    CHECK (param (R"({"input": " "})") == "input");
    CHECK (param (R"({"tableread": {"lines": [{"text": "a"}, {"text": " "}]}})") ==
           "tableread.lines[1].text");
    CHECK (param (R"({"input": "Hi", "tableread": {"voices": [{"name": "anna"}, {"name": "zoe"}]}})") ==
           "tableread.voices[1].name");
    CHECK (param (R"({"input": "Hi", "tableread": {"voices": [{"path": "/not/there.wav"}]}})") ==
           "tableread.voices[0].path");
    CHECK (param (R"({"input": "Hi", "tableread": {"steps": 0}})") == "tableread.steps");
    CHECK (param (R"({"input": "Hi", "speed": 2})") == "speed");
    CHECK (param (R"({"input": "Hi", "instructions": "Whisper."})") == "instructions");
    CHECK (param (R"({"input": "Hi", "stream_format": "mp4"})") == "stream_format");
    CHECK (param (R"({"input": "Hi", "tableread": {"id": "a/b"}})") == "tableread.id");
}

TEST_CASE ("A field that is null is absent", "[engine][server]")
{
    const ServerFixture engine;
    const auto response = engine.speak ({ { "input", "Hi" },
                                          { "voice", nullptr },
                                          { "speed", nullptr },
                                          { "stream_format", nullptr },
                                          { "instructions", nullptr },
                                          { "response_format", nullptr },
                                          { "tableread", nullptr } });
    CHECK (response.status == 200);
    CHECK (response.header ("Warning").empty());
}
