// SPDX-License-Identifier: Apache-2.0
#include "Server/Delivery.h"

#include "Server/ErrorAnswers.h"
#include "Server/WireAudio.h"

namespace tableread::engine
{
namespace
{
/** The body of a speech answer. */
class SpeechBody : public BodySource
{
public:
    SpeechBody (std::shared_ptr<SpeechJob> wanted, protocol::SampleFormat sampleFormat,
                std::string firstBytes)
        : job (std::move (wanted))
        , format (sampleFormat)
        , first (std::move (firstBytes))
    {}
    ~SpeechBody() override { job->queue.abandon(); }
    SpeechBody (const SpeechBody&) = delete;
    SpeechBody& operator= (const SpeechBody&) = delete;

    void begin (std::function<void()> wake) override { job->queue.onReadable (std::move (wake)); }

    State take (std::string& bytes) override
    {
        bytes.append (std::exchange (first, {}));
        samples.clear();
        const auto state = job->queue.take (samples);
        appendSamples (bytes, samples, format);
        return state == PcmQueue::State::Open   ? State::Open
               : state == PcmQueue::State::Done ? State::Done
                                                : State::Broken;
    }

private:
    std::shared_ptr<SpeechJob> job;
    protocol::SampleFormat format;
    std::string first;
    std::vector<float> samples;
};
} // namespace

Delivery::Delivery (std::shared_ptr<Exchange> client, std::shared_ptr<SpeechJob> wanted, Format sampleFormat)
    : exchange (std::move (client))
    , job (std::move (wanted))
    , format (std::move (sampleFormat))
{}

void Delivery::begin()
{
    exchange->whenGone ([asked = job] { asked->queue.abandon(); });
    job->queue.onReadable ([self = shared_from_this()] { self->exchange->post ([self] { self->look(); }); });
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
    const bool isWav = format.container == protocol::Container::Wav;
    std::string first = isWav ? streamingWavHeader (format.samples, format.sampleRateHz) : std::string();
    appendSamples (first, samples, format.samples);
    exchange->send ({ .type = isWav ? "audio/wav" : "audio/pcm",
                      .stream = std::make_unique<SpeechBody> (job, format.samples, std::move (first)),
                      .fields = std::move (format.fields) });
}
} // namespace tableread::engine
