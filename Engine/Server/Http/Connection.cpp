// SPDX-License-Identifier: Apache-2.0
#include "Server/Http/Connection.h"

#include <algorithm>

#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>

#include "Server/Http/ConnectionSteps.h"
#include "Server/Http/Parsing/Grammar.h"
#include "Server/Http/Peer.h"
#include "Server/Http/RequestReading.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t readAtOnce = 4096;
} // namespace

HttpConnection::HttpConnection (Socket client, const HttpListener& from, Host& server)
    : socket (std::move (client))
    , hangUp (socket)
    , listener (from)
    , host (server)
    , timer (socket.get_executor())
    , buffer (largestBuffer)
    , scanner (server.limits().head)
{}

HttpConnection::~HttpConnection()
{
    close();
}

void HttpConnection::failed (const Refusal& refusal)
{
    try
    {
        if (phase == Phase::Receiving || phase == Phase::Working)
            return refuse (refusal);
    }
    catch (const std::bad_alloc&) // nothing can be said any more
    {}
    close();
}

void HttpConnection::start()
{
    if (place.standing == Standing::Stranger)
        strangerUntil = Clock::now() + host.limits().stranger;
    guarded ([this] { waitForRequest(); });
}

void HttpConnection::turnAway (const Refusal& refusal)
{
    guarded ([&] { refuse (refusal); });
}

void HttpConnection::arm (std::chrono::milliseconds limit)
{
    armUntil (Clock::now() + limit);
}

void HttpConnection::armUntil (Clock::time_point end)
{
    timer.expires_at (std::min (end, strangerUntil));
    timer.async_wait ([weak = weak_from_this()] (SystemError error) {
        const auto self = weak.lock();
        if (self != nullptr && ! error && self->timer.expiry() <= Clock::now())
            self->guarded ([&] { self->timeIsUp(); }); // it was not armed again since
    });
}

void HttpConnection::disarm()
{
    timer.expires_at (asio::steady_timer::time_point::max());
}

void HttpConnection::timeIsUp()
{
    if (std::exchange (isBeating, false))
    {
        piece = source->beat();
        return write (false);
    }
    if (phase != Phase::Receiving)
        return close();
    const auto end = receiveUntil();
    if (Clock::now() < end) // more of its body has come since
        return armUntil (end);
    const auto allowed = std::chrono::duration_cast<std::chrono::milliseconds> (end - requestBegan);
    breakOff ({ 408, "it took more than " + std::to_string (allowed.count()) + " ms" });
}

/** Refuses a request while it is being read. */
void HttpConnection::breakOff (const Refusal& refusal)
{
    SystemError ignored;
    socket.cancel (ignored);
    strangerUntil = Clock::time_point::max(); // the refusal is its last answer
    refuse (refusal);
}

std::optional<Inflow::Clock::time_point> HttpConnection::receivingSince() const
{
    if (phase != Phase::Receiving || held < Inflow::pieceBytes)
        return {};
    return inflow.since();
}

void HttpConnection::giveWay()
{
    guarded ([this] { breakOff ({ 503, "there is no room for more bodies, and this one came slowest" }); });
}

/** A body that comes slowly has time, if it comes steadily. */
HttpConnection::Clock::time_point HttpConnection::receiveUntil() const
{
    const auto& limits = host.limits();
    const std::chrono::duration<double> forBody (static_cast<double> (held) /
                                                 static_cast<double> (limits.bodyBytesASecond));
    return std::min (strangerUntil, requestBegan + limits.request +
                                        std::chrono::duration_cast<std::chrono::milliseconds> (forBody));
}

void HttpConnection::waitForRequest()
{
    phase = Phase::Idle;
    scanner = HeadScanner (host.limits().head);
    parser.reset();
    request = {};
    answerFields.clear();
    arm (host.limits().idle);
    host.becameIdle (*this);
    if (phase == Phase::Closed)
        return;
    if (buffer.size() > 0)
        return readHead();
    buffer.shrink_to_fit();
    socket.async_wait (Socket::wait_read, then ([this] { readHead(); }));
}

void HttpConnection::readHead()
{
    if (phase == Phase::Idle)
    {
        phase = Phase::Receiving;
        access.begin();
        host.becameActive (*this);
        requestBegan = Clock::now();
        inflow = Inflow (requestBegan);
        armUntil (receiveUntil());
    }
    const std::string_view bytes (static_cast<const char*> (buffer.data().data()), buffer.size());
    const auto size = scanner.scan (bytes);
    if (scanner.refusal())
        return refuse (*scanner.refusal());
    if (size)
        return headIsThere (bytes.substr (0, *size));
    socket.async_read_some (buffer.prepare (readAtOnce), then ([this] (std::size_t count) {
                                if (phase != Phase::Receiving)
                                    return; // it had come already when the request was refused
                                buffer.commit (count);
                                readHead();
                            }));
}

void HttpConnection::headIsThere (std::string_view head)
{
    if (const auto refused = checkHead (head))
        return refuse (*refused);
    parser.emplace();
    parser->header_limit (largestBuffer);
    parser->body_limit (boost::none); // until the route is known
    parser->eager (false);
    SystemError error;
    if (head.front() == '\r') // an empty line before the request, which Beast does not skip
    {
        head.remove_prefix (2);
        buffer.consume (2);
    }
    const auto used = parser->put (asio::buffer (head.data(), head.size()), error);
    if ((error && error != http::error::need_more) || ! parser->is_header_done())
        return refuse ({ 400, "its head is malformed" });
    buffer.consume (used);
    admit();
}

void HttpConnection::admit()
{
    const auto& message = parser->get();
    isHead = message.method() == http::verb::head;
    isOld = message.version() == 10;
    request = requestOf (message);
    request.isTcp = isTcpSocket (socket.native_handle());
    request.peer = listener.client.empty() ? peerOf (socket.native_handle()) : listener.client;
    const bool hasLength = parser->content_length().has_value() || parser->chunked();
    const bool hasBody = parser->chunked() || parser->content_length().value_or (0) > 0;
    keepsOpen = parser->keep_alive() && ! hasBody;
    takesTrailers = request.takesTrailers;
    if (listener.admit)
    {
        auto admission = listener.admit (request);
        if (admission.showsToken)
            becomeKnown();
        answerFields = std::move (admission.fields);
        if (admission.refusal)
            return send (std::move (*admission.refusal));
    }
    if (message.method() == http::verb::unknown)
        return refuse ({ 501, "its method is unknown" });
    HttpAnswer refusal;
    route = host.find (request, refusal);
    if (route == nullptr)
    {
        keepsOpen = keepsOpen && (hasLength || request.method == "GET");
        return send (std::move (refusal));
    }
    if (route->admit)
        if (auto refused = route->admit (request))
            return send (std::move (*refused));
    if (route->mostBodyBytes == 0)
        return dispatch();
    if (! hasLength)
        return refuse ({ 411, "the request states no length of its body" });
    if (parser->content_length().value_or (0) > route->mostBodyBytes)
        return bodyEnded (http::error::body_limit);
    keepsOpen = parser->keep_alive();
    parser->body_limit (route->mostBodyBytes);
    parser->eager (true);

    const auto expectation = request.field ("Expect");
    if (expectation.empty() || isOld)
        return readBody();
    if (! sameWord (expectation, "100-continue"))
        return refuse ({ 417, "the only expectation that is met here is 100-continue" });
    if (! hangUp.sendInterimResponse())
        return close();
    readBody();
}

/** Its client has shown the token. */
void HttpConnection::becomeKnown()
{
    if (place.standing != Standing::Stranger)
        return;
    host.becameKnown (*this);
    strangerUntil = Clock::time_point::max();
    armUntil (receiveUntil());
}

void HttpConnection::readBody()
{
    const auto size = parser->get().body().size();
    if (! host.hold (size - held, inflow.since()))
        return refuse ({ 503, "the engine is receiving too many requests at once" });
    held = size;
    inflow.came (size);
    if (parser->is_done())
    {
        request.body = beast::buffers_to_string (parser->get().body().data());
        return dispatch();
    }
    http::async_read_some (
        socket, buffer, *parser, [self = shared_from_this()] (SystemError error, std::size_t) {
            // It may have been refused when this had already come.
            if (error != asio::error::operation_aborted && self->phase == Phase::Receiving)
                self->guarded ([&] { error ? self->bodyEnded (error) : self->readBody(); });
            if (self->phase == Phase::Receiving || ! self->parser)
                return;
            self->parser.reset(); // a refused body is in memory no longer
            self->host.worked();
        });
}

/** Reading the body has failed. */
void HttpConnection::bodyEnded (SystemError error)
{
    if (const auto refusal = bodyRefusal (error, route->mostBodyBytes))
        return refuse (*refusal);
    close();
}

void HttpConnection::dispatch()
{
    phase = Phase::Working;
    disarm();
    parser.reset();
    request.held = host.keep (std::exchange (held, 0));
    const auto weak = weak_from_this();
    const auto executor = socket.get_executor();
    const auto number = ++exchangeNumber;
    const auto toConnection = [weak, executor] (auto run) {
        asio::post (executor, [weak, run = std::move (run)]() mutable {
            if (const auto self = weak.lock())
                self->guarded ([&] { run (*self); });
        });
    };
    exchange = std::make_shared<Exchange> (
        std::move (request),
        Exchange::Connection { [toConnection, number] (HttpAnswer answer) {
                                  toConnection ([number, answer = std::make_shared<HttpAnswer> (
                                                             std::move (answer))] (HttpConnection& self) {
                                      // A late or second answer must not become the next request's.
                                      if (self.exchange != nullptr && self.exchangeNumber == number)
                                          self.send (std::move (*answer));
                                  });
                              },
                               [toConnection] (std::function<void()> work) {
                                   toConnection ([work = std::move (work)] (HttpConnection&) { work(); });
                               } });
    watchForHangUp();
    if (! route->waits)
        return route->handle (exchange);
    if (! host.work (route->handle, exchange))
        refuse ({ 503, "too many requests wait already" });
}

/** Closes when the client has closed its socket, whatever this waits for. */
void HttpConnection::watchForHangUp()
{
    hangUp.begin ({ .owner = weak_from_this(),
                    .whenEnded = [this] { guarded ([this] { askWhetherItIsThere(); }); },
                    .whenHungUp = [this] { close(); } });
}

/** Says something that means nothing: the system of a client that has closed its socket answers with a reset. While an
    answer is being written it will tell by itself. */
void HttpConnection::askWhetherItIsThere()
{
    if (isBeating)
        timeIsUp();
    else if (phase == Phase::Working && ! isOld && ! hangUp.sendInterimResponse())
        close();
}

void HttpConnection::refuse (const Refusal& refusal)
{
    keepsOpen = false;
    send (host.answerOf (refusal));
}

void HttpConnection::stop (const Refusal& refusal)
{
    guarded ([&] {
        if (phase == Phase::Working)
            refuse (refusal);
        else if (phase != Phase::Answering || source != nullptr)
            close();
    });
}

void HttpConnection::close()
{
    if (std::exchange (phase, Phase::Closed) == Phase::Closed)
        return;
    host.release (std::exchange (held, 0));
    SystemError ignored;
    socket.close (ignored);
    disarm();
    tellEnd (false);
    source.reset();
    endExchange();
    host.left (*this);
}
} // namespace tableread::engine
