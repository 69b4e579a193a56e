// SPDX-License-Identifier: Apache-2.0
// SIGKILL, SIGTERM and SIGSTOP hit the real program in each state of a request. Whoever waits gets a clear error or his
// speech, soon; nothing stays behind, and nothing is lost that was acknowledged.
#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include "Bench/ProcessWatch.h"
#include "Engine/Command/Serve/Drill.h"
#include "Support/Instrumented.h"
#include "Support/SoundFiles.h"
#include "Support/VoiceForm.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;
using Kind = CallFailure::Kind;

namespace
{
enum class State
{
    Queued,
    Reading, // its recording, in a process of its own
    Prompt,
    Frames,
    Unread // it has ended, and the client has not read it
};

struct Named
{
    State state;
    const char* name;
};

const std::vector<Named> states { { State::Queued, "queued" },
                                  { State::Reading, "reading a voice" },
                                  { State::Prompt, "prompt" },
                                  { State::Frames, "frames" },
                                  { State::Unread, "ended but unread" } };

constexpr auto soon = isInstrumented ? 60s : 3s;

const std::string
    shortText = "Yes.",
    longText = "When the lamp at the end of the pier went out, nobody in the village said a word about it.";

/** The engine with one seat, and somebody whose request is brought into a state. */
class Drill
{
public:
    Drill() : engine (TABLEREAD_ENGINE_PROGRAM, { "--passages", "1" })
    {
        // As a voice it is short, but reading it takes long enough to be seen.
        writeSound (recording(), sine (220.0, 6.0, 384'000, 8));
    }
    ~Drill()
    {
        for (const auto reader : readers())
            ::kill (reader, SIGKILL);
    }
    Drill (const Drill&) = delete;
    Drill& operator= (const Drill&) = delete;

    std::filesystem::path recording() const { return engine.path() / "recording.wav"; }
    std::vector<pid_t> readers() const { return processesWith (recording().string()); }

    protocol::SpeechRequest request (State state) const
    {
        protocol::SpeechRequest wanted;
        std::string text = state == State::Frames ? longText : shortText;
        while (state == State::Prompt && text.size() < 3'400)
            text += ' ' + longText;
        wanted.lines = { { 0, text } };
        wanted.voices = { state == State::Reading ? VoiceReference { "Ada", recording() }
                                                  : VoiceReference { "anna", {} } };
        wanted.seed = 7;
        return wanted;
    }

    /** What the request gets when nobody disturbs it; nothing for one that would take minutes. */
    const std::vector<float>& undisturbed (State state) const
    {
        static std::map<State, std::vector<float>> known; // each engine speaks the same
        auto& speech = known[state];
        if (speech.empty() && state != State::Prompt)
        {
            Client client (engine.socket());
            REQUIRE (client.speak (request (state), [&] (std::span<const float> more) {
                speech.insert (speech.end(), more.begin(), more.end());
            }));
            REQUIRE (! speech.empty());
        }
        return speech;
    }

    /** Asks, and waits until the request is in this state. */
    std::unique_ptr<Speaker> bringInto (State state, std::chrono::milliseconds patience)
    {
        if (state == State::Queued)
            takeTheSeat();
        const auto ask = [&] {
            auto wanted = request (state);
            wanted.id = "drill-" + std::to_string (++number);
            return std::make_unique<Speaker> (engine.socket(), wanted,
                                              Speaker::Settings { patience, state == State::Unread });
        };
        auto speaker = ask();
        const auto job = [this] {
            return answerOf (engine, "/v1/tableread/jobs/drill-" + std::to_string (number))
                .value ("state", "");
        };
        const auto isThere = [&] {
            switch (state)
            {
                case State::Queued:
                    return job() == "queued";
                case State::Reading:
                    return holdReader();
                case State::Prompt:
                    return job() == "preparing";
                case State::Frames:
                    return speaker->hasHeard();
                case State::Unread:
                    return speaker->hasHeard() && job() == "ended";
            }
            return false;
        };
        for (int i = 0; i < 30'000 && ! isThere(); ++i)
        {
            if (state == State::Reading && speaker->hasHeard()) // the reader had ended before it was seen
                speaker = ask();
            std::this_thread::sleep_for (1ms);
        }
        REQUIRE (isThere());
        if (state == State::Unread)
            std::this_thread::sleep_for (300ms); // the last bytes are on their way to the socket
        return speaker;
    }

    /** Lets go whoever has the only seat, and the reader. */
    void clearTheWay()
    {
        story.reset();
        for (const auto reader : readers())
            ::kill (reader, SIGCONT);
    }

    /** How the request ended that was brought into a state last; empty if it has not, or was no job. */
    std::string ending() const
    {
        const auto job = answerOf (engine, "/v1/tableread/jobs/drill-" + std::to_string (number));
        return job.contains ("finish_reason") && job["finish_reason"].is_string() ? job["finish_reason"] : "";
    }

    EngineProgram engine;

private:
    void takeTheSeat()
    {
        REQUIRE (eventually ([this] { return isFree (engine); })); // the next to speak is the story
        story = std::make_unique<RawClient> (engine.socket());
        auto wanted = request (State::Prompt);
        const auto body = protocol::toJson (wanted);
        story->send ("POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nContent-Length: " +
                     std::to_string (body.size()) + "\r\n\r\n" + body);
        REQUIRE (eventually ([this] { return answerOf (engine, "/health").at ("speaking") == 1; }));
    }

    /** Stops the process that reads the recording, if there is one. */
    bool holdReader() const
    {
        const auto found = readers();
        return ! found.empty() && ::kill (found.front(), SIGSTOP) == 0;
    }

    std::unique_ptr<RawClient> story;
    int number = 0;
};

/** Either the whole speech, or a sentence and the beginning of the speech. */
void checkOutcome (const std::optional<Speaker::Result>& result, const std::vector<float>& heard,
                   const std::vector<float>& whole)
{
    REQUIRE (result);
    if (! whole.empty()) // else nobody knows it
    {
        REQUIRE (heard.size() <= whole.size());
        CHECK (std::equal (heard.begin(), heard.end(), whole.begin()));
    }
    if (*result)
    {
        CHECK ((*result)->reason == protocol::FinishReason::Stop);
        CHECK (heard == whole);
        return;
    }
    const auto& failure = result->error();
    CAPTURE (failure.error.text());
    CHECK (! failure.error.message.empty());
    CHECK (failure.error.code != ErrorCode::Internal);
    CHECK ((failure.kind == Kind::Lost || failure.kind == Kind::Busy));
}

/** No process that the engine has started, and none of its files but those that are named. */
void checkNothingIsLeft (const Drill& drill, std::vector<std::string> mayStay)
{
    CHECK (eventually ([&] { return processesWith (drill.engine.path().string()).empty(); }, soon));
    mayStay.insert (mayStay.end(), { "log", "recording.wav" });
    for (const auto& entry : std::filesystem::directory_iterator (drill.engine.path()))
    {
        const auto name = entry.path().filename().string();
        CAPTURE (name);
        CHECK (std::find (mayStay.begin(), mayStay.end(), name) != mayStay.end());
    }
}
} // namespace

TEST_CASE ("An engine that is killed leaves its clients a clear error or their speech, and nothing else",
           "[.slow][engine][command][serve][drill]")
{
    const auto [state, name] = GENERATE (from_range (states));
    CAPTURE (name);
    Drill drill;
    const auto whole = drill.undisturbed (state);
    const auto speaker = drill.bringInto (state, 60s);
    ::kill (drill.engine.pid(), SIGKILL);
    CHECK (endOf (drill.engine.pid(), soon) == -SIGKILL);
    speaker->goOn();
    const auto result = speaker->result (soon);
    checkOutcome (result, speaker->speech(), whole);
    if (state == State::Unread) // its end had been said
        CHECK (result->has_value());
    else
        CHECK (result->error().kind == Kind::Lost);
    checkNothingIsLeft (drill, { "engine.sock", "engine.sock.lock" });
}

TEST_CASE ("An engine that is told to end does so at once and tells its clients",
           "[.slow][engine][command][serve][drill]")
{
    const auto [state, name] = GENERATE (from_range (states));
    CAPTURE (name);
    Drill drill;
    const auto whole = drill.undisturbed (state);
    const auto speaker = drill.bringInto (state, 60s);
    ::kill (drill.engine.pid(), SIGTERM);
    CHECK (endOf (drill.engine.pid(), soon) == 0);
    speaker->goOn();
    const auto result = speaker->result (soon);
    checkOutcome (result, speaker->speech(), whole);
    if (state == State::Queued || state == State::Reading || state == State::Prompt)
    {
        REQUIRE_FALSE (*result);
        CHECK (result->error().kind == Kind::Busy);
        CHECK_THAT (result->error().error.message, Catch::Contains ("the engine is stopping"));
    }
    checkNothingIsLeft (drill, {});
}

TEST_CASE (
    "An engine that is stopped for a while goes on for those who wait, and is free of those who do not",
    "[.slow][engine][command][serve][drill]")
{
    Drill drill;
    const auto settled = [&] { return isFree (drill.engine) && drill.readers().empty(); };
    REQUIRE (eventually (settled, soon));
    const auto before = sampleProcess (drill.engine.pid()).value();
    for (const auto& [state, name] : states)
        for (const bool waits : { true, false })
        {
            CAPTURE (name, waits);
            if (state == State::Unread && ! waits)
                continue; // who does not read does not notice
            const auto whole = drill.undisturbed (state);
            const auto speaker = drill.bringInto (state, waits ? 60s : 1s);
            ::kill (drill.engine.pid(), SIGSTOP);
            std::optional<Speaker::Result> result;
            if (waits)
                std::this_thread::sleep_for (1s);
            else
            {
                result = speaker->result (10s);
                checkOutcome (result, speaker->speech(), whole);
                CHECK (result->error().kind == Kind::Lost);
            }
            Client::Timeouts hurried;
            hurried.health = 500ms;
            Client other (drill.engine.socket(), hurried);
            const auto begin = std::chrono::steady_clock::now();
            CHECK (other.health().error().kind == Kind::Lost);
            CHECK (std::chrono::steady_clock::now() - begin < 10s);
            ::kill (drill.engine.pid(), SIGCONT);
            drill.clearTheWay();
            speaker->goOn();
            if (state == State::Prompt && waits)
            {
                CHECK (eventually ([&] { return speaker->hasHeard(); }));
                speaker->cancel();
            }
            else if (! result)
            {
                result = speaker->result (60s);
                checkOutcome (result, speaker->speech(), whole);
                CHECK (result->has_value());
            }
            CHECK (eventually (settled, soon));
            if (! waits) // a recording that is being read is no job yet
                CHECK (drill.ending() == (state == State::Reading ? "" : "cancelled"));
        }
    CHECK (eventually (
        [&] {
            const auto now = sampleProcess (drill.engine.pid()).value();
            return now.threads <= before.threads && now.descriptors <= before.descriptors;
        },
        soon));
    CHECK (drill.engine.speaks());
}

TEST_CASE ("A killed engine loses no voice that it has acknowledged",
           "[.slow][engine][command][serve][drill]")
{
    const TemporaryFolder data;
    const auto store = data.path() / "voices";
    const std::vector<std::string> options { "--voice-store", store.string() };
    const auto sound = data.path() / "sound.wav";
    std::map<std::string, std::string> acknowledged; // ids and consents
    std::mutex mutex;
    constexpr int rounds = 5, uploaders = 3;
    for (int round = 0; round < rounds; ++round)
    {
        const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM, options);
        for (const auto& [id, consent] : acknowledged)
        {
            const auto voice = answerOf (engine, "/v1/audio/voices/" + id);
            CAPTURE (voice.dump());
            CHECK (voice.value ("consent", "") == consent);
        }
        const auto enough = acknowledged.size() + 4 + static_cast<std::size_t> (round);
        std::vector<std::thread> threads;
        threads.reserve (uploaders);
        for (int i = 0; i < uploaders; ++i)
            threads.emplace_back ([&, i] {
                for (int turn = 0;; ++turn)
                    try
                    {
                        const auto name = "Voice " + std::to_string (round) + ' ' + std::to_string (i) + ' ' +
                                          std::to_string (turn);
                        const auto file = data.path() / ("of " + std::to_string (i) + ".wav");
                        writeSound (file, sine (200.0 + 10 * turn + i + 0.1 * round, 1.0));
                        std::ifstream in (file, std::ios::binary);
                        const std::string bytes (std::istreambuf_iterator<char> (in), {});
                        const auto body =
                            form ({ { "name", name }, { "consent", "of " + name }, { "file", bytes } });
                        RawClient client (engine.socket());
                        client.send (headOf (body) + body);
                        const auto answer = RawResponse::parse (client.receive());
                        if (! answer.complete)
                            return;
                        const std::lock_guard lock (mutex);
                        acknowledged[nlohmann::json::parse (answer.body).at ("id")] = "of " + name;
                    }
                    catch (const std::exception&) // the engine has gone
                    {
                        return;
                    }
            });
        eventually ([&] {
            const std::lock_guard lock (mutex);
            return acknowledged.size() >= enough;
        });
        std::this_thread::sleep_for (
            std::chrono::milliseconds (7 * round)); // somewhere within the next upload
        ::kill (engine.pid(), SIGKILL);
        for (auto& thread : threads)
            thread.join();
    }
    CHECK (acknowledged.size() >= std::size_t { 4 } * rounds);
    const EngineProgram engine (TABLEREAD_ENGINE_PROGRAM, options);
    const auto list = answerOf (engine, "/v1/audio/voices").at ("data");
    const auto uploaded = static_cast<std::size_t> (std::count_if (
        list.begin(), list.end(), [] (const auto& voice) { return voice.at ("source") == "upload"; }));
    CHECK (uploaded >= acknowledged.size());
    CHECK (uploaded <= acknowledged.size() + std::size_t { rounds } * uploaders); // stored, but not told
    const auto files = std::distance (std::filesystem::directory_iterator (store), {});
    CHECK (files == static_cast<std::ptrdiff_t> (2 * uploaded));
    const auto& last = acknowledged.rbegin()->first;
    CHECK (request (engine.socket(), "POST", "/v1/audio/speech",
                    R"({"input": "Yes.", "response_format": "wav", "voice": {"id": ")" + last + "\"}}")
               .complete);
}
