// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/Encoding.h"

#include <utility>

#include "Server/Http/Insist.h"

namespace tableread::engine
{
SpeechEncoding::SpeechEncoding (std::shared_ptr<SpeechJob> wanted, const SpeechEncoder::Format& how,
                                EncoderPool& helpers)
    : source (std::move (wanted))
    , format (how)
    , pool (helpers)
{}

void SpeechEncoding::onReadable (std::function<void()> function)
{
    auto other = function; // then the last one, which may own the last reference to its reader
    {
        const std::lock_guard lock (mutex);
        wake.swap (other);
        if (wake && (ready || failure != nullptr))
            wake();
    }
    source->queue.onReadable (std::move (function));
}

SpeechEncoding::Piece SpeechEncoding::take()
{
    if (! SpeechEncoder::isCostly (format))
        return encode();
    Piece piece;
    {
        const std::lock_guard lock (mutex);
        if (failure != nullptr)
            std::rethrow_exception (failure);
        if (isEncoding)
            return piece;
        if (ready)
            piece = *std::exchange (ready, {});
        isEncoding =
            piece.state == PcmQueue::State::Open && (source->queue.unread() > 0 || source->queue.ended());
        if (! isEncoding)
            return piece;
    }
    pool.run ([self = shared_from_this()] { self->encodeNext(); });
    return piece;
}

/** Takes what is there, and encodes it. */
SpeechEncoding::Piece SpeechEncoding::encode()
{
    Piece piece;
    samples.clear();
    piece.state = source->queue.take (samples);
    piece.samples = static_cast<std::int64_t> (samples.size());
    const bool isDone = piece.state == PcmQueue::State::Done;
    if (encoder == nullptr && (isDone || ! samples.empty()))
        encoder = orThrow (SpeechEncoder::make (format));
    if (! samples.empty())
        encoder->append (samples, piece.bytes);
    if (isDone)
        encoder->end (piece.end);
    piece.held = encoder == nullptr ? 0 : encoder->held();
    return piece;
}

/** In the pool. */
void SpeechEncoding::encodeNext()
{
    std::optional<Piece> made;
    std::exception_ptr problem;
    try
    {
        made = encode();
    }
    catch (...)
    {
        problem = std::current_exception();
    }
    {
        const std::lock_guard lock (mutex);
        isEncoding = false;
        ready = std::move (made);
        failure = problem;
    }
    insist ([this] { // without the lock while memory is waited for
        const std::lock_guard lock (mutex);
        if (wake)
            wake();
    });
}

void SpeechEncoding::abandon()
{
    source->queue.abandon();
    std::function<void()> dropped; // it may own the last reference to the reader
    const std::lock_guard lock (mutex);
    dropped.swap (wake);
}
} // namespace tableread::engine
