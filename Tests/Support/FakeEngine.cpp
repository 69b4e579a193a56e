// SPDX-License-Identifier: Apache-2.0
#include "Support/FakeEngine.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

#include <httplib.h>

#include "Support/FakeSpeech.h"

namespace tableread::test
{
using namespace std::chrono;

struct FakeEngine::Server
{
    Server (FakeEngine& engine, std::filesystem::path path, FakeFaults problems)
        : owner (engine)
        , socket (std::move (path))
        , faults (std::move (problems))
    {
        std::filesystem::remove (socket);
        http.set_address_family (AF_UNIX);
        http.Get (protocol::healthPath, [this] (const auto&, auto& response) { answerHealth (response); });
        http.Post (protocol::speechPath,
                   [this] (const auto& request, auto& response) { answerSpeech (request, response); });
        if (! http.bind_to_port (socket.c_str(), 80))
            throw std::runtime_error ("FakeEngine cannot listen on " + socket.string());
        thread = std::thread ([this] { http.listen_after_bind(); });
        while (! http.is_running())
            std::this_thread::yield();
    }

    ~Server()
    {
        ending = true;
        http.stop();
        thread.join();
        std::filesystem::remove (socket);
    }

    void answerHealth (httplib::Response& response)
    {
        hangIfAsked();
        protocol::Health health;
        health.status = steady_clock::now() - begun < milliseconds (faults.loadMs) ? "loading" : "ok";
        health.engineVersion = "fake";
        health.protocol = faults.protocol;
        health.model = "tones";
        health.fingerprint = "fake-1";
        health.frameSamples = (std::int64_t) fakeFrameSamples;
        health.busy = busy;
        health.voices = faults.voices;
        response.set_content (protocol::toJson (health), "application/json");
    }

    void answerSpeech (const httplib::Request& request, httplib::Response& response)
    {
        hangIfAsked();
        const auto parsed = protocol::parseSpeechRequest (request.body);
        if (! parsed)
            return refuse (response, parsed.error());
        if (faults.refuseStatus != 0)
        {
            refuse (response, { ErrorCode::InvalidInput, "voice \"Ada\": the file is not audio",
                                "tableread.voices[0].path" });
            response.status = faults.refuseStatus;
            return;
        }
        if (faults.html)
            return response.set_content ("<html>It works!</html>", "text/html");
        if (busyAnswersLeft.fetch_sub (1) > 0 || busy.exchange (true))
        {
            refuse (response, { ErrorCode::Busy, "another job runs", {} });
            return response.set_header ("Retry-After", "0");
        }
        {
            const std::lock_guard lock (mutex);
            seen.push_back (*parsed);
        }
        const auto job = owner.started++;
        auto varied = *parsed;
        if (faults.drifts)
            varied.seed += (std::uint64_t) job;
        // Once a job, and before the last bytes go out: a client that has them may ask for the next at once.
        const auto release = [this, held = std::make_shared<std::atomic<bool>> (true)] {
            if (held->exchange (false))
                busy = false;
        };
        response.set_chunked_content_provider (
            "audio/pcm",
            [this, release, speech = fakeSpeech (varied), frame = 0] (std::size_t,
                                                                      httplib::DataSink& sink) mutable {
                return sendFrame (speech, frame++, sink, release);
            },
            [this, release] (bool complete) {
                owner.abandoned += ! complete;
                release();
            });
    }

    bool sendFrame (const std::vector<float>& speech, int frame, httplib::DataSink& sink,
                    const std::function<void()>& release)
    {
        const auto waits = [&, this] (int waitedMs) {
            return waitedMs < faults.frameMs || (faults.waits && frame == 1 && ! owner.free);
        };
        for (int waited = 0; waits (waited) && ! ending && sink.is_writable(); ++waited)
            std::this_thread::sleep_for (milliseconds (1));
        if (ending || ! sink.is_writable())
            return false;
        if (faults.dieAfterFrames != 0 && frame == faults.dieAfterFrames)
            dieIfAsked();
        if (faults.cutAfterFrames != 0 && frame == faults.cutAfterFrames && faults.cuts-- > 0)
        {
            faults.cutAfterFrames += faults.cutStep;
            return false;
        }
        std::vector<float> samples (speech.begin() + frame * (std::ptrdiff_t) fakeFrameSamples,
                                    speech.begin() + (frame + 1) * (std::ptrdiff_t) fakeFrameSamples);
        if (faults.notANumber && frame == 1)
            samples[7] = std::numeric_limits<float>::quiet_NaN();
        const bool last = (std::size_t) (frame + 1) * fakeFrameSamples >= speech.size();
        const auto bytes = samples.size() * sizeof (float) - (faults.halfSample && last ? 2 : 0);
        if (last)
            release();
        if (! sink.write (reinterpret_cast<const char*> (samples.data()), bytes))
            return false;
        if (last)
            sink.done();
        return true;
    }

    static void refuse (httplib::Response& response, const Error& error)
    {
        response.status = protocol::httpStatus (error.code);
        response.set_content (protocol::toJson (error), "application/json");
    }

    void hangIfAsked()
    {
        if (faults.hangs)
            ++owner.held;
        while (faults.hangs && ! ending)
            std::this_thread::sleep_for (milliseconds (1));
    }

    void dieIfAsked() const
    {
        if (! faults.dieOnce.empty())
        {
            if (std::filesystem::exists (faults.dieOnce))
                return;
            std::ofstream (faults.dieOnce) << "died\n";
        }
        std::raise (SIGKILL);
    }

    FakeEngine& owner;
    std::filesystem::path socket;
    FakeFaults faults;
    steady_clock::time_point begun = steady_clock::now();
    std::atomic<int> busyAnswersLeft { faults.busyAnswers };
    std::atomic<bool> busy { false };
    std::atomic<bool> ending { false };
    mutable std::mutex mutex;
    std::vector<protocol::SpeechRequest> seen;
    httplib::Server http;
    std::thread thread;
};

FakeEngine::FakeEngine (std::filesystem::path socket, FakeFaults faults)
    : server (std::make_unique<Server> (*this, std::move (socket), std::move (faults)))
{}

FakeEngine::~FakeEngine() = default;

void FakeEngine::wait()
{
    server->thread.join();
    server->thread = std::thread ([] {});
}

std::vector<protocol::SpeechRequest> FakeEngine::requests() const
{
    const std::lock_guard lock (server->mutex);
    return server->seen;
}

FakeFaults parseFaults (const std::string& text)
{
    FakeFaults faults;
    std::istringstream entries (text);
    for (std::string entry; std::getline (entries, entry, ';');)
    {
        const auto equals = entry.find ('=');
        const auto name = entry.substr (0, equals);
        const auto value = equals == std::string::npos ? std::string() : entry.substr (equals + 1);
        const auto number = [&] { return std::stoi (value); };
        if (name == "busy")
            faults.busyAnswers = number();
        else if (name == "cut")
            faults.cutAfterFrames = number();
        else if (name == "die")
            faults.dieAfterFrames = number();
        else if (name == "die-once")
            faults.dieOnce = value;
        else if (name == "frame-ms")
            faults.frameMs = number();
        else if (name == "load-ms")
            faults.loadMs = number();
        else if (name == "hang")
            faults.hangs = true;
        else if (name == "exit")
            faults.exitsAtOnce = true;
        else if (! name.empty())
            throw std::runtime_error ("TABLEREAD_FAKE: \"" + name + "\" is unknown");
    }
    return faults;
}
} // namespace tableread::test
