// SPDX-License-Identifier: Apache-2.0
// Loads on an engine that answers as each test wants. Its frames are 8 bytes, 100 ms.
#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include "Bench/LoadReport.h"
#include "ScriptedEngine.h"
#include "Support/Failure.h"

using namespace tableread;
using namespace tableread::test;
using Json = nlohmann::json;

namespace
{
LoadSettings loadOn (const ScriptedEngine& engine, double seconds = 0.3)
{
    LoadSettings settings;
    settings.socket = engine.path();
    settings.seconds = seconds;
    settings.finishSeconds = 5;
    settings.lines = { { "Hi there.", {} } };
    return settings;
}

/** A frame whose bytes depend on the text. */
std::string frameOf (const Json& request)
{
    return std::string (8, static_cast<char> ('a' + request["input"].get<std::string>().size()));
}

Pieces quick (const Json& request, int)
{
    return { { speech (frameOf (request)), 5 } };
}
} // namespace

TEST_CASE ("A request says what it is for", "[bench][load]")
{
    const ScriptedEngine engine (quick);
    auto settings = loadOn (engine);
    settings.clients = 2;
    settings.seed = 18446744073709551615u;
    settings.dueMs = 250;
    settings.clientNames = "c";
    settings.lines = { { "One.", { "anna", {} } }, { "Three.", { "me", "/home/me.wav" } } };
    CHECK (measureLoad (settings).isGood());
    const auto requests = engine.requests();
    REQUIRE (requests.size() > 4);
    std::map<std::string, std::vector<std::string>> textsOf;
    for (const auto& request : requests)
    {
        textsOf[request["tableread"]["client"]].push_back (request["input"]);
        CHECK (request["tableread"]["seed"] == settings.seed);
        CHECK (request["tableread"]["due_ms"] == 250);
        CHECK (request["tableread"]["format"] == "f32");
        CHECK (request["response_format"] == "pcm");
        if (request["input"] == "One.")
            CHECK (request["voice"] == "anna");
        else
            CHECK (request["tableread"]["voices"] ==
                   Json { { { "name", "me" }, { "path", "/home/me.wav" } } });
    }
    REQUIRE (textsOf.size() == 2);
    CHECK (textsOf["c0"][0] == "One.");
    CHECK (textsOf["c0"][1] == "Three.");
    CHECK (textsOf["c1"][0] == "Three.");

    settings = loadOn (engine);
    settings.format = protocol::SampleFormat::Int16;
    CHECK (measureLoad (settings).isGood());
    const auto plain = engine.requests().back();
    CHECK (plain["tableread"] == Json { { "seed", 0 }, { "format", "s16" } });
    CHECK_FALSE (plain.contains ("voice"));
}

TEST_CASE ("A 503 is counted, repeated after Retry-After or a moment, and is no error", "[bench][load]")
{
    const std::string fields = GENERATE (as<std::string>(), "", "Retry-After: 1\r\n");
    const ScriptedEngine engine ([&] (const Json& request, int index) {
        return index < 2 ? Pieces { { refusal (503, "{}", fields) } } : quick (request, index);
    });
    auto settings = loadOn (engine, fields.empty() ? 0.3 : 2.5);
    const auto report = measureLoad (settings);
    CHECK (report.load.busy == 2);
    CHECK (report.load.done > 0);
    CHECK (report.load.errors() == 0);
    CHECK (report.isGood());
    // The first line was waited for through both: two moments of 50 ms, or two seconds.
    CHECK (report.load.firstAudioMs.most > (fields.empty() ? 100 : 2'000));
    if (fields.empty())
        CHECK (report.load.firstAudioMs.most < 1'000);
}

TEST_CASE ("Who only gets 503 has not been served", "[bench][load]")
{
    const ScriptedEngine engine ([&] (const Json& request, int index) {
        return request["tableread"]["client"] == "c1" ? Pieces { { refusal (503, "{}") } }
                                                      : quick (request, index);
    });
    auto settings = loadOn (engine);
    settings.clients = 3;
    settings.clientNames = "c";
    const auto report = measureLoad (settings);
    CHECK (report.load.leastJobs == 0);
    CHECK (report.load.mostJobs > 2);
    CHECK (report.load.unheard == 1);
    CHECK (report.load.unfinished == 1);
    CHECK (report.load.busy > 2);
    CHECK (report.load.firstAudioMs.most >= 250); // the wait in vain counts: 300 ms less what beginning takes
    CHECK (report.load.firstAudioMs.most < 3'000); // and nobody asks again when the time is up
}

TEST_CASE ("Clients that take turns get the same number of jobs", "[bench][load]")
{
    const ScriptedEngine engine (quick);
    auto settings = loadOn (engine, 0.6);
    settings.clients = 8; // as many as RawServer's queue holds in order
    const auto report = measureLoad (settings);
    CHECK (report.load.leastJobs >= 1);
    CHECK (report.load.mostJobs - report.load.leastJobs <= 1);
    CHECK (report.load.doneInTime <= report.load.done);
}

TEST_CASE ("Errors are named, and the clients go on", "[bench][load]")
{
    const ScriptedEngine engine ([] (const Json& request, int index) -> Pieces {
        switch (index)
        {
            case 0:
                return { { audioHead + chunk (frameOf (request)) } };
            case 1:
                return { { refusal (422,
                                    R"({"error": {"message": "no such voice", "code": "unsupported"}})") } };
            case 2:
                return { { speech ("abc") } };
            case 3:
                return { { speech ("") } };
            case 4:
                return { { refusal (200, "{}") } };
            default:
                return quick (request, index);
        }
    });
    const auto report = measureLoad (loadOn (engine, 0.6));
    std::vector<std::string> kinds;
    for (const auto& [kind, fault] : report.load.faults)
        kinds.push_back (kind);
    CHECK (kinds == std::vector<std::string> { "an answer that is not audio", "an answer without audio",
                                               "status 422 (unsupported)", "the audio ended within a sample",
                                               "the body was cut: its end did not come (partial message)" });
    CHECK (report.load.faults.at ("status 422 (unsupported)").example == "no such voice");
    CHECK (report.load.done > 0);
    CHECK_FALSE (report.isGood());
}

TEST_CASE ("Every stream is compared with that of its line alone", "[bench][load]")
{
    struct Case
    {
        std::string stream;     // instead of 16 times 'e'
        std::string difference; // empty: none
    };
    const std::string whole (16, 'e');
    auto other = whole;
    other[13] = 'x';
    const auto [stream, difference] =
        GENERATE_COPY (as<Case>(), Case { whole, "" }, Case { other, "One., client 0, byte 13" },
                       Case { whole + "eeee", "One., client 0, byte 16" },
                       Case { whole.substr (4), "One., client 0, byte 12" });
    const ScriptedEngine engine ([&stream = stream] (const Json& request, int index) -> Pieces {
        const auto bytes = frameOf (request) + frameOf (request);
        return { { speech (index == 4 ? stream : bytes), 5 } };
    });
    auto settings = loadOn (engine);
    settings.compare = true;
    settings.lines = { { "One.", {} }, { "Three.", {} } };
    const auto report = measureLoad (settings);
    const auto requests = engine.requests();
    REQUIRE (requests.size() > 6);
    CHECK (requests[0]["input"] == "One."); // alone
    CHECK (requests[1]["input"] == "Three.");
    CHECK (requests[4]["input"] == "One."); // the load's third
    CHECK (report.load.errors() == 0);
    CHECK (report.load.difference == difference);
    CHECK (report.load.differing == (difference.empty() ? 0 : 1));
    CHECK (report.isGood() == difference.empty());
}

TEST_CASE ("A line that is not spoken alone cannot be compared with", "[bench][load]")
{
    const ScriptedEngine engine ([] (const Json&, int) { return Pieces { { refusal (404, "{}") } }; });
    auto settings = loadOn (engine);
    settings.compare = true;
    const auto failure = failureOf ([&] { measureLoad (settings); });
    CHECK (failure.where == "Hi there.");
    CHECK_THAT (failure.message, Catch::Contains ("status 404"));
}

TEST_CASE ("Times are taken when a frame's bytes arrive", "[bench][load]")
{
    const ScriptedEngine engine ([] (const Json& request, int) {
        const auto frame = chunk (frameOf (request));
        return Pieces { { audioHead + frame, 100 }, { frame, 150 }, { frame, 50 }, { "0\r\n\r\n" } };
    });
    const auto report = measureLoad (loadOn (engine, 0.2)); // one request
    REQUIRE (report.load.done == 1);
    CHECK (report.load.firstAudioMs.p50 >= 100);
    CHECK (report.load.firstAudioMs.p50 < 245);       // the second frame
    REQUIRE (report.load.betweenFramesMs.count == 1); // the other began too late
    CHECK (report.load.betweenFramesMs.most >= 145);
    CHECK (report.load.doneInTime == 0);
    CHECK (report.load.audioPerSecond == Approx (0.1 / 0.2)); // one frame in time
}

TEST_CASE ("Audio of the time when the load settles is not counted", "[bench][load]")
{
    const ScriptedEngine engine ([] (const Json& request, int) {
        const auto frame = chunk (frameOf (request));
        return Pieces { { audioHead + frame, 0 }, { frame, 450 }, { frame, 300 }, { "0\r\n\r\n" } };
    });
    auto settings = loadOn (engine, 0.6); // one request, whose second frame comes in the time that is counted
    settings.settleSeconds = 0.3;
    const auto report = measureLoad (settings);
    REQUIRE (report.load.done == 1);
    CHECK (report.load.unheard == 0);
    CHECK (report.load.audioPerSecond == Approx (0.1 / 0.3));
}

TEST_CASE ("First audio is counted from the time when the request was due", "[bench][load]")
{
    const ScriptedEngine engine (quick);
    const auto settings = loadOn (engine);
    const auto facts = askEngine (settings);
    asio::io_context io;
    LineResult result;
    const auto late =
        std::make_shared<LineRequest> (io, facts.endpoint, planOf (settings, facts, settings.lines[0], 0),
                                       [&] (LineResult ended) { result = std::move (ended); });
    late->begin (Clock::now() - std::chrono::seconds (5));
    io.run();
    CHECK (result.end == LineResult::End::Done);
    CHECK (result.firstAudioMs.value_or (0) >= 5'000);
}

TEST_CASE ("Samples of 16 bits make frames of half the bytes", "[bench][load]")
{
    const ScriptedEngine engine ([] (const Json&, int) {
        return Pieces { { speech ("twoframes+"), 5 } };
    }); // 10 bytes
    auto settings = loadOn (engine);
    CHECK (measureLoad (settings).load.faults.count ("the audio ended within a sample") == 1);
    settings.format = protocol::SampleFormat::Int16;
    const auto report = measureLoad (settings);
    CHECK (report.isGood());
    CHECK (report.load.betweenFramesMs.count > 0); // two frames in a stream
}

TEST_CASE ("A stream that hangs is given up, and its wait counts", "[bench][load]")
{
    const ScriptedEngine engine ([] (const Json& request, int) {
        return Pieces { { audioHead + chunk (frameOf (request)) }, { {}, 700 } };
    });
    auto settings = loadOn (engine, 0.2);
    settings.finishSeconds = 0.1;
    const auto report = measureLoad (settings);
    CHECK (report.load.unfinished == 1);
    CHECK (report.load.unheard == 0);
    CHECK (report.load.betweenFramesMs.most >= 250);
    CHECK_FALSE (report.isGood()); // nothing was done
}

TEST_CASE ("In the open loop requests arrive whatever is answered", "[bench][load]")
{
    const ScriptedEngine slow ([] (const Json& request, int) {
        return Pieces { { speech (frameOf (request)), 40 } };
    }); // 25 a second
    auto settings = loadOn (slow, 1);
    settings.rate = 50;
    settings.clients = 4;
    settings.clientNames = "c";
    const auto report = measureLoad (settings);
    CHECK (report.load.unfinished == 0);
    CHECK (report.load.done > 35);
    CHECK (report.load.done < 65);
    CHECK (report.load.doneInTime < 26);
    // The queue grows by as much in the second as it takes to speak half of them.
    CHECK (report.load.firstAudioMs.p95 > 500);
    std::map<std::string, int> countOf;
    for (const auto& request : slow.requests())
        ++countOf[request["tableread"]["client"]];
    CHECK (countOf["c0"] - countOf["c3"] <= 1);

    const ScriptedEngine fast (quick);
    settings.socket = fast.path();
    CHECK (measureLoad (settings).load.done == report.load.done); // the same times again
    settings.seed = 1;
    settings.clientNames.reset();
    CHECK (measureLoad (settings).load.errors() == 0);
}

TEST_CASE ("A load is compared with a few clients alone", "[bench][load]")
{
    const ScriptedEngine engine ([] (const Json& request, int) {
        return Pieces { { audioHead + chunk (frameOf (request)), 20 },
                        { chunk (frameOf (request)) + "0\r\n\r\n", 20 } };
    });
    auto settings = loadOn (engine, 0.5);
    settings.clients = 4;
    settings.depth = 2;
    settings.baselineClients = 1;
    const auto report = measureLoad (settings);
    REQUIRE (report.baseline);
    CHECK (report.baseline->clients == 1);
    CHECK (report.load.clients == 4);
    const auto ratios = toJson (report)["ratios"];
    CHECK (ratios["audio_seconds_per_second"].get<double>() > 0.3); // one connection after the other
    CHECK (ratios["audio_seconds_per_second"].get<double>() < 3);
    CHECK (ratios["first_audio_ms"]["p50"].get<double>() > 4); // eight wait for each other
    CHECK_THAT (describe (report), Catch::Contains ("to 1 client(s)"));
}

TEST_CASE ("/health is asked twenty times a second, and a wait for it is seen", "[bench][load]")
{
    const ScriptedEngine engine ([] (const Json& request, int) {
        return Pieces { { speech (frameOf (request)), 200 } };
    }); // answers nobody else
    auto settings = loadOn (engine, 1);
    settings.asksHealth = true;
    const auto report = measureLoad (settings);
    CHECK (report.load.healthMs.count == 19);
    CHECK (report.load.healthMs.p95 > 100);
    CHECK (report.load.lateMs.count == 19);
    CHECK (report.load.errors() == 0);
}
