// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/Delivery.h"

#include <utility>
#include <vector>

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
        std::unique_ptr<SpeechEncoder> encoder;
        std::string first; // bytes
        std::string fingerprint;
        bool takesTrailers = false; // the client
    };

    SpeechBody (std::shared_ptr<SpeechJob> wanted, Content what)
        : job (std::move (wanted))
        , content (std::move (what))
    {}
    ~SpeechBody() override { job->queue.abandon(); }
    SpeechBody (const SpeechBody&) = delete;
    SpeechBody& operator= (const SpeechBody&) = delete;

    void begin (std::function<void()> wake) override { job->queue.onReadable (std::move (wake)); }

    State take (std::string& bytes) override
    {
        bytes.append (std::exchange (content.first, {}));
        samples.clear();
        const auto state = job->queue.take (samples);
        if (! samples.empty())
            content.encoder->append (samples, bytes);
        switch (state)
        {
            case PcmQueue::State::Open:
                return State::Open;
            case PcmQueue::State::Done:
                content.encoder->end (bytes);
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
        const auto end = job->progress->state().end.value_or (JobEnd {});
        return { { protocol::finishReasonField, protocol::nameOf (end.reason) },
                 { protocol::fingerprintField, content.fingerprint } };
    }

private:
    std::shared_ptr<SpeechJob> job;
    Content content;
    std::vector<float> samples;
};
} // namespace

Delivery::Delivery (std::shared_ptr<Exchange> client, std::shared_ptr<SpeechJob> wanted, Format how)
    : exchange (std::move (client))
    , job (std::move (wanted))
    , format (std::move (how))
{}

void Delivery::begin()
{
    exchange->whenGone ([asked = job] { asked->queue.abandon(); });
    if (format.stream == protocol::StreamFormat::Audio)
        job->queue.onReadable (
            [self = shared_from_this()] { self->exchange->post ([self] { self->look(); }); });
}

void Delivery::accepted()
{
    if (format.stream == protocol::StreamFormat::Audio)
        return;
    auto fields = format.fields;
    fields.insert (fields.end(), { { "Cache-Control", "no-cache" }, { "X-Accel-Buffering", "no" } });
    exchange->send ({ .type = "text/event-stream",
                      .stream = std::make_unique<EventStream> (
                          job, orThrow (SpeechEncoder::make (format.encoding)),
                          EventStream::Settings { format.encoding.sampleRateHz, format.fingerprint,
                                                  format.betweenComments }),
                      .fields = std::move (fields) });
}

/** Answers as soon as there is a first frame or an end. */
void Delivery::look()
{
    std::vector<float> samples;
    const auto state = answered ? PcmQueue::State::Open : job->queue.take (samples);
    if (samples.empty() && state == PcmQueue::State::Open)
        return;
    answered = true;
    if (samples.empty() && state == PcmQueue::State::Abandoned)
        return exchange->send (answerOf (stoppingError())); // or the client has left, and nobody reads this
    if (samples.empty() && state == PcmQueue::State::Failed)
        return exchange->send (answerOf (job->queue.error()));
    if (samples.empty() && state == PcmQueue::State::Cancelled)
        return exchange->send (cancelledAnswer());
    SpeechBody::Content content { .encoder = orThrow (SpeechEncoder::make (format.encoding)),
                                  .first = {},
                                  .fingerprint = format.fingerprint,
                                  .takesTrailers = exchange->request.takesTrailers };
    content.encoder->append (samples, content.first);
    const std::string type = content.encoder->contentType();
    exchange->send (
        { .type = type,
          .stream = std::make_unique<SpeechBody> (job, std::move (content)),
          .fields = std::move (format.fields),
          .trailers = std::string (protocol::finishReasonField) + ", " + protocol::fingerprintField });
}
} // namespace tableread::engine
