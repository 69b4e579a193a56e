// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/Delivery.h"

#include <optional>
#include <utility>

#include "Server/ErrorAnswers.h"
#include "Server/Speech/EventStream.h"

namespace tableread::engine
{
namespace
{
/** The body of a speech answer. */
class SpeechBody : public BodySource
{
public:
    struct Content
    {
        std::optional<SpeechEncoding::Piece> first;
        std::string fingerprint;
        bool takesTrailers = false; // the client
    };

    SpeechBody (std::shared_ptr<SpeechEncoding> wanted, Content what)
        : speech (std::move (wanted))
        , content (std::move (what))
    {}
    ~SpeechBody() override { speech->abandon(); }
    SpeechBody (const SpeechBody&) = delete;
    SpeechBody& operator= (const SpeechBody&) = delete;

    void begin (std::function<void()> wake) override { speech->onReadable (std::move (wake)); }

    State take (std::string& bytes) override
    {
        auto piece = content.first ? *std::exchange (content.first, {}) : speech->take();
        if (piece.state == PcmQueue::State::Open && piece.bytes.empty()) // MP3's first frame gives none
            piece = speech->take(); // whose wake may have come while the head was written
        bytes.append (piece.bytes).append (piece.end);
        switch (piece.state)
        {
            case PcmQueue::State::Open:
                return State::Open;
            case PcmQueue::State::Done:
                return State::Done;
            case PcmQueue::State::Cancelled: // without a trailer it would look complete
                return content.takesTrailers ? State::Done : State::Broken;
            case PcmQueue::State::Failed:
            case PcmQueue::State::Abandoned:
                break;
        }
        return State::Broken;
    }

    HttpFields trailers() override
    {
        const auto end = speech->job()->progress->state().end.value_or (JobEnd {});
        return { { protocol::finishReasonField, protocol::nameOf (end.reason) },
                 { protocol::fingerprintField, content.fingerprint } };
    }

private:
    std::shared_ptr<SpeechEncoding> speech;
    Content content;
};
} // namespace

Delivery::Delivery (std::shared_ptr<Exchange> client, std::shared_ptr<SpeechEncoding> wanted, Format how)
    : exchange (std::move (client))
    , speech (std::move (wanted))
    , format (std::move (how))
{}

void Delivery::begin()
{
    exchange->whenGone ([asked = speech] { asked->abandon(); });
    if (format.stream == protocol::StreamFormat::Audio)
        speech->onReadable ([self = shared_from_this()] { self->exchange->post ([self] { self->look(); }); });
}

void Delivery::accepted()
{
    if (format.stream == protocol::StreamFormat::Audio)
        return;
    auto fields = format.fields;
    fields.insert (fields.end(), { { "Cache-Control", "no-cache" }, { "X-Accel-Buffering", "no" } });
    exchange->send ({ .type = "text/event-stream",
                      .stream = std::make_unique<EventStream> (
                          speech, EventStream::Settings { format.sampleRateHz, format.fingerprint,
                                                          format.betweenComments }),
                      .fields = std::move (fields) });
}

/** Answers as soon as there is a first frame or an end. */
void Delivery::look()
{
    if (answered)
        return;
    auto piece = speech->take();
    const bool isSilent = piece.samples == 0;
    if (isSilent && piece.state == PcmQueue::State::Open)
        return;
    answered = true;
    if (isSilent && piece.state == PcmQueue::State::Abandoned)
        return exchange->send (answerOf (stoppingError())); // or the client has left, and nobody reads this
    if (isSilent && piece.state == PcmQueue::State::Failed)
        return exchange->send (answerOf (speech->job()->queue.error()));
    if (isSilent && piece.state == PcmQueue::State::Cancelled)
        return exchange->send (cancelledAnswer());
    exchange->send (
        { .type = speech->contentType(),
          .stream = std::make_unique<SpeechBody> (
              speech, SpeechBody::Content { .first = std::move (piece),
                                            .fingerprint = format.fingerprint,
                                            .takesTrailers = exchange->request.takesTrailers }),
          .fields = std::move (format.fields),
          .trailers = std::string (protocol::finishReasonField) + ", " + protocol::fingerprintField });
}
} // namespace tableread::engine
