// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/FileDelivery.h"

#include <utility>

#include "Server/ErrorAnswers.h"

namespace tableread::engine
{
namespace
{
/** A finished file, a piece at a time: a client that is slow has time for each. */
class FileBody : public BodySource
{
public:
    FileBody (std::string bytes, std::shared_ptr<MemoryBudget::Share> memory)
        : file (std::move (bytes))
        , share (std::move (memory))
    {}

    void begin (std::function<void()>) override {}

    State take (std::string& bytes) override
    {
        constexpr std::size_t pieceBytes = std::size_t { 64 } * 1024;
        bytes.append (file, sent, pieceBytes);
        sent = std::min (sent + pieceBytes, file.size());
        return sent < file.size() ? State::Open : State::Done;
    }

private:
    std::string file;
    std::shared_ptr<MemoryBudget::Share> share;
    std::size_t sent = 0;
};

Error noRoom()
{
    return { ErrorCode::OutOfMemory,
             "the engine has no memory left for a finished file of this length. Ask for a stream, or for mp3 "
             "or opus, or "
             "try again later.",
             "tableread.whole" };
}
} // namespace

FileDelivery::FileDelivery (std::shared_ptr<Exchange> client, std::shared_ptr<SpeechEncoding> wanted,
                            Delivery::Format how, MemoryBudget& memory)
    : exchange (std::move (client))
    , speech (std::move (wanted))
    , format (std::move (how))
    , share (memory.take (0))
{}

void FileDelivery::begin()
{
    exchange->whenGone ([asked = speech] { asked->abandon(); });
    speech->onReadable ([self = shared_from_this()] { self->exchange->post ([self] { self->look(); }); });
}

void FileDelivery::look()
try
{
    if (answered)
        return;
    const auto piece = speech->take();
    file.append (piece.bytes).append (piece.end);
    if (! share->growTo (piece.held + file.size()))
        return answer (answerOf (noRoom()));
    switch (piece.state)
    {
        case PcmQueue::State::Open:
            return;
        case PcmQueue::State::Done:
            return answer (finished());
        case PcmQueue::State::Failed:
            return answer (answerOf (speech->job()->queue.error()));
        case PcmQueue::State::Cancelled:
            return answer (cancelledAnswer());
        case PcmQueue::State::Abandoned: // or the client has left, and nobody reads this
            return answer (answerOf (stoppingError()));
    }
}
catch (const Exception& problem)
{
    answer (answerOf (problem.error));
}

void FileDelivery::answer (HttpAnswer with)
{
    answered = true;
    exchange->send (std::move (with));
    speech->abandon(); // if it goes on
}

HttpAnswer FileDelivery::finished()
{
    const auto end = speech->job()->progress->state().end.value_or (JobEnd {});
    format.fields.emplace_back (protocol::finishReasonField, protocol::nameOf (end.reason));
    const auto size = file.size();
    return { .type = speech->contentType(),
             .stream = std::make_unique<FileBody> (std::move (file), std::move (share)),
             .length = size,
             .fields = std::move (format.fields) };
}
} // namespace tableread::engine
