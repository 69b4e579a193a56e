// SPDX-License-Identifier: Apache-2.0
// What a hostile client can cost the engine: the real program with the embedded model, in a process of its own.
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "Support/EngineProgram.h"
#include "Support/Instrumented.h"
#include "Support/Pipe.h"
#include "Support/SoundFiles.h"
#include "Support/VoiceForm.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
constexpr double mostCpuSeconds = 1, mostMegabytes = 300, mostKeptMegabytes = 32;

struct Engine : EngineProgram
{
    Engine() : EngineProgram (TABLEREAD_ENGINE_PROGRAM) {}
};

const std::string postHead = "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\n";

/** Sends a beginning, then the same piece again and again until the engine closes, `total` bytes are sent or ten seconds
    have passed. @returns the status of the answer. */
int flood (const Engine& engine, const std::string& head, const std::string& piece,
           std::size_t total = SIZE_MAX)
{
    RawClient client (engine.socket());
    const auto end = std::chrono::steady_clock::now() + 10s;
    bool goesOn = client.send (head);
    for (std::size_t sent = 0; goesOn && sent < total && std::chrono::steady_clock::now() < end;
         sent += piece.size())
        goesOn = client.send (piece);
    return RawResponse::parse (client.receive()).status;
}

int post (const Engine& engine, const std::string& fields, const std::string& body)
{
    return flood (engine,
                  postHead + fields + "Connection: close\r\nContent-Length: " + std::to_string (body.size()) +
                      "\r\n\r\n",
                  body, 1);
}

std::string gzipped (std::size_t zeros)
{
    std::string packed (1'000'000, ' ');
    z_stream stream {};
    REQUIRE (deflateInit2 (&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string block (1'000'000, '\0');
    stream.next_out = reinterpret_cast<Bytef*> (packed.data());
    stream.avail_out = static_cast<uInt> (packed.size());
    for (std::size_t done = 0; done < zeros; done += block.size())
    {
        stream.next_in = reinterpret_cast<Bytef*> (block.data());
        stream.avail_in = static_cast<uInt> (block.size());
        deflate (&stream, done + block.size() >= zeros ? Z_FINISH : Z_NO_FLUSH);
    }
    packed.resize (stream.total_out);
    deflateEnd (&stream);
    return packed;
}

std::string repeated (const std::string& text, std::size_t size)
{
    std::string result;
    while (result.size() < size)
        result += text;
    result.resize (size);
    return result;
}

/** Asks for speech with a recording as the voice of each speaker. */
RawResponse speakWith (const Engine& engine, const Sound& recording, int speakers)
{
    const auto file = (engine.path() / "ada.wav").string();
    writeSound (file, recording);
    auto voices = nlohmann::json::array();
    for (int i = 0; i < speakers; ++i)
        voices.push_back ({ { "name", "Speaker " + std::to_string (i) }, { "path", file } });
    const nlohmann::json body = { { "input", "Yes." },
                                  { "response_format", "wav" },
                                  { "tableread", { { "voices", voices } } } };
    return request (engine.socket(), "POST", "/v1/audio/speech", body.dump());
}

struct Attack
{
    const char* name;
    std::function<void (const Engine&)> run;
};

/** A text of two mebibytes, far longer than the model takes. */
std::function<void (const Engine&)> text (const std::string& piece)
{
    return [piece] (const Engine& engine) {
        const int status =
            post (engine, {}, R"({"input": ")" + repeated (piece, std::size_t { 1'800 } * 1'152) + R"("})");
        CHECK ((status == 400 || status == 507));
    };
}

std::vector<Attack> attacks()
{
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::string block (65'536, 'y');
    const auto chunk = "10000\r\n" + block + "\r\n";
    constexpr std::size_t gigabyte = 1'000'000'000;
    constexpr std::size_t mostBody = std::size_t { 4 } << 20;
    return {
        { "header lines a:b",
          [=] (const Engine& e) { CHECK (flood (e, postHead, repeated ("a:b\r\n", 65'000)) == 431); } },
        { "an endless header line",
          [=] (const Engine& e) { CHECK (flood (e, postHead + "X: ", block) == 431); } },
        { "an endless request line", [=] (const Engine& e) { CHECK (flood (e, "GET /", block) == 414); } },
        { "an endless chunk extension",
          [=] (const Engine& e) { CHECK (flood (e, postHead + chunked + "\r\n5;", block) == 400); } },
        { "endless trailers",
          [=] (const Engine& e) {
              CHECK (flood (e, postHead + chunked + "\r\n1\r\n{\r\n0\r\n", repeated ("a:b\r\n", 65'000)) ==
                     400);
          } },
        { "a gigabyte in chunks to nowhere",
          [=] (const Engine& e) {
              CHECK (flood (e, "POST /nowhere HTTP/1.1\r\nHost: engine\r\n" + chunked + "\r\n", chunk,
                            gigabyte) == 404);
          } },
        { "a gigabyte of a form to nowhere",
          [=] (const Engine& e) {
              CHECK (flood (e,
                            "POST /nowhere HTTP/1.1\r\nHost: engine\r\nContent-Type: multipart/form-data; "
                            "boundary=x\r\nContent-Length: 1000000000\r\n\r\n--x\r\n",
                            block, gigabyte) == 404);
          } },
        { "a gigabyte without length to nowhere",
          [=] (const Engine& e) {
              CHECK (flood (e, "POST /nowhere HTTP/1.1\r\nHost: engine\r\n\r\n", block, gigabyte) == 404);
          } },
        { "a gigabyte in chunks of speech",
          [=] (const Engine& e) { CHECK (flood (e, postHead + chunked + "\r\n", chunk, gigabyte) == 413); } },
        { "a gigabyte of a voice by its length",
          [=] (const Engine& e) {
              CHECK (flood (e, uploadHead ("Content-Length: 1000000000\r\n\r\n"), block, gigabyte) == 413);
          } },
        { "a gigabyte of a voice in chunks",
          [=] (const Engine& e) {
              CHECK (flood (e, uploadHead (chunked) + "\r\n", chunk, gigabyte) == 413);
          } },
        { "a bomb of gzip as a voice",
          [=] (const Engine& e) {
              const auto bomb = gzipped (256'000'000);
              CHECK (flood (e, headOf (bomb, "Content-Encoding: gzip\r\n"), bomb, 1) == 413);
          } },
        { "chunks of one byte",
          [=] (const Engine& e) {
              CHECK (flood (e, postHead + chunked + "\r\n", repeated ("1\r\n \r\n", 60'000)) == 413);
          } },
        { "a bomb of gzip",
          [=] (const Engine& e) {
              const auto bomb = gzipped (256'000'000);
              CHECK (bomb.size() < 300'000);
              CHECK (post (e, "Content-Encoding: gzip\r\n", bomb) == 413);
          } },
        { "twelve bodies of brackets and objects",
          [=] (const Engine& e) {
              std::vector<std::thread> clients;
              std::array<int, 12> statuses {};
              for (std::size_t i = 0; i < statuses.size(); ++i)
                  clients.emplace_back ([&, i] {
                      statuses[i] = post (e, {}, repeated (i % 2 == 0 ? "[" : "{\"a\":", mostBody));
                  });
              for (auto& client : clients)
                  client.join();
              CHECK (statuses ==
                     std::array<int, 12> { 400, 400, 400, 400, 400, 400, 400, 400, 400, 400, 400, 400 });
          } },
        { "a text of one word", text ("a") },
        { "a text of very many words", text ("a ") },
        { "a text of digits", text ("1") },
        { "a Chinese text without end", text ("\u4f60") },
        { "a text of invisible characters", text ("\u200b") },
        { "a text of pauses", text ("[pause 1]") },
        { "a body of very many small values",
          [=] (const Engine& e) { CHECK (post (e, {}, "[" + repeated ("{},", mostBody - 1)) == 400); } },
        { "one recording of five minutes for 64 speakers",
          [] (const Engine& e) {
              const auto answer = speakWith (e, sine (440.0, 300.0), 64);
              CHECK (answer.status == 400);
              CHECK_THAT (answer.body, Catch::Contains ("together"));
          } },
        { "a recording that is too long by its header",
          [] (const Engine& e) {
              const auto answer = speakWith (e, sine (440.0, 599.0), 1);
              CHECK (answer.status == 400);
              CHECK_THAT (answer.body, Catch::Contains ("546 s that there is room for"));
          } },
        { "files that are no recordings",
          [] (const Engine& e) {
              const auto pipe = (e.path() / "pipe").string(), sparse = (e.path() / "sparse.wav").string();
              mkfifo (pipe.c_str(), 0600);
              std::ofstream (sparse, std::ios::app).flush();
              std::filesystem::resize_file (sparse, 2'000'000'000);
              for (const auto& path : { pipe, sparse, std::string ("/dev/zero"), e.path().string(),
                                        std::string ("/proc/self/mem"), std::string ("/nowhere/ada.wav") })
              {
                  CAPTURE (path);
                  const nlohmann::json body = { { "input", "Yes." },
                                                { "tableread", { { "voices", { { { "path", path } } } } } } };
                  const auto answer = request (e.socket(), "POST", "/v1/audio/speech", body.dump());
                  CHECK ((answer.status == 400 || answer.status == 404 || answer.status == 500));
                  CHECK (nlohmann::json::parse (answer.body)["error"]["param"] == "tableread.voices[0].path");
              }
          } },
        { "a form's header that takes long to divide",
          [=] (const Engine& e) {
              const auto form = "--x\r\nContent-Disposition: form-data; name=\"" +
                                repeated ("\";filename=\";filename*=", std::size_t { 320 } * 23) +
                                "\r\n\r\nx\r\n--x--\r\n";
              CHECK (post (e, "Content-Type: multipart/form-data; boundary=x\r\n", form) == 415);
          } },
    };
}
} // namespace

TEST_CASE ("A hostile request costs the engine little, and nothing for long",
           "[engine][command][serve][budget]")
{
    const Engine engine;
    for (const auto& attack : attacks())
    {
        INFO (attack.name);
        const auto memory = engine.residentMegabytes();
        const auto cpu = engine.cpuSeconds();
        std::atomic<bool> runs { true };
        double peak = memory;
        std::thread watcher ([&] {
            for (; runs; std::this_thread::sleep_for (2ms))
                peak = std::max (peak, engine.residentMegabytes());
        });
        attack.run (engine);
        runs = false;
        watcher.join();
        const auto took = engine.cpuSeconds() - cpu;
        CAPTURE (took, peak - memory, engine.residentMegabytes() - memory);
        CHECK (engine.status() == "ok");
        if (isInstrumented)
            continue;
        CHECK (took < mostCpuSeconds);
        CHECK (peak - memory < mostMegabytes);
        for (int i = 0; i < 200 && engine.residentMegabytes() - memory >= mostKeptMegabytes; ++i)
            std::this_thread::sleep_for (10ms); // it is given back a moment later
        CHECK (engine.residentMegabytes() - memory < mostKeptMegabytes);
    }
    CHECK (engine.speaks());
}

TEST_CASE ("Requests that end take no memory from a passage that goes on", "[engine][command][serve][budget]")
{
    const Engine engine;
    const auto faultsOfALine = [&] (bool besideOthers) {
        std::atomic<bool> goesOn { true };
        std::thread others ([&] {
            for (; besideOthers && goesOn; std::this_thread::sleep_for (20ms))
                request (engine.socket(), "POST", "/v1/audio/speech", R"({"voice": "anna"})");
        });
        const auto before = engine.pageFaults();
        const auto line =
            request (engine.socket(), "POST", "/v1/audio/speech",
                     R"({"input": "When the lamp at the end of the pier went out, nobody in the village )"
                     R"(said a word, and the boats came home by the sound of the bell.", )"
                     R"("voice": "anna", "response_format": "pcm"})");
        goesOn = false;
        others.join();
        CHECK (line.complete);
        return engine.pageFaults() - before;
    };
    faultsOfALine (false); // which has the voice read
    const auto alone = faultsOfALine (false), besideOthers = faultsOfALine (true);
    CAPTURE (alone, besideOthers);
    if (! isInstrumented)
        CHECK (besideOthers < alone + 4'000);
}

TEST_CASE ("An engine whose output nobody reads answers and ends",
           "[engine][command][serve][budget][logging]")
{
    const Pipe pipe;
    EngineProgram engine (TABLEREAD_ENGINE_PROGRAM, {}, pipe.writer());
    // The answer begins as soon as the job is accepted, and so its eight warnings are logged; nobody waits for the speech.
    const std::string body =
        R"({"input": "Yes.", "voice": "anna", "stream_format": "sse", "response_format": "wav", "a": 1, "b": 1, "c": 1, )"
        R"("d": 1, "e": 1, "f": 1, "g": 1, "h": 1})";
    const auto post = postHead + "Content-Length: " + std::to_string (body.size()) + "\r\n\r\n" + body;
    for (int i = 0; i < 2'000; ++i)
    {
        RawClient client (engine.socket());
        REQUIRE (client.send (post));
        REQUIRE (client.receive (12).starts_with ("HTTP/1.1 200"));
    }
    CHECK (engine.speaks());
    CHECK (engine.secondsToEnd (SIGTERM) < (isInstrumented ? 10.0 : 1.0));
}

TEST_CASE ("An engine without clients uses no processor", "[engine][command][serve][budget]")
{
    const Engine engine;
    std::this_thread::sleep_for (2s); // what the last request has left is cleared away
    const auto before = engine.cpuSeconds();
    std::this_thread::sleep_for (5s);
    CHECK (engine.cpuSeconds() - before < 0.02);
}

TEST_CASE ("An engine whose memory is limited lives through hostile requests",
           "[engine][command][serve][budget]")
{
    if (isInstrumented)
        return;
    const Engine engine;
    engine.limitAddressSpace (engine.addressMegabytes() + 300);
    for (const auto& attack : attacks())
    {
        INFO (attack.name);
        attack.run (engine);
        CHECK (engine.status() == "ok");
    }
    CHECK (engine.speaks());
}

TEST_CASE ("A model that is unloaded gives its memory back and speaks the same when it is loaded again",
           "[engine][command][serve][budget]")
{
    constexpr double leastFreed = 40, mostOff = mostKeptMegabytes; // MB; its files have 54
    const Engine engine;
    const auto speech = [&engine] {
        return request (
            engine.socket(), "POST", "/v1/audio/speech",
            R"({"input": "Yes.", "voice": "anna", "response_format": "pcm", "tableread": {"seed": 7}})");
    };
    const auto change = [&engine] (const std::string& how) {
        const auto answer = request (engine.socket(), "POST", "/v1/tableread/models/mini/" + how);
        CAPTURE (answer.body);
        REQUIRE (answer.status == 200);
        return nlohmann::json::parse (answer.body).at ("tableread");
    };
    const auto before = speech();
    REQUIRE (before.complete);
    double leftFirst = 0, againFirst = 0;
    for (int round = 0; round < 4; ++round)
    {
        const auto loaded = engine.residentMegabytes();
        const auto answer = change ("unload");
        const auto freed = answer["freed"]["host_bytes"].get<double>() / 1e6;
        const auto left = engine.residentMegabytes();
        CAPTURE (round, loaded, freed, left);
        CHECK (answer["state"] == "unloaded");
        CHECK (speech().status == 503);
        CHECK (change ("load")["state"] == "loaded");
        const auto again = engine.residentMegabytes(); // speaking adds up to 40 MB, which it uses again
        CHECK (speech().body == before.body);
        if (isInstrumented)
            continue;
        CHECK (freed > leastFreed);
        CHECK (std::abs (loaded - left - freed) < mostOff);
        if (round == 0)
            leftFirst = left, againFirst = again;
        CHECK (left - leftFirst < mostOff);
        CHECK (again - againFirst < mostOff);
    }
}
