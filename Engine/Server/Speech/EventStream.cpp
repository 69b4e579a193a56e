// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/EventStream.h"

#include <utility>

#include "Server/Speech/Events.h"

namespace tableread::engine
{
EventStream::EventStream (std::shared_ptr<SpeechJob> wanted, std::unique_ptr<SpeechEncoder> bytesOf,
                          Settings how)
    : job (std::move (wanted))
    , encoder (std::move (bytesOf))
    , settings (std::move (how))
    , marks (job->lines, settings.sampleRateHz)
{}

EventStream::~EventStream()
{
    job->progress->onChange ({});
    job->queue.abandon();
}

void EventStream::begin (std::function<void()> wake)
{
    job->progress->onChange (wake);
    job->queue.onReadable (std::move (wake));
}

std::string EventStream::beat()
{
    return events::comment;
}

BodySource::State EventStream::take (std::string& bytes)
{
    samples.clear();
    const auto how = job->queue.take (samples); // before the progress: a job ends there first
    const auto state = job->progress->state();
    tellProgress (bytes, state);
    if (! samples.empty())
        speak (bytes);
    if (how == PcmQueue::State::Open)
        return State::Open;
    tellEnd (bytes, how);
    return State::Done;
}

/** Where the job is, if it is elsewhere than it was. */
void EventStream::tellProgress (std::string& bytes, const JobProgress::State& state)
{
    using Phase = JobProgress::Phase;
    const bool isNew = ! hasTold || state.phase != told.phase || state.place != told.place;
    const bool isKnown = state.phase == Phase::Preparing || (state.phase == Phase::Queued && state.place > 0);
    if (! isNew || ! isKnown)
        return;
    bytes += events::progress (job->id, state, 0);
    told = state;
    hasTold = true;
}

void EventStream::speak (std::string& bytes)
{
    std::string encoded;
    encoder->append (samples, encoded);
    spoken += static_cast<std::int64_t> (samples.size());
    for (const auto& mark : marks.reached (spoken))
        bytes += events::line (mark);
    if (! encoded.empty())
        bytes += events::delta (encoded);
    auto state = job->progress->state();
    state.phase = JobProgress::Phase::Speaking;
    bytes += events::progress (job->id, state,
                               static_cast<double> (spoken) / static_cast<double> (settings.sampleRateHz));
}

void EventStream::tellEnd (std::string& bytes, PcmQueue::State how)
{
    auto state = job->progress->state();
    if (how == PcmQueue::State::Done)
    {
        std::string encoded;
        encoder->end (encoded);
        if (! encoded.empty())
            bytes += events::delta (encoded);
        for (const auto& mark : marks.ended (spoken))
            bytes += events::line (mark);
    }
    if (! state.end)
        state.end = JobEnd { protocol::FinishReason::Cancelled, 0, {} };
    bytes += events::last ({ state.end->reason, settings.fingerprint, job->id }, state);
}
} // namespace tableread::engine
