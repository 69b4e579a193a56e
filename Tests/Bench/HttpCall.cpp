// SPDX-License-Identifier: Apache-2.0
#include "Bench/HttpCall.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

namespace tableread::test
{
namespace
{
std::string fieldOf (const http::fields& head, http::field name)
{
    const auto value = head[name];
    return { value.data(), value.size() };
}

std::optional<std::chrono::seconds> retryAfter (const http::fields& head)
{
    const auto value = fieldOf (head, http::field::retry_after);
    unsigned seconds = 0;
    const auto [end, error] = std::from_chars (value.data(), value.data() + value.size(), seconds);
    if (error != std::errc() || end == value.data())
        return std::nullopt;
    return std::chrono::seconds (seconds);
}

bool isTheConnections (SystemError error)
{
    return error == http::error::partial_message || error == http::error::end_of_stream ||
           error == asio::error::eof || error == asio::error::connection_reset ||
           error == asio::error::broken_pipe;
}
} // namespace

HttpCall::HttpCall (asio::io_context& context, Endpoint engine, Handlers receivers, Limits howLong)
    : io (context)
    , endpoint (std::move (engine))
    , handlers (std::move (receivers))
    , limits (howLong)
    , socket (context)
    , silence (context)
    , pause (context)
{
    parser.header_limit (32 * 1024);
    parser.body_limit (boost::none);
}

void HttpCall::begin (Request wanted)
{
    request = std::move (wanted);
    heard = Clock::now();
    watch();
    SystemError error;
    socket.open (endpoint.protocol(), error);
    if (! error)
        socket.native_non_blocking (true, error);
    if (error)
        return endSoon (fmt::format ("no connection ({})", error.message()));
    connect();
}

void HttpCall::cancel()
{
    hasEnded = true;
    close();
}

void HttpCall::watch()
{
    silence.expires_at (heard + limits.silence);
    silence.async_wait ([self = shared_from_this()] (SystemError error) {
        if (error || self->hasEnded)
            return;
        if (Clock::now() < self->heard + self->limits.silence)
            return self->watch();
        self->end (fmt::format ("nothing came for {} ms", self->limits.silence.count()));
    });
}

/** Not Asio's connect: it takes EAGAIN, a Unix socket's answer while the server's queue of new connections is full, for a
    connection that is being made. */
void HttpCall::connect()
{
    constexpr std::chrono::milliseconds aMoment { 5 };
    if (::connect (socket.native_handle(), endpoint.data(), static_cast<socklen_t> (endpoint.size())) == 0)
        return write();
    if (errno != EAGAIN)
        return endSoon (fmt::format ("no connection ({})",
                                     SystemError (errno, boost::system::system_category()).message()));
    pause.expires_after (aMoment);
    pause.async_wait ([self = shared_from_this()] (SystemError error) {
        if (! error && ! self->hasEnded)
            self->connect();
    });
}

/** An engine may refuse a request before it has read all of it: its answer is read nevertheless. */
void HttpCall::write()
{
    http::async_write (socket, request, [self = shared_from_this()] (SystemError error, std::size_t) {
        if (error && ! isTheConnections (error))
            return self->end (fmt::format ("the request could not be sent ({})", error.message()));
        self->readHead();
    });
}

void HttpCall::readHead()
{
    if (hasEnded)
        return;
    http::async_read_header (
        socket, buffer, parser, [self = shared_from_this()] (SystemError error, std::size_t) {
            if (self->hasEnded)
                return;
            self->heard = Clock::now();
            if (error)
                return self->end (fmt::format ("{} ({})",
                                               isTheConnections (error)
                                                   ? "the connection broke before an answer"
                                                   : "the answer is not HTTP",
                                               error.message()));
            const auto& head = self->parser.get();
            self->result.status = head.result_int();
            self->result.type = fieldOf (head, http::field::content_type);
            self->result.retryAfter = retryAfter (head);
            if (self->parser.need_eof())
                return self->end ("the answer does not say where it ends");
            if (self->parser.is_done())
                return self->take ({});
            self->readBody();
        });
}

/** The parser must not be eager: it would keep a chunk's bytes until the next chunk's size has come. */
void HttpCall::readBody()
{
    http::async_read_some (
        socket, buffer, parser,
        [self = shared_from_this()] (SystemError error, std::size_t) { self->take (error); });
}

/** Takes what has come of the body. */
void HttpCall::take (SystemError error)
{
    constexpr std::size_t refusalLimit = std::size_t { 64 } * 1024;
    if (hasEnded)
        return;
    heard = Clock::now();
    auto& body = parser.get().body();
    const std::string_view bytes (static_cast<const char*> (body.data().data()), body.size());
    if (result.status != 200)
        result.refusal.append (
            bytes.substr (0, refusalLimit - std::min (refusalLimit, result.refusal.size())));
    else if (! bytes.empty() && handlers.onBytes)
        handlers.onBytes (bytes);
    body.clear();
    if (error && isTheConnections (error))
        return end (fmt::format ("the body was cut: its end did not come ({})", error.message()));
    if (error)
        return end (fmt::format ("the body is not framed as HTTP has it ({})", error.message()));
    if (! parser.is_done())
        return readBody();
    end (buffer.size() == 0 ? std::string() : "there are bytes behind the end of the answer");
}

void HttpCall::endSoon (std::string fault)
{
    asio::post (
        io, [self = shared_from_this(), why = std::move (fault)]() mutable { self->end (std::move (why)); });
}

void HttpCall::end (std::string fault)
{
    if (std::exchange (hasEnded, true))
        return;
    close();
    result.fault = std::move (fault);
    handlers.onEnd (result);
}

void HttpCall::close()
{
    SystemError ignored;
    socket.close (ignored);
    silence.cancel();
    pause.cancel();
}

HttpCall::Endpoint unixEndpoint (const std::filesystem::path& socket)
{
    return asio::local::stream_protocol::endpoint (socket.string());
}

HttpCall::Request getRequest (const char* target)
{
    HttpCall::Request get { http::verb::get, target, 11 };
    get.set (http::field::host, "engine");
    get.keep_alive (false);
    return get;
}

HttpCall::Request postRequest (const char* target, std::string json)
{
    HttpCall::Request post { http::verb::post, target, 11 };
    post.set (http::field::host, "engine");
    post.set (http::field::content_type, "application/json");
    post.keep_alive (false);
    post.body() = std::move (json);
    post.prepare_payload();
    return post;
}
} // namespace tableread::test
