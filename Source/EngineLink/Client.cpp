// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/Client.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include <httplib.h>

#include "EngineLink/SigpipeGuard.h"

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
    int status = 0;
    std::string errorBody;
    FloatReader floats;
    std::optional<std::string> nonsense; // what in a 200 answer did not follow the protocol
    std::chrono::milliseconds retryAfter { 0 };
};

std::chrono::milliseconds retryAfter (const httplib::Response& response)
{
    const auto value = response.get_header_value ("Retry-After");
    int seconds = 0;
    std::from_chars (value.data(), value.data() + value.size(), seconds);
    return std::chrono::seconds (std::clamp (seconds, 0, 60));
}

void readHead (const httplib::Response& response, Answer& answer)
{
    answer.status = response.status;
    answer.retryAfter = retryAfter (response);
    const auto type = response.get_header_value ("Content-Type");
    if (response.status == 200 && type.rfind ("audio/", 0) != 0)
        answer.nonsense = "\"" + type + "\" was received instead of audio";
}

bool readBody (const char* data, std::size_t size, Answer& answer,
               const std::function<void (std::span<const float>)>& onSpeech)
{
    constexpr std::size_t errorLimit = std::size_t { 64 } * 1024;
    if (answer.status != 200)
    {
        answer.errorBody.append (
            data, std::min (size, errorLimit - std::min (errorLimit, answer.errorBody.size())));
        return true;
    }
    if (! answer.floats.take (data, size))
    {
        answer.nonsense = "a received sample is not a number";
        return false;
    }
    if (! answer.floats.speech().empty())
        onSpeech (answer.floats.speech());
    return true;
}
} // namespace

struct Client::Connection
{
    explicit Connection (const std::filesystem::path& socket) : http (socket.string(), 80)
    {
        http.set_address_family (AF_UNIX);
        http.set_default_headers ({ { "Host", "engine" } });
        http.set_decompress (false);
    }

    httplib::Client http;
};

Client::Client (std::filesystem::path socket) : Client (std::move (socket), Timeouts {})
{}

Client::Client (std::filesystem::path socket, Timeouts timeouts)
    : path (std::move (socket))
    , limits (timeouts)
    , connection (std::make_unique<Connection> (path))
{
    connection->http.set_connection_timeout (limits.connect);
}

Client::~Client() = default;

void Client::cancel()
{
    // The order matters: a call that has not sent its body yet sees the flag; one that has sent it is shut down.
    cancelled.store (true, std::memory_order_release);
    connection->http.stop();
}

CallFailure Client::failure (int httplibError, const char* doing) const
{
    using Kind = CallFailure::Kind;
    if (isCancelled())
        return { Kind::Cancelled, { ErrorCode::Cancelled, "cancelled", {} } };
    const auto error = (httplib::Error) httplibError;
    if (error == httplib::Error::Connection || error == httplib::Error::ConnectionTimeout)
        return { Kind::NoEngine, { ErrorCode::Io, "no engine answers on the socket", path.string() } };
    return { Kind::Lost,
             { ErrorCode::Io,
               std::string ("the engine's connection broke while ") + doing + " (" +
                   httplib::to_string (error) + ")",
               path.string() } };
}

CallResult<protocol::Health> Client::health()
{
    if (isCancelled())
        return tl::unexpected (failure (0, ""));
    const SigpipeGuard guard;
    connection->http.set_read_timeout (limits.health);
    std::string body;
    const auto result = connection->http.Get (protocol::healthPath, [&] (const char* data, std::size_t size) {
        body.append (data, size);
        return body.size() <= protocol::maxBodyBytes && ! isCancelled();
    });
    if (! result)
        return tl::unexpected (failure ((int) result.error(), "it was asked for its health"));
    auto health = protocol::parseHealth (body);
    if (result->status != 200 || ! health)
    {
        auto error = result->status != 200 ? protocol::parseError (result->status, body) : health.error();
        error.where = path.string();
        return tl::unexpected (CallFailure { CallFailure::Kind::Lost, std::move (error) });
    }
    return *health;
}

CallResult<void> Client::speak (const protocol::SpeechRequest& request,
                                const std::function<void (std::span<const float>)>& onSpeech)
{
    auto raw = request;
    raw.container = protocol::Container::Pcm;
    raw.format = protocol::SampleFormat::Float32;
    const auto body = protocol::toJson (raw);

    Answer answer;
    httplib::Request post;
    post.method = "POST";
    post.path = protocol::speechPath;
    post.set_header ("Content-Type", "application/json");
    // The body is provided by a function, because that runs after cancel() knows the connection.
    post.content_length_ = body.size();
    post.content_provider_ = [&] (std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        return ! isCancelled() && sink.write (body.data() + offset, length);
    };
    post.response_handler = [&] (const httplib::Response& response) {
        readHead (response, answer);
        return ! answer.nonsense && ! isCancelled();
    };
    post.content_receiver = [&] (const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
        return ! isCancelled() && readBody (data, size, answer, onSpeech);
    };

    const SigpipeGuard guard;
    connection->http.set_read_timeout (limits.silence);
    const auto result = connection->http.send (post);
    if (answer.nonsense)
        return tl::unexpected (
            CallFailure { CallFailure::Kind::Lost, { ErrorCode::Io, *answer.nonsense, path.string() } });
    if (! result || isCancelled())
        return tl::unexpected (failure ((int) result.error(), "it was speaking"));
    if (answer.status == 200 && ! answer.floats.endsWhole())
        return tl::unexpected (CallFailure {
            CallFailure::Kind::Lost, { ErrorCode::Io, "the speech ended within a sample", path.string() } });
    if (answer.status == 200)
        return {};
    const auto kind = answer.status == 503 ? CallFailure::Kind::Busy : CallFailure::Kind::Refused;
    return tl::unexpected (
        CallFailure { kind, protocol::parseError (answer.status, answer.errorBody), answer.retryAfter });
}
} // namespace tableread
