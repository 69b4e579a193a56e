// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "EngineLink/Protocol.h"

using namespace tableread;
using namespace tableread::protocol;

namespace
{
SpeechRequest twoSpeakers()
{
    SpeechRequest request;
    request.format = SampleFormat::Float32;
    request.lines = { { 0, "Is \"this\" thing on?" }, { 1, "Ja — größer.\nZweite Zeile" } };
    request.voices = { { "Anna", "/voices/anna.wav" }, { "ben", {} } };
    request.seed = 18'446'744'073'709'551'615u;
    request.guidanceScale = 1.5f;
    request.steps = 5;
    return request;
}
} // namespace

TEST_CASE ("A speech request survives the wire", "[source][enginelink]")
{
    const auto request = twoSpeakers();
    const auto read = parseSpeechRequest (toJson (request));
    REQUIRE (read);
    CHECK (read->lines == request.lines);
    CHECK (read->voices == request.voices);
    CHECK (read->seed == request.seed);
    CHECK (read->guidanceScale == request.guidanceScale);
    CHECK (read->steps == request.steps);
    CHECK (read->format == request.format);
    CHECK (read->container == request.container);
    // A server that knows nothing of the extension still gets a text and a voice.
    CHECK (read->input == "Is \"this\" thing on?\nJa — größer.\nZweite Zeile");
    CHECK (read->voice == "Anna");
}

TEST_CASE ("A value of the wrong type is named with its article", "[source][enginelink]")
{
    const auto messageOf = [] (const char* json) { return parseSpeechRequest (json).error().message; };
    CHECK_THAT (messageOf ("[]"), Catch::Contains ("not an array"));
    CHECK_THAT (messageOf (R"({"input": {}})"), Catch::Contains ("not an object"));
    CHECK_THAT (messageOf (R"({"input": 7})"), Catch::Contains ("not a number"));
    CHECK_THAT (messageOf (R"({"input": "a", "tableread": "b"})"), Catch::Contains ("not a string"));
}

TEST_CASE ("A request that states no guidance leaves it to the model", "[source][enginelink]")
{
    auto request = twoSpeakers();
    request.guidanceScale.reset();
    const auto json = toJson (request);
    CHECK (json.find ("cfg_scale") == std::string::npos);
    CHECK_FALSE (parseSpeechRequest (json).value().guidanceScale);
    CHECK (parseSpeechRequest (R"({"input": "a", "tableread": {"cfg_scale": 0}})").value().guidanceScale ==
           0.0f);
}

TEST_CASE ("A plain OpenAI request is understood", "[source][enginelink]")
{
    const auto read =
        parseSpeechRequest (R"({"model": "tts-1", "input": "Hello.", "voice": "alloy", "speed": 1.0})");
    REQUIRE (read);
    CHECK (read->input == "Hello.");
    CHECK (read->voice == "alloy");
    CHECK (read->container == Container::Mp3); // as OpenAI's
    CHECK (read->format == SampleFormat::Int16);
    CHECK_FALSE (read->whole);
    CHECK (read->lines.empty());
    CHECK (read->steps == 10);
    CHECK_FALSE (read->guidanceScale);
}

TEST_CASE ("A voice may be named by its id", "[source][enginelink]")
{
    auto request = twoSpeakers();
    request.voices[1] = { "", {}, "voice_7" };
    CHECK (parseSpeechRequest (toJson (request))->voices == request.voices);
    request.voices.clear();
    request.voiceId = "voice_7";
    const auto read = parseSpeechRequest (toJson (request));
    REQUIRE (read);
    CHECK (read->voiceId == "voice_7");
    CHECK (read->voice.empty());
    CHECK (parseSpeechRequest (R"({"input": "a", "voice": {"id": "x", "more": 1}})")->voiceId == "x");
    CHECK (parseSpeechRequest (R"({"input": "a", "voice": null})")->voiceId.empty());
}

TEST_CASE ("A bad request is refused with the field's name", "[source][enginelink]")
{
    struct Bad
    {
        const char* json;
        ErrorCode code;
        const char* where;
    };
    const auto bad = GENERATE (
        Bad { "", ErrorCode::InvalidInput, "" }, Bad { "[]", ErrorCode::InvalidInput, "" },
        Bad { "{\"input\": \"unfinished", ErrorCode::InvalidInput, "" },
        Bad { R"({"input": ""})", ErrorCode::InvalidInput, "input" },
        Bad { R"({"input": 7})", ErrorCode::InvalidInput, "input" },
        Bad { R"({"input": "a", "response_format": "aac"})", ErrorCode::Unsupported, "response_format" },
        Bad { R"({"input": "a", "response_format": "mp4"})", ErrorCode::InvalidInput, "response_format" },
        Bad { R"({"input": "a", "response_format": 3})", ErrorCode::InvalidInput, "response_format" },
        Bad { R"({"input": "a", "tableread": {"format": "f32"}})", ErrorCode::InvalidInput,
              "tableread.format" },
        Bad { R"({"input": "a", "tableread": {"whole": "yes"}})", ErrorCode::InvalidInput,
              "tableread.whole" },
        Bad { R"({"input": "a", "stream_format": "sse", "tableread": {"whole": true}})",
              ErrorCode::InvalidInput, "tableread.whole" },
        Bad { R"({"input": "a", "tableread": 1})", ErrorCode::InvalidInput, "tableread" },
        Bad { R"({"input": "a", "tableread": {"steps": 0}})", ErrorCode::OutOfRange, "tableread.steps" },
        Bad { R"({"input": "a", "tableread": {"steps": 1.5}})", ErrorCode::InvalidInput, "tableread.steps" },
        Bad { R"({"input": "a", "tableread": {"steps": 18446744073709551615}})", ErrorCode::OutOfRange,
              "tableread.steps" },
        Bad { R"({"input": "a", "tableread": {"cfg_scale": -1}})", ErrorCode::OutOfRange,
              "tableread.cfg_scale" },
        Bad { R"({"input": "a", "tableread": {"seed": -1}})", ErrorCode::InvalidInput, "tableread.seed" },
        Bad { R"({"input": "a", "tableread": {"seed": 18446744073709551616}})", ErrorCode::InvalidInput,
              "tableread.seed" },
        Bad { R"({"input": "a", "tableread": {"cfg_scale": 1e999}})", ErrorCode::InvalidInput, "" },
        Bad { R"({"input": "a", "tableread": {"cfg_scale": NaN}})", ErrorCode::InvalidInput, "" },
        Bad { R"({"input": "a", "tableread": {"format": "f64"}})", ErrorCode::InvalidInput,
              "tableread.format" },
        Bad { R"({"input": "a", "tableread": {"voices": {}}})", ErrorCode::InvalidInput, "tableread.voices" },
        Bad { R"({"input": "a", "tableread": {"voices": [{}]}})", ErrorCode::InvalidInput,
              "tableread.voices[0].name" },
        Bad { R"({"input": "a", "voice": 7})", ErrorCode::InvalidInput, "voice" },
        Bad { R"({"input": "a", "voice": {}})", ErrorCode::InvalidInput, "voice.id" },
        Bad { R"({"input": "a", "voice": {"id": 7}})", ErrorCode::InvalidInput, "voice.id" },
        Bad { R"({"input": "a", "tableread": {"voices": [{"id": 7}]}})", ErrorCode::InvalidInput,
              "tableread.voices[0].id" },
        Bad { R"({"input": "a", "tableread": {"voices": [{"id": "x", "path": "/a.wav"}]}})",
              ErrorCode::InvalidInput, "tableread.voices[0].id" },
        Bad { R"({"input": "a", "tableread": {"voices": [{"path": "here.wav"}]}})", ErrorCode::InvalidInput,
              "tableread.voices[0].path" },
        Bad { R"({"tableread": {"voices": [{"name": "a"}], "lines": [{"speaker": 1, "text": "b"}]}})",
              ErrorCode::OutOfRange, "tableread.lines[0].speaker" });
    CAPTURE (bad.json);
    const auto read = parseSpeechRequest (bad.json);
    REQUIRE_FALSE (read);
    CHECK (read.error().code == bad.code);
    CHECK (read.error().where == bad.where);
    CHECK_FALSE (read.error().message.empty());
}

TEST_CASE ("A refusal stays one short line, whatever the request says", "[source][enginelink]")
{
    const std::string odd = "x\\n" + std::string (3000, 'y');
    const auto body =
        GENERATE_COPY (as<std::string> {}, R"({"input": "a", "response_format": ")" + odd + R"("})",
                       R"({"input": "a", "stream_format": ")" + odd + R"("})",
                       R"({"input": "a", "tableread": {"format": ")" + odd + R"("}})",
                       R"({"input": "a", "tableread": {"voices": [{"path": ")" + odd + R"("}]}})");
    const auto request = parseSpeechRequest (body);
    REQUIRE_FALSE (request);
    const auto& message = request.error().message;
    CAPTURE (message.substr (0, 100));
    CHECK (message.size() < 200);
    CHECK (message.find ('\n') == std::string::npos);
}

TEST_CASE ("A request names its format, and whether it wants a finished file", "[source][enginelink]")
{
    auto request = twoSpeakers();
    const auto [container, name] = GENERATE (table<Container, std::string> ({ { Container::Pcm, "pcm" },
                                                                              { Container::Wav, "wav" },
                                                                              { Container::Flac, "flac" },
                                                                              { Container::Opus, "opus" },
                                                                              { Container::Mp3, "mp3" } }));
    request.container = container;
    request.format = SampleFormat::Int16;
    request.whole = GENERATE (false, true);
    const auto json = toJson (request);
    CHECK_THAT (json, Catch::Contains ("\"response_format\":\"" + name + '"'));
    const auto read = parseSpeechRequest (json).value();
    CHECK (read.container == container);
    CHECK (read.whole == request.whole);
}

TEST_CASE ("A request that is too large is refused unread", "[source][enginelink]")
{
    const auto read = parseSpeechRequest (std::string (maxBodyBytes + 1, ' '));
    REQUIRE_FALSE (read);
    CHECK (read.error().code == ErrorCode::OutOfRange);
}

TEST_CASE ("A request says who asks and when it is due, if it wants to", "[source][enginelink]")
{
    auto request = twoSpeakers();
    CHECK (parseSpeechRequest (toJson (request))->client.empty());
    CHECK_FALSE (parseSpeechRequest (toJson (request))->dueMs);
    request.client = "session 7";
    request.dueMs = 1500.0;
    const auto read = parseSpeechRequest (toJson (request));
    CHECK (read->client == "session 7");
    CHECK (read->dueMs == 1500.0);
    const auto errorAt = [] (const std::string& field) {
        const auto refused = parseSpeechRequest (R"({"input": "a", "tableread": {)" + field + "}}");
        REQUIRE (! refused);
        return refused.error().where;
    };
    CHECK (errorAt (R"("due_ms": -1)") == "tableread.due_ms");
    CHECK (errorAt (R"("due_ms": "soon")") == "tableread.due_ms");
    CHECK (errorAt (R"("due_ms": 1e10)") == "tableread.due_ms");
    CHECK (errorAt (R"("client": 7)") == "tableread.client");
    CHECK (errorAt (R"("client": ")" + std::string (65, 'x') + '"') == "tableread.client");
}

TEST_CASE ("Text that is not UTF-8 does not stop a request from being written", "[source][enginelink]")
{
    auto request = twoSpeakers();
    request.lines[0].text = "broken \xff byte";
    CHECK (parseSpeechRequest (toJson (request)));
}

TEST_CASE ("An engine's health survives the wire", "[source][enginelink]")
{
    Health health {
        "ok", "0.1.0",           version,           "mini", "cpu-fp32-1",  24'000, 3200, true, 6, 5,
        4,    { "mini", "big" }, { "anna", "ben" }, {},     3'000'000'000, 0.25f
    };
    const bool onAGpu = GENERATE (false, true);
    if (onAGpu)
        health.offload = OffloadState { 28, 8, 2, false, 20, "int8", "preset budget" };
    const auto read = parseHealth (toJson (health));
    REQUIRE (read);
    CHECK (*read == health);
    CHECK_FALSE (parseHealth ("<html>"));
    CHECK_FALSE (parseHealth (R"({"protocol": "one"})"));
    CHECK_FALSE (parseHealth (R"({"sample_rate": 0})"));
    CHECK_FALSE (parseHealth (R"({"seats": 0})"));
    CHECK (parseHealth ("{}")->seats == 1); // of an engine that does not know them
    CHECK_FALSE (parseHealth (R"({"offload": {"gpu_layers": -1}})"));
    CHECK_FALSE (parseHealth (R"({"offload": 8})"));
    CHECK_FALSE (parseHealth (R"({"loading": 1.5})"));
    CHECK_FALSE (parseHealth (R"({"loading_bytes": -1})"));
}

TEST_CASE ("Of an engine of another protocol only what tells who it is is read", "[source][enginelink]")
{
    const auto health =
        parseHealth (R"({"protocol": 3, "version": "7.1", "busy": true, "status": [], "seats": "many"})");
    REQUIRE (health);
    CHECK (health->protocol == 3);
    CHECK (health->engineVersion == "7.1");
    CHECK (health->busy);
    CHECK (health->status == "ok"); // it is not waited for
    const auto other = parseHealth (R"({"protocol": 3, "version": 7, "busy": "very"})");
    REQUIRE (other);
    CHECK (other->engineVersion.empty());
    CHECK_FALSE (other->busy);
    CHECK_FALSE (parseHealth (R"({"protocol": 1, "seats": "many"})"));
}

TEST_CASE ("What an engine says of a job is read strictly", "[source][enginelink]")
{
    const auto job =
        parseJobStatus (R"({"id": "a", "state": "queued", "place": 3, "frames": 0, "due_ms": null})");
    REQUIRE (job);
    CHECK (*job == JobStatus { "queued", 3, 0 });
    CHECK (parseJobStatus (R"({"state": "speaking", "frames": 12})").value() ==
           JobStatus { "speaking", 0, 12 });
    CHECK_FALSE (parseJobStatus ("<html>"));
    CHECK_FALSE (parseJobStatus (R"({"state": 3})"));
    CHECK_FALSE (parseJobStatus (R"({"place": -1})"));
    CHECK (dueChange (250.0) == R"({"due_ms":250.0})");
    CHECK (dueChange ({}) == R"({"due_ms":null})");
}

TEST_CASE ("An error keeps its code, message and place", "[source][enginelink]")
{
    const auto code = GENERATE (ErrorCode::InvalidInput, ErrorCode::NotFound, ErrorCode::OutOfRange,
                                ErrorCode::OutOfMemory, ErrorCode::Unsupported, ErrorCode::Io,
                                ErrorCode::Cancelled, ErrorCode::Busy, ErrorCode::Internal);
    const auto read = parseError (httpStatus (code), toJson (Error { code, "what failed", "where" }));
    CHECK (read.code == code);
    CHECK (read.message == "what failed");
    CHECK (read.where == "where");
}

TEST_CASE ("An answer that is not an error object is quoted", "[source][enginelink]")
{
    const auto read = parseError (502, "<html>Bad gateway</html>");
    CHECK (read.message == "the engine answered 502 with \"<html>Bad gateway</html>\"");
    CHECK (parseError (503, "").code == ErrorCode::Busy);
    std::string deep (10'000, '['), many = "[";
    deep = R"({"error": {"message": "x", "more": )" + deep + std::string (10'000, ']') + "}}";
    for (int i = 0; i < 200'000; ++i)
        many += "[],";
    CHECK_THAT (parseError (500, deep).message, Catch::StartsWith ("the engine answered 500"));
    CHECK_THAT (parseError (500, R"({"error": {"message": "x", "more": )" + many + "1]}}").message,
                Catch::StartsWith ("the engine answered 500"));
    CHECK (parseError (500, std::string (100'000, 'x')).message.size() < 300);
}
