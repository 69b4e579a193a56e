// SPDX-License-Identifier: Apache-2.0
#include "Support/FakeEngine.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <limits>
#include <list>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>
#include <poll.h>

#include "Http/Beast.h"
#include "Support/FakeModels.h"
#include "Support/FakeSeats.h"
#include "Support/FakeSpeech.h"

namespace tableread::test
{
using namespace std::chrono;
using LocalSocket = asio::local::stream_protocol::socket;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr const char* fakeFingerprint = "fake-1";
constexpr std::int64_t fakeWeightBytes = 53'000'000;
const std::string jobPrefix = protocol::jobsPath + std::string ("/");

/** A job that has a seat; gives it back once. */
struct Speaking
{
    Speaking (FakeSeats& engineSeats, std::string job, bool dies)
        : seats (engineSeats)
        , id (std::move (job))
        , mayDie (dies)
    {}
    ~Speaking() { end(); }
    Speaking (const Speaking&) = delete;
    Speaking& operator= (const Speaking&) = delete;

    void end()
    {
        if (std::exchange (holds, false))
            seats.leave (id);
    }

    FakeSeats& seats;
    std::string id;
    bool mayDie, holds = true;
};

/** A thread for each connection, one request each. */
struct FakeEngine::Server
{
    Server (FakeEngine& engine, std::filesystem::path path, FakeFaults problems)
        : owner (engine)
        , socket (std::move (path))
        , faults (std::move (problems))
        , seats (faults.seats, faults.queue)
    {
        std::filesystem::remove (socket);
        acceptor.emplace (io, asio::local::stream_protocol::endpoint (socket.string()));
        thread = std::thread ([this] { acceptAll(); });
    }

    ~Server()
    {
        ending = true;
        ::shutdown (acceptor->native_handle(), SHUT_RDWR);
        thread.join();
        for (auto& client : clients)
        {
            ::shutdown (client.socket.native_handle(), SHUT_RDWR);
            client.thread.join();
        }
        std::filesystem::remove (socket);
    }

    void acceptAll()
    {
        while (true)
        {
            SystemError error;
            LocalSocket client = acceptor->accept (error);
            if (error)
                return;
            auto& taken = clients.emplace_back (Client { std::move (client), {} });
            taken.thread = std::thread ([this, &taken] { serve (taken.socket); });
        }
    }

    void serve (LocalSocket& client)
    {
        beast::flat_buffer buffer;
        http::request_parser<http::string_body> parser;
        parser.body_limit (protocol::maxBodyBytes);
        SystemError error;
        http::read (client, buffer, parser, error);
        if (error)
            return;
        hangIfAsked();
        const auto& request = parser.get();
        if (request.target() == protocol::livePath)
            answer (client, 200, "application/json", R"({"status":"ok"})");
        else if (request.target() == protocol::readyPath)
            answer (client, isLoading() ? 503 : 200, "application/json", "{}");
        else if (request.method() == http::verb::get && request.target() == protocol::healthPath)
            answerHealth (client);
        else if (request.method() == http::verb::post && request.target() == protocol::speechPath)
            answerSpeech (request, client);
        else if (const std::string path (request.target().data(), request.target().size());
                 path.starts_with (jobPrefix))
            answerJob (request, path.substr (jobPrefix.size()), client);
        else if (const auto page = models.answer (path, request.body(), [this] { return ending.load(); });
                 page && ! page->body.empty())
            answer (client, page->status, "application/json", page->body);
        client.shutdown (LocalSocket::shutdown_both, error);
    }

    static void answer (LocalSocket& client, int status, const char* type, std::string body)
    {
        Response response { static_cast<http::status> (status), 11 };
        response.set (http::field::content_type, type);
        response.set (http::field::retry_after, "0");
        response.keep_alive (false);
        response.body() = std::move (body);
        response.prepare_payload();
        SystemError ignored;
        http::write (client, response, ignored);
    }

    bool isLoading() const { return steady_clock::now() - begun < milliseconds (faults.loadMs); }

    void answerHealth (LocalSocket& client)
    {
        const bool isDeaf = faults.deafAfter > 0 && healthAnswers++ >= faults.deafAfter;
        while (isDeaf && ! ending)
            std::this_thread::sleep_for (milliseconds (1));
        protocol::Health health;
        const bool loads = isLoading() || models.isLoading();
        health.status = loads ? "loading" : "ok";
        health.loadingBytes = loads ? fakeWeightBytes : 0;
        health.models = { "tones" };
        health.engineVersion = faults.version.empty() ? TABLEREAD_VERSION : faults.version;
        health.protocol = faults.protocol;
        health.model = "tones";
        health.fingerprint = fakeFingerprint;
        health.frameSamples = (std::int64_t) fakeFrameSamples;
        health.seats = faults.seats;
        health.speaking = seats.speaking();
        health.waiting = seats.waiting();
        health.busy = health.speaking > 0 || faults.saysBusy;
        health.voices = faults.voices;
        answer (client, 200, "application/json", protocol::toJson (health));
    }

    void answerSpeech (const Request& request, LocalSocket& client)
    {
        const auto parsed = protocol::parseSpeechRequest (request.body());
        if (! parsed)
            return refuse (client, parsed.error());
        if (faults.refuseStatus != 0)
            return answer (
                client, faults.refuseStatus, "application/json",
                protocol::toJson (Error { ErrorCode::InvalidInput, "voice \"Ada\": the file is not audio",
                                          "tableread.voices[0].path" }));
        const auto isTooLong = [this] (const auto& line) {
            return faults.mostLetters != 0 && std::ssize (line.text) > faults.mostLetters;
        };
        if (std::any_of (parsed->lines.begin(), parsed->lines.end(), isTooLong))
            return refuse (client, { ErrorCode::OutOfRange, "the passage is too long. Split it.", {} });
        if (faults.html)
            return answer (client, 200, "text/html", "<html>It works!</html>");
        auto varied = *parsed;
        if (varied.id.empty())
            varied.id = "fake-job";
        const auto entry = busyAnswersLeft.fetch_sub (1) > 0
                               ? FakeSeats::Entry::Full
                               : seats.enter (varied, [&] { return ! ending && isThere (client); });
        if (entry == FakeSeats::Entry::Full)
            return refuse (client, { ErrorCode::Busy, "another job runs", {} });
        if (entry == FakeSeats::Entry::Left)
            return;
        Speaking speaking (seats, varied.id, hasText (varied));
        {
            const std::lock_guard lock (mutex);
            seen.push_back (*parsed);
        }
        const auto job = owner.started++;
        if (faults.drifts)
            varied.seed += (std::uint64_t) job;
        http::response<http::empty_body> head { http::status::ok, 11 };
        head.set (http::field::content_type, "audio/pcm");
        head.set (protocol::jobField, varied.id);
        head.keep_alive (false);
        head.chunked (true);
        http::response_serializer<http::empty_body> writer (head);
        SystemError error;
        http::write_header (client, writer, error);
        if (error || ! sendSpeech (fakeSpeech (varied), client, speaking))
            ++owner.abandoned;
    }

    bool hasText (const protocol::SpeechRequest& request) const
    {
        return faults.dieText.empty() ||
               std::any_of (request.lines.begin(), request.lines.end(), [&] (const auto& line) {
                   return line.text.find (faults.dieText) != std::string::npos;
               });
    }

    void answerJob (const Request& request, const std::string& id, LocalSocket& client)
    {
        if (request.method() == http::verb::patch)
        {
            const auto due = nlohmann::json::parse (request.body()).at ("due_ms");
            seats.setDue (id, due.is_null() ? std::nullopt : std::optional (due.get<double>()));
            ++owner.changed;
        }
        if (const auto job = seats.find (id))
            answer (client, 200, "application/json", *job);
        else
            refuse (client, { ErrorCode::NotFound, "no such job", id });
    }

    /** @returns false if the client left, or if this engine misbehaves. */
    bool sendSpeech (const std::vector<float>& speech, LocalSocket& client, Speaking& speaking)
    {
        const auto frames = (int) (speech.size() / fakeFrameSamples);
        for (int frame = 0; frame < frames; ++frame)
            if (! sendFrame (speech, frame, client, speaking))
                return false;
        http::fields end;
        if (! faults.noFinish)
            end.set (protocol::finishReasonField, protocol::nameOf (faults.finish));
        end.set (protocol::fingerprintField, fakeFingerprint);
        SystemError error;
        asio::write (client, http::make_chunk_last (end), error);
        return ! error;
    }

    static bool isThere (LocalSocket& client)
    {
        pollfd state { client.native_handle(), 0, 0 };
        return ::poll (&state, 1, 0) == 0;
    }

    bool sendFrame (const std::vector<float>& speech, int frame, LocalSocket& client, Speaking& speaking)
    {
        const auto waits = [&, this] (int waitedMs) {
            return waitedMs < faults.frameMs || (faults.waits && frame == 1 && ! owner.free);
        };
        for (int waited = 0; waits (waited) && ! ending && isThere (client); ++waited)
            std::this_thread::sleep_for (milliseconds (1));
        if (ending || ! isThere (client))
            return false;
        if (speaking.mayDie && faults.dieAfterFrames != 0 && frame == faults.dieAfterFrames)
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
            speaking
                .end(); // before the last bytes go out: a client that has them may ask for the next at once
        SystemError error;
        asio::write (client, http::make_chunk (asio::buffer (samples.data(), bytes)), error);
        return ! error;
    }

    static void refuse (LocalSocket& client, const Error& error)
    {
        answer (client, protocol::httpStatus (error.code), "application/json", protocol::toJson (error));
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

    struct Client
    {
        LocalSocket socket;
        std::thread thread;
    };

    FakeEngine& owner;
    std::filesystem::path socket;
    FakeFaults faults;
    steady_clock::time_point begun = steady_clock::now();
    std::atomic<int> busyAnswersLeft { faults.busyAnswers };
    std::atomic<int> healthAnswers { 0 };
    std::atomic<bool> ending { false };
    FakeSeats seats;
    FakeModels models { faults };
    mutable std::mutex mutex;
    std::vector<protocol::SpeechRequest> seen;
    asio::io_context io;
    std::optional<asio::local::stream_protocol::acceptor> acceptor;
    std::list<Client> clients; // kept until the end
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

std::vector<std::string> FakeEngine::modelRequests() const
{
    return server->models.asked();
}

int FakeEngine::waiting() const
{
    return server->seats.waiting();
}

int FakeEngine::mostAtOnce() const
{
    return server->seats.mostAtOnce();
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
        if (name == "refuse")
            faults.refuseStatus = number();
        else if (name == "seats")
            faults.seats = number();
        else if (name == "busy")
            faults.busyAnswers = number();
        else if (name == "cut")
            faults.cutAfterFrames = number();
        else if (name == "die")
            faults.dieAfterFrames = number();
        else if (name == "die-text")
            faults.dieText = value;
        else if (name == "die-once")
            faults.dieOnce = value;
        else if (name == "most-letters")
            faults.mostLetters = number();
        else if (name == "frame-ms")
            faults.frameMs = number();
        else if (name == "load-ms")
            faults.loadMs = number();
        else if (name == "reload-ms")
            faults.reloadMs = number();
        else if (name == "die-loading")
            faults.diesLoading = true;
        else if (name == "finish")
            faults.finish = protocol::finishReasonOf (value).value();
        else if (name == "version")
            faults.version = value;
        else if (name == "says-busy")
            faults.saysBusy = true;
        else if (name == "deaf-after")
            faults.deafAfter = number();
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
