// SPDX-License-Identifier: Apache-2.0
#include "Server/Speech/EventStream.h"

#include <utility>

#include "Server/Speech/Events.h"

namespace tableread::engine
{
EventStream::EventStream (std::shared_ptr<SpeechEncoding> wanted, Settings how)
    : speech (std::move (wanted))
    , job (speech->job())
    , settings (std::move (how))
    , marks (job->lines, settings.sampleRateHz)
{}

EventStream::~EventStream()
{
    job->progress->onChange ({});
    speech->abandon();
}

void EventStream::begin (std::function<void()> wake)
{
    job->progress->onChange (wake);
    speech->onReadable (std::move (wake));
}

std::string EventStream::beat()
{
    return events::comment;
}

BodySource::State EventStream::take (std::string& bytes)
{
    const auto piece = speech->take(); // before the progress: a job ends there first
    tellProgress (bytes, job->progress->state());
    if (piece.samples > 0)
        speak (bytes, piece);
    if (piece.state == PcmQueue::State::Open)
        return State::Open;
    tellEnd (bytes, piece);
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

void EventStream::speak (std::string& bytes, const SpeechEncoding::Piece& piece)
{
    spoken += piece.samples;
    for (const auto& mark : marks.reached (spoken))
        bytes += events::line (mark);
    if (! piece.bytes.empty())
        bytes += events::delta (piece.bytes);
    auto state = job->progress->state();
    state.phase = JobProgress::Phase::Speaking;
    bytes += events::progress (job->id, state,
                               static_cast<double> (spoken) / static_cast<double> (settings.sampleRateHz));
}

void EventStream::tellEnd (std::string& bytes, const SpeechEncoding::Piece& piece)
{
    auto state = job->progress->state();
    if (piece.state == PcmQueue::State::Done)
    {
        if (! piece.end.empty())
            bytes += events::delta (piece.end);
        for (const auto& mark : marks.ended (spoken))
            bytes += events::line (mark);
    }
    if (! state.end)
        state.end = JobEnd { protocol::FinishReason::Cancelled, 0, {} };
    bytes += events::last ({ state.end->reason, settings.fingerprint, job->id }, state);
}
} // namespace tableread::engine
