// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Client.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "Http/Beast.h"

namespace tableread
{
static_assert (std::endian::native == std::endian::little, "the floats on the wire are little-endian");

namespace
{
/** Splits the bytes of an answer into floats; keeps up to three bytes of an incomplete float. */
class FloatReader
{
public:
    /** @returns false if a value is not finite: speech never is, and a host's mixer must never see such a value. */
    bool take (const char* data, std::size_t size)
    {
        bytes.insert (bytes.end(), data, data + size);
        samples.resize (bytes.size() / sizeof (float));
        if (! samples.empty())
            std::memcpy (samples.data(), bytes.data(), samples.size() * sizeof (float));
        bytes.erase (bytes.begin(), bytes.begin() + (std::ptrdiff_t) (samples.size() * sizeof (float)));
        for (const auto sample : samples)
            if (! std::isfinite (sample))
                return false;
        return true;
    }

    std::span<const float> speech() const { return samples; }
    bool endsWhole() const { return bytes.empty(); }

private:
    std::vector<char> bytes;
    std::vector<float> samples;
};

/** What is collected while the answer to one speech request arrives. */
struct Answer
{
    unsigned status = 0;
    std::string errorBody;
    FloatReader floats;
    protocol::SpeechEnd end;
    std::optional<std::string> nonsense; // what in a 200 answer did not follow the protocol
    std::chrono::milliseconds retryAfter { 0 };
};

using ResponseParser = http::response_parser<GrowingBody>;
using Fields = ResponseParser::value_type;

template <typename Name>
std::string fieldOf (const Fields& response, Name name)
{
    const auto value = response[name];
    return { value.data(), value.size() };
}

std::chrono::milliseconds retryAfter (const Fields& response)
{
    const auto value = fieldOf (response, http::field::retry_after);
    int seconds = 0;
    std::from_chars (value.data(), value.data() + value.size(), seconds);
    return std::chrono::seconds (std::clamp (seconds, 0, 60));
}

/** Checks the head of an answer to a speech request. */
void readHead (const ResponseParser& parser, Answer& answer)
{
    const auto& response = parser.get();
    answer.status = response.result_int();
    answer.retryAfter = retryAfter (response);
    answer.end.job = fieldOf (response, protocol::jobField);
    const auto type = fieldOf (response, http::field::content_type);
    if (answer.status == 200 && type.rfind ("audio/", 0) != 0)
        answer.nonsense = "\"" + type + "\" was received instead of audio";
    else if (answer.status == 200 && parser.need_eof())
        answer.nonsense = "the answer does not say where it ends";
}

/** Reads the fields behind the body. */
void readTrailers (const ResponseParser& parser, Answer& answer)
{
    const auto& response = parser.get();
    const auto name = fieldOf (response, protocol::finishReasonField);
    const auto reason = protocol::finishReasonOf (name);
    answer.end.fingerprint = fieldOf (response, protocol::fingerprintField);
    if (reason)
        answer.end.reason = *reason;
    else if (! name.empty()) // a proxy may drop it
        answer.nonsense = "the speech ended with \"" + name + "\" in place of a reason";
}

void readBody (const char* data, std::size_t size, Answer& answer,
               const std::function<void (std::span<const float>)>& onSpeech)
{
    constexpr std::size_t errorLimit = std::size_t { 64 } * 1024;
    if (answer.status != 200)
        answer.errorBody.append (
            data, std::min (size, errorLimit - std::min (errorLimit, answer.errorBody.size())));
    else if (! answer.floats.take (data, size))
        answer.nonsense = "a received sample is not a number";
    else if (! answer.floats.speech().empty())
        onSpeech (answer.floats.speech());
}
} // namespace

struct Client::Connection
{
    asio::io_context io { 1 };
    Call* running = nullptr; // the innermost one, on the thread that calls
};

/** One request and its answer on a connection of their own. Every step is asynchronous and is waited for with a limit, so
    that cancel() can end any of them. */
struct Client::Call
{
    explicit Call (Client& owner)
        : client (owner)
        , outer (owner.connection->running)
        , socket (owner.connection->io)
    {
        parser.header_limit (32 * 1024);
        parser.body_limit (boost::none);
        parser.eager (true);
        client.connection->running = this;
    }
    ~Call() { client.connection->running = outer; }
    Call (const Call&) = delete;
    Call& operator= (const Call&) = delete;

    using Clock = std::chrono::steady_clock;
    using Ended = std::optional<SystemError>;

    /** Starts an asynchronous step and waits for its end. @returns its error, or timed_out. */
    template <typename Start>
    SystemError wait (std::chrono::milliseconds limit, Start start)
    {
        Ended ended;
        start ([&ended] (SystemError error, auto...) { ended = error; });
        return runUntil (ended, Clock::now() + limit) ? *ended : abandon (ended);
    }

    /** The same for as long as the engine lives: while nothing happens, it is asked. */
    template <typename Start>
    SystemError waitForLife (Start start)
    {
        Ended ended;
        start ([&ended] (SystemError error, auto...) { ended = error; });
        auto lastLife = Clock::now();
        const auto& limits = client.limits;
        while (! runUntil (ended, Clock::now() + std::min (limits.probe, limits.silence)))
            if (client.isAlive())
                lastLife = Clock::now();
            else if (! ended && Clock::now() - lastLife > limits.silence)
            {
                silence = std::chrono::duration_cast<std::chrono::milliseconds> (Clock::now() - lastLife);
                return abandon (ended);
            }
        return *ended;
    }

    bool runUntil (const Ended& ended, Clock::time_point deadline)
    {
        auto& io = client.connection->io;
        io.restart();
        while (! ended && io.run_one_until (deadline) > 0)
            ;
        return ended.has_value();
    }

    SystemError abandon (const Ended& ended)
    {
        SystemError ignored;
        socket.close (ignored); // which ends the step
        runUntil (ended, Clock::time_point::max());
        return asio::error::timed_out;
    }

    /** Connects; while the engine's queue of new connections is full, it tries again. */
    SystemError open()
    {
        constexpr std::chrono::milliseconds aMoment { 10 };
        const asio::local::stream_protocol::endpoint engine (client.path.string());
        const auto deadline = std::chrono::steady_clock::now() + client.limits.connect;
        SystemError error;
        socket.open (engine.protocol(), error);
        if (! error)
            socket.non_blocking (true, error);
        while (! error)
        {
            socket.connect (engine, error);
            if (error != asio::error::try_again || std::chrono::steady_clock::now() > deadline)
                return error;
            asio::steady_timer pause (client.connection->io, aMoment);
            error = wait (2 * aMoment, [&] (auto then) { pause.async_wait (then); });
        }
        return error;
    }

    /** Sends a request and reads the head of its answer, also if the engine refuses without reading all of it. */
    template <typename Wait>
    SystemError ask (const http::request<http::string_body>& request, Wait waitFor)
    {
        const auto sent = waitFor ([&] (auto then) { http::async_write (socket, request, then); });
        if (sent && sent != asio::error::broken_pipe && sent != asio::error::connection_reset)
            return sent;
        const auto head =
            waitFor ([this] (auto then) { http::async_read_header (socket, buffer, parser, then); });
        return head && sent ? sent : head;
    }

    /** Reads what comes next of the body, and passes it on. */
    template <typename Wait, typename Take>
    SystemError readSome (Wait waitFor, Take take)
    {
        const auto error =
            waitFor ([this] (auto then) { http::async_read_some (socket, buffer, parser, then); });
        auto& body = parser.get().body();
        if (body.size() > 0)
            take (static_cast<const char*> (body.data().data()), body.size());
        body.clear();
        return error;
    }

    Client& client;
    Call* outer; // which waits meanwhile
    std::chrono::milliseconds silence { 0 };
    asio::local::stream_protocol::socket socket;
    beast::flat_buffer buffer { std::size_t { 64 } * 1024 };
    ResponseParser parser;
};

Client::Client (std::filesystem::path socket) : Client (std::move (socket), Timeouts {})
{}

Client::Client (std::filesystem::path socket, Timeouts timeouts)
    : path (std::move (socket))
    , limits (timeouts)
    , connection (std::make_unique<Connection>())
{}

Client::~Client() = default;

void Client::cancel()
{
    // The order matters: a call that begins later sees the flag; one that runs finds this in its queue.
    cancelled.store (true, std::memory_order_release);
    asio::post (connection->io, [this] {
        SystemError ignored;
        for (auto* call = connection->running; call != nullptr; call = call->outer)
            call->socket.close (ignored);
    });
}

CallFailure Client::failure (const std::string& why, const char* doing) const
{
    if (isCancelled())
        return { CallFailure::Kind::Cancelled, { ErrorCode::Cancelled, "cancelled", {} } };
    return { CallFailure::Kind::Lost,
             { ErrorCode::Io, std::string ("the engine's connection broke while ") + doing + " (" + why + ")",
               path.string() } };
}

CallFailure Client::noEngine() const
{
    if (isCancelled())
        return failure ({}, "");
    return { CallFailure::Kind::NoEngine,
             { ErrorCode::Io, "no engine answers on the socket", path.string() } };
}

struct Client::Page
{
    int status = 0;
    std::string body;
};

struct Client::Question
{
    std::string path;
    const char* doing; // in words
    http::verb verb = http::verb::get;
    std::string body {};
    bool takesLong = false; // waits as long as the engine lives
};

CallResult<Client::Page> Client::ask (const Question& question)
{
    if (isCancelled())
        return tl::unexpected (failure ({}, ""));
    Call call (*this);
    if (call.open())
        return tl::unexpected (noEngine());
    http::request<http::string_body> request { question.verb, question.path, 11 };
    request.set (http::field::host, "engine");
    request.keep_alive (false);
    if (question.verb != http::verb::get)
    {
        request.set (http::field::content_type, "application/json");
        request.body() = question.body;
        request.prepare_payload();
    }
    const auto waitFor = [&] (auto start) {
        return question.takesLong ? call.waitForLife (start) : call.wait (limits.health, start);
    };
    auto error = call.ask (request, waitFor);
    Page page;
    while (! error && ! call.parser.is_done() && page.body.size() <= protocol::maxBodyBytes &&
           ! isCancelled())
        error = call.readSome (waitFor,
                               [&] (const char* data, std::size_t size) { page.body.append (data, size); });
    if (! call.parser.is_done() || isCancelled())
        return tl::unexpected (failure (error.message(), question.doing));
    page.status = (int) call.parser.get().result_int();
    return page;
}

/** The body of an answer that is not a refusal. */
CallResult<std::string> Client::answerTo (const Question& question)
{
    using Kind = CallFailure::Kind;
    auto page = ask (question);
    if (! page)
        return tl::unexpected (page.error());
    if (page->status != 200)
        return tl::unexpected (CallFailure { page->status == 503 ? Kind::Busy : Kind::Refused,
                                             protocol::parseError (page->status, page->body) });
    return std::move (page->body);
}

template <typename T, typename Parse>
CallResult<T> Client::read (const Question& question, Parse parse)
{
    const auto text = answerTo (question);
    if (! text)
        return tl::unexpected (text.error());
    auto read = parse (*text);
    if (! read)
        return tl::unexpected (CallFailure { CallFailure::Kind::Lost,
                                             { read.error().code, read.error().text(), path.string() } });
    return std::move (*read);
}

CallResult<std::vector<protocol::Model>> Client::models()
{
    return read<std::vector<protocol::Model>> ({ protocol::modelsPath, "it was asked for its models" },
                                               protocol::parseModels);
}

CallResult<std::string> Client::metrics()
{
    return answerTo ({ protocol::metricsPath, "it was asked for its figures" });
}

CallResult<protocol::EngineVersion> Client::version()
{
    return read<protocol::EngineVersion> ({ protocol::versionPath, "it was asked for its version" },
                                          protocol::parseVersion);
}

CallResult<protocol::Model> Client::change (protocol::ModelAction action, const std::string& model,
                                            const protocol::LoadSettings& settings)
{
    using Action = protocol::ModelAction;
    Question question { .path = protocol::pathOf (action, model),
                        .doing = action == Action::Plan   ? "a loading was planned"
                                 : action == Action::Load ? "a model was being loaded"
                                                          : "a model was being unloaded",
                        .verb = http::verb::post,
                        .takesLong = true };
    if (action != Action::Unload)
        question.body = protocol::toJson (settings);
    return read<protocol::Model> (question, protocol::parseModel);
}

CallResult<protocol::Health> Client::health()
{
    const auto page = ask ({ protocol::healthPath, "it was asked for its health" });
    if (! page)
        return tl::unexpected (page.error());
    auto health = protocol::parseHealth (page->body);
    if (page->status != 200 || ! health)
    {
        auto why = page->status != 200 ? protocol::parseError (page->status, page->body)
                                       : Error { ErrorCode::Unsupported,
                                                 "what answers there is no engine that this program "
                                                 "understands (" +
                                                     health.error().text() +
                                                     "). Install the same version of both, and end it",
                                                 {} };
        why.where = path.string();
        return tl::unexpected (CallFailure { CallFailure::Kind::Lost, std::move (why) });
    }
    return *health;
}

bool Client::isAlive()
{
    const auto page = ask ({ protocol::livePath, "it was asked whether it lives" });
    return page && (page->status == 200 || page->status == 404); // an older engine does not know the path
}

std::optional<protocol::JobStatus> Client::statusOf (const Question& question)
{
    const auto page = ask (question);
    if (! page || page->status != 200)
        return std::nullopt;
    const auto status = protocol::parseJobStatus (page->body);
    return status ? std::optional (*status) : std::nullopt;
}

std::optional<protocol::JobStatus> Client::job (const std::string& id)
{
    return statusOf ({ protocol::jobsPath + ('/' + id), "it was asked for a job" });
}

std::optional<protocol::JobStatus> Client::setDue (const std::string& id, std::optional<double> dueMs)
{
    return statusOf ({ protocol::jobsPath + ('/' + id), "a job was to be changed", http::verb::patch,
                       protocol::dueChange (dueMs) });
}

CallResult<protocol::SpeechEnd> Client::speak (const protocol::SpeechRequest& request,
                                               const std::function<void (std::span<const float>)>& onSpeech)
{
    using Kind = CallFailure::Kind;
    if (isCancelled())
        return tl::unexpected (failure ({}, ""));
    Call call (*this);
    if (call.open())
        return tl::unexpected (noEngine());
    auto raw = request;
    raw.container = protocol::Container::Pcm;
    raw.stream = protocol::StreamFormat::Audio;
    raw.format = protocol::SampleFormat::Float32;
    http::request<http::string_body> post { http::verb::post, protocol::speechPath, 11 };
    post.set (http::field::host, "engine");
    post.set (http::field::content_type, "application/json");
    post.set (http::field::te, "trailers");
    post.set (http::field::connection, "close, TE");
    post.body() = protocol::toJson (raw);
    post.prepare_payload();

    Answer answer;
    const auto waitFor = [&] (auto start) { return call.waitForLife (start); };
    auto error = call.ask (post, waitFor);
    if (! error)
        readHead (call.parser, answer);
    while (! error && ! answer.nonsense && ! call.parser.is_done() && ! isCancelled())
        error = call.readSome (waitFor, [&] (const char* data, std::size_t size) {
            if (! isCancelled())
                readBody (data, size, answer, onSpeech);
        });
    const auto lost = [this] (const std::string& why) {
        return tl::unexpected (CallFailure { Kind::Lost, { ErrorCode::Io, why, path.string() } });
    };
    if (answer.nonsense)
        return lost (*answer.nonsense);
    if (! call.parser.is_done() || isCancelled())
    {
        auto why = failure (error.message(), "it was speaking");
        why.silence = call.silence;
        return tl::unexpected (std::move (why));
    }
    if (answer.status == 200 && ! answer.floats.endsWhole())
        return lost ("the speech ended within a sample");
    if (answer.status == 200)
        readTrailers (call.parser, answer);
    if (answer.nonsense)
        return lost (*answer.nonsense);
    if (answer.status == 200)
        return answer.end;
    const auto kind = answer.status == 503 ? Kind::Busy : Kind::Refused;
    return tl::unexpected (CallFailure { kind, protocol::parseError ((int) answer.status, answer.errorBody),
                                         answer.retryAfter });
}
} // namespace tableread
