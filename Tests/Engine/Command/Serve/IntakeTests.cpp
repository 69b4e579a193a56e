// SPDX-License-Identifier: Apache-2.0
// What comes in where it cannot go, and what never should have come: a full disk, and garbage without end.
#include <algorithm>
#include <array>
#include <atomic>
#include <random>

#include <catch2/catch.hpp>

#include "Bench/Percentiles.h"
#include "Bench/ProcessWatch.h"
#include "Engine/Command/Serve/Drill.h"
#include "Support/Instrumented.h"
#include "Support/SmallDisk.h"
#include "Support/SoundFiles.h"
#include "Support/VoiceForm.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
/** The bytes of a recording of about so many. */
std::string recordingOf (const std::filesystem::path& place, std::size_t bytes)
{
    const auto file = place / "sound.wav";
    writeSound (file, sine (220.0, static_cast<double> (bytes) / 48'000));
    std::ifstream in (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (in), {} };
}

RawResponse upload (const EngineProgram& engine, const std::string& name, const std::string& sound)
{
    const auto body = ofVoice (name, sound);
    RawClient client (engine.socket());
    client.send (headOf (body) + body);
    return RawResponse::parse (client.receive());
}

void checkIsFull (const RawResponse& answer)
{
    CAPTURE (answer.head, answer.body);
    CHECK (answer.status == 507);
    CHECK (answer.complete);
    const auto error = nlohmann::json::parse (answer.body).at ("error");
    CHECK (error.at ("type") == "server_error");
    CHECK (error.at ("code") == "out_of_memory");
    const std::string message = error.at ("message");
    CHECK_THAT (message, Catch::StartsWith ("the voice cannot be stored: ") &&
                             Catch::Contains ("Make room") && ! Catch::Contains ("\n") &&
                             ! Catch::Contains ("/"));
}

std::vector<std::string> namesIn (const std::filesystem::path& folder)
{
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator (folder, none))
        names.push_back (entry.path().filename().string());
    std::sort (names.begin(), names.end());
    return names;
}

void limitFiles (const EngineProgram& engine, rlim_t bytes)
{
    const rlimit limit { bytes, RLIM_INFINITY };
    REQUIRE (prlimit (engine.pid(), RLIMIT_FSIZE, &limit, nullptr) == 0);
}

/** Where the disk is full when a voice comes. */
enum class Full
{
    ForTheRecording, // no room for its bytes
    ForTheRecord,    // none for those of its record
    ForAnyFile,      // no file can be made
    ForASecondFile   // only one can
};
} // namespace

TEST_CASE ("A full disk costs an upload one sentence, and nothing is left half-written",
           "[.slow][engine][command][serve][drill]")
{
    constexpr std::size_t page = 4'096, pages = 16;
    const auto full =
        GENERATE (Full::ForTheRecording, Full::ForTheRecord, Full::ForAnyFile, Full::ForASecondFile);
    CAPTURE (static_cast<int> (full));
    const TemporaryFolder data;
    const auto disk = data.path() / "disk", store = disk / "voices";
    SmallDisk small (disk, "size=1m");
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM, { "--voice-store", store.string() });
    const auto ada = upload (engine, "Ada", recordingOf (data.path(), page * pages / 2));
    REQUIRE (ada.status == 200);
    const auto before = namesIn (store);
    const auto sound = recordingOf (data.path(), page * (pages - 1) + page / 2);
    if (! small.isMounted())
        limitFiles (engine, page);
    else if (full == Full::ForAnyFile || full == Full::ForASecondFile)
        REQUIRE (small.change ("nr_inodes=" + std::to_string (before.size() + // and the two folders
                                                              (full == Full::ForAnyFile ? 2 : 3))));
    else
    {
        const auto left = full == Full::ForTheRecord ? pages : pages / 2;
        const auto space = std::filesystem::space (disk);
        std::ofstream (disk / "filler", std::ios::binary) << std::string (space.available - left * page, 'x');
    }

    for (int again = 0; again < 2; ++again)
    {
        checkIsFull (upload (engine, "Eve", sound));
        CHECK (namesIn (store) == before);
    }
    CHECK (engine.status() == "ok");
    CHECK (engine.speaks());
    const std::string id = nlohmann::json::parse (ada.body).at ("id");
    CHECK (answerOf (engine, "/v1/audio/voices/" + id) == nlohmann::json::parse (ada.body));

    if (! small.isMounted())
        limitFiles (engine, RLIM_INFINITY);
    else
        REQUIRE (small.change ("size=4m,nr_inodes=1000"));
    CHECK (upload (engine, "Eve", sound).status == 200);
    CHECK (request (engine.socket(), "DELETE", "/v1/audio/voices/" + id).status == 200);
}

namespace
{
/** What somebody sends who does not speak HTTP, or stops to. */
std::string garbage (std::mt19937& random)
{
    static const std::array<std::string, 8> beginnings {
        "",
        "",
        "POST /v1/audio/speech HTTP/1.1\r\n",
        "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nContent-Length: 200\r\n\r\n",
        "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nTransfer-Encoding: chunked\r\n\r\n",
        uploadHead ("Content-Length: 2000\r\n\r\n--b\r\n"),
        "GET /health HTTP/1.1\r\nHost: engine\r\n\r\n",
        std::string ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), // TLS
    };
    std::string bytes = beginnings.at (random() % beginnings.size());
    const auto more = random() % 300;
    for (unsigned i = 0; i < more; ++i)
        bytes += static_cast<char> (random());
    return bytes;
}
} // namespace

TEST_CASE ("A hundred thousand connections of garbage cost nothing for long",
           "[.slow][engine][command][serve][drill]")
{
    constexpr int connections = isInstrumented ? 10'000 : 100'000;
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM);
    std::this_thread::sleep_for (1s); // what the first request has left is cleared away
    const auto before = sampleProcess (engine.pid()).value();
    std::atomic<bool> goesOn { true };
    std::vector<double> healthMs;
    int unanswered = 0;
    std::thread healthy ([&] {
        for (; goesOn; std::this_thread::sleep_for (20ms))
        {
            const auto begin = std::chrono::steady_clock::now();
            unanswered += engine.status() == "ok" ? 0 : 1;
            healthMs.push_back (
                std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now() - begin).count());
        }
    });
    std::mt19937 random (16); // NOLINT: the same garbage every time
    int refused = 0, answered = 0;
    for (int i = 0; i < connections; ++i)
        try
        {
            RawClient client (engine.socket());
            client.send (garbage (random));
            if (i % 4 == 0)
                client.shutSendingHalf();
            if (i % 8 == 0)
                answered += client.receive (1).empty() ? 0 : 1;
        }
        catch (const std::exception&)
        {
            ++refused;
        }
    goesOn = false;
    healthy.join();
    const auto health = percentilesOf (healthMs);
    CAPTURE (health.p50, health.p99, healthMs.size(), answered);
    CHECK (refused == 0);
    CHECK (unanswered == 0);
    CHECK (answered > connections / 20);
    CHECK (eventually ([&] {
        const auto now = sampleProcess (engine.pid()).value();
        return now.threads <= before.threads && now.descriptors <= before.descriptors;
    }));
    CHECK (isFree (engine));
    CHECK (engine.speaks());
    if (isInstrumented)
        return;
    CHECK (health.p99 <= 50);
    const auto grown = [&] {
        return sampleProcess (engine.pid()).value().residentBytes - before.residentBytes;
    };
    CHECK (eventually ([&] { return grown() < 32'000'000; }, 5s));
}
