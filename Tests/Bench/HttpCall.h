// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "Bench/FrameTimes.h"
#include "Http/Beast.h"

namespace tableread::test
{
/** How a call ended. */
struct CallEnd
{
    unsigned status = 0; // 0: nothing was answered
    std::string type;    // Content-Type
    std::optional<std::chrono::seconds> retryAfter;
    std::string refusal; // the body of an answer other than 200, at most 64 KiB
    std::string fault; // what was wrong with the connection or the answer's form; empty: the answer is whole
};

/** One request on a connection of its own, and its answer. Strict: an answer that does not say where it ends, does not
    come to that end, or goes on behind it, is a fault.

    Threads   that of the io_context. Handlers are called from its loop, never from begin() or cancel().
*/
class HttpCall : public std::enable_shared_from_this<HttpCall>
{
public:
    using Request = http::request<http::string_body>;
    using Endpoint = asio::generic::stream_protocol::endpoint;

    struct Handlers
    {
        std::function<void (std::string_view)> onBytes; // of a body with status 200, as they arrive
        std::function<void (const CallEnd&)> onEnd;     // once, as the last
    };

    struct Limits
    {
        std::chrono::milliseconds silence { 120'000 }; // without a byte of the answer, or a connection
    };

    HttpCall (asio::io_context& context, Endpoint engine, Handlers receivers, Limits howLong);

    void begin (Request wanted);

    /** Closes the connection; no handler is called afterwards. */
    void cancel();

private:
    void watch();
    void connect();
    void write();
    void readHead();
    void readBody();
    void take (SystemError error);
    void endSoon (std::string fault);
    void end (std::string fault);
    void close();

    asio::io_context& io;
    Endpoint endpoint;
    Handlers handlers;
    Limits limits;
    Socket socket;
    asio::steady_timer silence, pause;
    Clock::time_point heard;
    Request request;
    beast::flat_buffer buffer { std::size_t { 64 } * 1024 };
    http::response_parser<GrowingBody> parser;
    CallEnd result;
    bool hasEnded = false;
};

/** @throws boost::system::system_error if the path is too long for a socket's address. */
HttpCall::Endpoint unixEndpoint (const std::filesystem::path& socket);

/** A request without a body. */
HttpCall::Request getRequest (const char* target);

/** A request with a body of JSON. */
HttpCall::Request postRequest (const char* target, std::string json);
} // namespace tableread::test
