// SPDX-License-Identifier: Apache-2.0
// How a connection writes its answers.
#include <boost/asio/write.hpp>

#include "Server/Http/ConnectionSteps.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t fewBytes = std::size_t { 64 } * 1024; // of a whole answer that is not counted

template <typename Message>
void setFields (Message& message, const HttpAnswer& answer, bool keepsOpen)
{
    message.set (http::field::content_type, answer.type);
    for (const auto& [name, value] : answer.fields)
        message.insert (name, value);
    message.keep_alive (keepsOpen);
}
} // namespace

void HttpConnection::send (HttpAnswer answer)
{
    if (phase == Phase::Answering || phase == Phase::Lingering || phase == Phase::Closed)
        return;
    host.becameActive (*this);
    phase = Phase::Answering;
    host.release (std::exchange (held, 0)); // of a body that is refused
    keepsOpen = keepsOpen && ! answer.closes;
    answer.fields.insert (answer.fields.end(), answerFields.begin(), answerFields.end());
    access.answer (answer.status);
    arm (host.limits().write);
    if (answer.stream != nullptr)
        sendStream (answer);
    else
        sendWhole (answer);
}

void HttpConnection::sendWhole (HttpAnswer& answer)
{
    // A list of thousands: a client that does not read it has it for half a minute.
    const auto size = answer.body.size() > fewBytes ? answer.body.size() : 0;
    if (! host.hold (size, Inflow::Clock::now()))
    {
        answer = host.answerOf ({ 503, "too many answers wait for clients that do not read them" });
        answer.fields.insert (answer.fields.end(), answerFields.begin(), answerFields.end());
        return sendWhole (answer);
    }
    whole.emplace (static_cast<http::status> (answer.status), isOld ? 10u : 11u);
    setFields (*whole, answer, keepsOpen);
    whole->content_length (answer.body.size());
    if (! isHead)
        whole->body() = std::move (answer.body);
    http::async_write (socket, *whole,
                       then ([this, kept = host.keep (size)] (std::size_t) { answerEnded(); }));
}

void HttpConnection::sendStream (HttpAnswer& answer)
{
    source = std::move (answer.stream);
    sourceState = BodySource::State::Open;
    isChunked = ! isOld && ! answer.length;
    keepsOpen = keepsOpen && (isChunked || answer.length); // else the connection's end is the end of the body
    streamHead.emplace (static_cast<http::status> (answer.status), isOld ? 10u : 11u);
    setFields (*streamHead, answer, keepsOpen);
    if (answer.length)
        streamHead->content_length (*answer.length);
    else if (isChunked)
        streamHead->chunked (true);
    takesTrailers = takesTrailers && isChunked && ! answer.trailers.empty();
    if (takesTrailers)
        streamHead->set (http::field::trailer, answer.trailers);
    streamHeadWriter.emplace (*streamHead);
    writing = true;
    source->begin ([weak = weak_from_this(), executor = socket.get_executor()] {
        asio::post (executor, [weak] {
            if (const auto self = weak.lock())
                self->guarded ([&] { self->pump(); });
        });
    });
    http::async_write_header (socket, *streamHeadWriter, then ([this] (std::size_t) {
                                  writing = false;
                                  pump();
                              }));
}

/** Writes the next piece of a stream, if there is one and none is being written. */
void HttpConnection::pump()
{
    if (writing || source == nullptr)
        return;
    isBeating = false;
    piece.clear();
    if (sourceState == BodySource::State::Open)
        sourceState = source->take (piece);
    if (sourceState == BodySource::State::Broken && piece.empty())
    {
        keepsOpen = false;
        return answerEnded();
    }
    const bool isLast = piece.empty() && sourceState == BodySource::State::Done;
    if (piece.empty() && ! isLast)
        return waitForSource();
    write (isLast);
}

/** The source is waited for, not the client. */
void HttpConnection::waitForSource()
{
    const auto pause = source->heartbeat();
    if (pause.count() == 0)
        return disarm();
    isBeating = true;
    arm (pause);
}

/** Writes the piece, or the end. */
void HttpConnection::write (bool isLast)
{
    writing = true;
    arm (host.limits().write);
    const auto next = [this, isLast] (std::size_t) {
        writing = false;
        if (isLast)
            answerEnded();
        else
            pump();
    };
    if (! isChunked)
        asio::async_write (socket, asio::buffer (piece), then (next));
    else if (isLast && takesTrailers)
    {
        trailers.clear();
        for (const auto& [name, value] : source->trailers())
            trailers.insert (name, value);
        asio::async_write (socket, http::make_chunk_last (trailers), then (next));
    }
    else if (isLast)
        asio::async_write (socket, http::make_chunk_last(), then (next));
    else
        asio::async_write (socket, http::make_chunk (asio::buffer (piece)), then (next));
}

void HttpConnection::answerEnded()
{
    tellEnd (sourceState != BodySource::State::Broken);
    source.reset();
    whole.reset();
    streamHeadWriter.reset();
    streamHead.reset();
    piece = {};
    endExchange();
    if (keepsOpen)
        waitForRequest();
    else
        linger();
}

void HttpConnection::endExchange()
{
    if (exchange == nullptr)
        return;
    std::exchange (exchange, nullptr)->leave();
    if (route->waits)
        host.worked();
}

/** Sends the end and reads for a moment what the client still sends: closing at once would take the answer from a client
    that has not read it yet. */
void HttpConnection::linger()
{
    constexpr std::chrono::milliseconds aMoment { 1'000 };
    phase = Phase::Lingering;
    SystemError ignored;
    socket.shutdown (Socket::shutdown_send, ignored);
    arm (aMoment);
    drain (0);
}

void HttpConnection::drain (std::size_t drained)
{
    constexpr std::size_t enough = std::size_t { 1 } << 20;
    if (drained > enough)
        return close();
    buffer.clear();
    socket.async_read_some (buffer.prepare (largestBuffer),
                            then ([this, drained] (std::size_t count) { drain (drained + count); }));
}
} // namespace tableread::engine
