// SPDX-License-Identifier: Apache-2.0
// The real program over a longer time: an idle engine rests, and one that works for many does not grow.
#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <list>
#include <random>

#include <catch2/catch.hpp>

#include "Bench/ProcessWatch.h"
#include "Engine/Command/Serve/Drill.h"
#include "Support/Instrumented.h"
#include "Support/SoundFiles.h"
#include "Support/VoiceForm.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
using Clock = std::chrono::steady_clock;

std::string post (const std::string& path, const std::string& body)
{
    return "POST " + path + " HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Length: " +
           std::to_string (body.size()) + "\r\n\r\n" + body;
}

protocol::SpeechRequest line (const std::string& text)
{
    protocol::SpeechRequest wanted;
    wanted.lines = { { 0, text } };
    wanted.voices = { { "anna", {} } };
    wanted.seed = 7;
    return wanted;
}
} // namespace

TEST_CASE ("An idle engine uses no processor, whoever is connected", "[.slow][engine][command][serve][drill]")
{
    if (isInstrumented)
        return;
    constexpr double most = 0.02;
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 50; ++i) // of three kinds: silent, between two requests, within one
    {
        clients.push_back (std::make_unique<RawClient> (engine.socket()));
        if (i % 3 == 1)
            clients.back()->send ("GET /health HTTP/1.1\r\nHost: engine\r\n\r\n");
        else if (i % 3 == 2)
            clients.back()->send ("GET /health HTTP/1.1\r\n");
    }
    Speaker unread (engine.socket(), line ("Yes."), { .holdsBack = true });
    REQUIRE (eventually ([&] { return unread.hasHeard() && isFree (engine); }));
    std::this_thread::sleep_for (11s); // those within a request have been told that they take too long
    const auto before = engine.cpuSeconds();
    std::this_thread::sleep_for (10s);
    CHECK (engine.cpuSeconds() - before < most);
    unread.goOn();
    CHECK (unread.result (10s)->has_value());
}

namespace
{
/** Clients of all kinds, each on a thread of its own, until they are told to end. */
class Traffic
{
public:
    explicit Traffic (const EngineProgram& served) : engine (served)
    {
        Client client (engine.socket());
        REQUIRE (client.speak (line ("Yes."), [this] (std::span<const float> more) {
            expected.insert (expected.end(), more.begin(), more.end());
        }));
        begin ("streams", [this] (auto&) { return streams(); });
        begin ("more streams", [this] (auto&) { return streams(); });
        begin ("cancels", [this] (auto& random) { return cancels (random); });
        begin ("events", [this] (auto&) { return hearsEvents(); });
        begin ("files", [this] (auto& random) { return takesFile (random); });
        begin ("uploads", [this] (auto& random) { return uploads (random); });
        begin ("nonsense", [this] (auto& random) { return talksNonsense (random); });
        begin ("watches", [this] (auto&) { return watches(); });
    }
    ~Traffic() { end(); }
    Traffic (const Traffic&) = delete;
    Traffic& operator= (const Traffic&) = delete;

    void end()
    {
        goesOn = false;
        for (auto& client : clients)
            if (client.thread.joinable())
                client.thread.join();
    }

    struct ClientThread
    {
        std::string name;
        int done = 0, failed = 0;
        std::thread thread;
    };
    std::list<ClientThread> clients;

private:
    using Random = std::mt19937;

    /** turn: something that a client does. @returns whether it went as it should. */
    void begin (const std::string& name, std::function<bool (Random&)> turn)
    {
        auto& client = clients.emplace_back();
        client.name = name;
        client.thread = std::thread ([this, &client, turn = std::move (turn), seed = clients.size()] {
            Random random (static_cast<unsigned> (seed)); // NOLINT: the same each time
            while (goesOn)
            {
                try
                {
                    turn (random) ? ++client.done : ++client.failed;
                }
                catch (const std::exception&)
                {
                    ++client.failed;
                }
                std::this_thread::sleep_for (20ms);
            }
        });
    }

    bool streams()
    {
        std::vector<float> heard;
        Client client (engine.socket());
        const auto result = client.speak (line ("Yes."), [&heard] (std::span<const float> more) {
            heard.insert (heard.end(), more.begin(), more.end());
        });
        return result && heard == expected;
    }

    bool cancels (Random& random)
    {
        Speaker speaker (engine.socket(), line ("Nobody will hear this line to its end, I am afraid."), {});
        std::this_thread::sleep_for (std::chrono::milliseconds (random() % 400));
        speaker.cancel();
        return speaker.result (10s).has_value();
    }

    std::string answerTo (const std::string& request) const
    {
        RawClient client (engine.socket());
        client.send (request);
        return client.receive();
    }

    bool hearsEvents() const
    {
        const auto answer = RawResponse::parse (answerTo (post (
            "/v1/audio/speech",
            R"({"input": "Yes.", "voice": "ben", "response_format": "opus", "stream_format": "sse"})")));
        return answer.complete && answer.body.find ("event: speech.audio.done") != std::string::npos;
    }

    bool takesFile (Random& random) const
    {
        static const std::array<std::string, 5> formats { "wav", "pcm", "flac", "opus", "mp3" };
        const auto body = R"({"input": "Yes.", "voice": "clara", "response_format": ")" +
                          formats.at (random() % formats.size()) + R"(", "tableread": {"whole": true}})";
        const auto answer = RawResponse::parse (answerTo (post ("/v1/audio/speech", body)));
        return answer.status == 200 && answer.complete;
    }

    bool uploads (Random& random) const
    {
        writeSound (engine.path() / "upload.wav", sine (200.0 + static_cast<double> (random() % 1'000), 2.0));
        std::ifstream in (engine.path() / "upload.wav", std::ios::binary);
        const auto body = ofVoice ("Ada", { std::istreambuf_iterator<char> (in), {} });
        const auto made = RawResponse::parse (answerTo (headOf (body) + body));
        if (made.status != 200)
            return false;
        const std::string id = nlohmann::json::parse (made.body).at ("id");
        const auto spoken = RawResponse::parse (
            answerTo (post ("/v1/audio/speech", R"({"input": "Yes.", "voice": {"id": ")" + id + "\"}}")));
        return request (engine.socket(), "DELETE", "/v1/audio/voices/" + id).status == 200 && spoken.complete;
    }

    bool talksNonsense (Random& random) const
    {
        static const std::array<std::string, 7> requests {
            "BREW /tea HTTP/1.1\r\n\r\n",
            "GET /nowhere HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n",
            post ("/v1/audio/speech", "{"),
            post ("/v1/audio/speech", R"({"input": "Yes.", "voice": "nobody"})"),
            post ("/v1/audio/speech",
                  R"({"tableread": {"voices": [{"path": "/dev/zero"}]}, "input": "Yes."})"),
            post ("/v1/audio/speech", std::string (100'000, '[')),
            headOf ("none") + "none",
        };
        std::string garbage (random() % 1'000, ' ');
        for (auto& letter : garbage)
            letter = static_cast<char> (random());
        {
            RawClient leaves (engine.socket());
            leaves.send (post ("/v1/audio/speech", "{}").substr (0, random() % 100) + garbage);
        }
        const auto status = RawResponse::parse (answerTo (requests.at (random() % requests.size()))).status;
        return status >= 400 && status < 500;
    }

    bool watches() const
    {
        for (const auto* path :
             { "/health", "/metrics", "/v1/models", "/v1/audio/voices", "/readyz", "/version" })
            if (const auto status = request (engine.socket(), "GET", path).status; status != 200)
                return false;
        return true;
    }

    const EngineProgram& engine;
    std::vector<float> expected;
    std::atomic<bool> goesOn { true };
};

/** The length of the test, which whoever works on it may shorten. */
std::chrono::seconds trafficTime()
{
    const char* const wanted = std::getenv ("TABLEREAD_TRAFFIC_SECONDS");
    return std::chrono::seconds (wanted == nullptr ? 600 : std::atoi (wanted));
}
} // namespace

TEST_CASE ("Ten minutes of mixed traffic do not make the engine grow",
           "[.slow][engine][command][serve][drill]")
{
    constexpr double mostGrownMegabytes = 16; // of these 7 may be jobs, which are known for ten minutes
    const TemporaryFolder data;
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM,
                                { "--voice-store", (data.path() / "voices").string() });
    const auto quiet = sampleProcess (engine.pid()).value();
    const auto begin = Clock::now();
    Traffic traffic (engine);
    const auto leastOf =
        [&] (Clock::time_point until) { // memory that is given back a moment later does not count
            double least = engine.residentMegabytes();
            for (; Clock::now() < until; std::this_thread::sleep_for (100ms))
                least = std::min (least, engine.residentMegabytes());
            return least;
        };
    std::this_thread::sleep_until (begin + trafficTime() / 5 - 10s);
    const auto early = leastOf (begin + trafficTime() / 5);
    std::this_thread::sleep_until (begin + trafficTime() - 10s);
    const auto late = leastOf (begin + trafficTime());
    traffic.end();
    CAPTURE (early, late);
    for (const auto& client : traffic.clients)
    {
        CAPTURE (client.name, client.done, client.failed);
        CHECK (client.failed == 0);
        CHECK (client.done > 0);
    }
    CHECK (isFree (engine));
    CHECK (eventually (
        [&] {
            const auto now = sampleProcess (engine.pid()).value();
            return now.threads <= quiet.threads && now.descriptors <= quiet.descriptors;
        },
        5s));
    CHECK (engine.speaks());
    if (! isInstrumented)
        CHECK (late - early < mostGrownMegabytes);
}
