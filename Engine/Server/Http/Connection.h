// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "Http/Beast.h"
#include "Server/Http/AccessRecord.h"
#include "Server/Http/ConnectionTable.h"
#include "Server/Http/HangUp.h"
#include "Server/Http/Inflow.h"
#include "Server/Http/Listener.h"
#include "Server/Http/Route.h"

namespace tableread::engine
{
/** One client: reads its requests, one after the other, and writes the answers.

    A body that is not read and understood to its end closes the connection: what follows it may not be the next request.
    A client that shuts only its sending half still gets its answer; one that closes its socket cancels its request.
    Threads   the I/O thread only.
    Memory    a few KiB while it is idle, without a thread.
*/
class HttpConnection : public std::enable_shared_from_this<HttpConnection>
{
public:
    /** The server, as its connections see it. */
    class Host
    {
    public:
        virtual ~Host() = default;
        virtual const HttpLimits& limits() const = 0;

        /** Sets the request's parameter. @returns nullptr and sets the refusal: 404, or 405 with the methods that the
            path has. */
        virtual const HttpRoute* find (HttpRequest& request, HttpAnswer& refusal) const = 0;

        /** The answer that refuses a request. */
        virtual HttpAnswer answerOf (const Refusal& refusal) const = 0;

        /** Lets a worker handle a request. @returns false if too many wait. */
        virtual bool work (const HttpHandler& handler, const std::shared_ptr<Exchange>& exchange) = 0;

        /** A request that took memory is over: a worker has handled it, or its body was refused. */
        virtual void worked() = 0;

        /** Bytes of bodies that are being received or used. If they are too many in all, bodies that come more slowly than
            this one give way. @param since  Inflow's. @returns false if there is no room all the same. */
        virtual bool hold (std::size_t moreBytes, Inflow::Clock::time_point since) = 0;
        virtual void release (std::size_t bytes) = 0;

        /** Bytes that are held already stay so until the result is destroyed, on any thread. */
        virtual std::shared_ptr<void> keep (std::size_t bytes) = 0;

        /** The host owns its connections: those that wait for a request, the longest first, and the others. */
        virtual void becameIdle (HttpConnection& connection) = 0;
        virtual void becameActive (HttpConnection& connection) = 0;
        virtual void becameKnown (HttpConnection& connection) = 0;
        virtual void left (HttpConnection& connection) = 0;

        /** An answer has ended. */
        virtual void answered (const HttpAccess& access) = 0;
    };

    HttpConnection (Socket client, const HttpListener& from, Host& server);
    ~HttpConnection();
    HttpConnection (const HttpConnection&) = delete;
    HttpConnection& operator= (const HttpConnection&) = delete;

    /** Begins to read requests. */
    void start();

    /** Refuses the client before it has said anything. */
    void turnAway (const Refusal& refusal);

    /** Ends it as far as possible at once: an answer that is promised says that the server stops, one that has begun is
        cut off. */
    void stop (const Refusal& refusal);

    /** Ends it without another word. */
    void close();

    /** Since when the last pieces of the body that is being received have been on their way (Inflow.h); empty if there is
        none, or so little of it that it is in nobody's way. */
    std::optional<Inflow::Clock::time_point> receivingSince() const;

    /** Refuses the request whose body is being received, and holds nothing of it any more. */
    void giveWay();

    ConnectionTable::Place place; // the host's

private:
    using Clock = std::chrono::steady_clock;

    enum class Phase
    {
        Idle,
        Receiving,
        Working, // the handler has the request
        Answering,
        Lingering, // the last answer is sent; the client may still be sending
        Closed
    };

    template <typename Then>
    auto then (Then run);
    template <typename Work>
    void guarded (Work work);
    void failed (const Refusal& refusal);

    void waitForRequest();
    void readHead();
    void headIsThere (std::string_view head);
    void admit();
    void becomeKnown();
    void readBody();
    void bodyEnded (SystemError error);
    void dispatch();
    void watchForHangUp();
    void askWhetherItIsThere();
    void refuse (const Refusal& refusal);
    void breakOff (const Refusal& refusal);
    void send (HttpAnswer answer);
    void sendWhole (HttpAnswer& answer);
    void sendStream (HttpAnswer& answer);
    void pump();
    void waitForSource();
    void write (bool isLast);
    void answerEnded();
    void endExchange();
    void tellEnd (bool isComplete)
    {
        if (const auto told = access.end (exchange == nullptr ? request : exchange->request, isComplete))
            host.answered (*told);
    }
    void linger();
    void drain (std::size_t drained);
    void arm (std::chrono::milliseconds limit);
    void armUntil (Clock::time_point end);
    Clock::time_point receiveUntil() const;
    void disarm();
    void timeIsUp();

    Socket socket;
    HangUpWatch hangUp;
    const HttpListener& listener;
    Host& host;
    asio::steady_timer timer;
    Clock::time_point strangerUntil = Clock::time_point::max(); // nothing takes longer
    Clock::time_point requestBegan;
    Phase phase = Phase::Idle;
    beast::flat_buffer buffer;
    HeadScanner scanner;
    std::optional<http::request_parser<GrowingBody>> parser;
    const HttpRoute* route = nullptr;
    HttpRequest request;
    HttpFields answerFields; // from the listener
    std::size_t held = 0;    // bytes of the body, as the host counts them
    Inflow inflow { Clock::time_point() };
    AccessRecord access;
    std::shared_ptr<Exchange> exchange;
    std::uint64_t exchangeNumber = 0;
    bool keepsOpen = false, isHead = false, isOld = false, writing = false;
    bool takesTrailers = false, isBeating = false, isChunked = false;
    std::optional<http::response<http::string_body>> whole;
    std::optional<http::response<http::empty_body>> streamHead;
    std::optional<http::response_serializer<http::empty_body>> streamHeadWriter;
    std::unique_ptr<BodySource> source;
    BodySource::State sourceState = BodySource::State::Open;
    std::string piece;
    http::fields trailers;
};
} // namespace tableread::engine
