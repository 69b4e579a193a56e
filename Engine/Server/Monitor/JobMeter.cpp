// SPDX-License-Identifier: Apache-2.0
#include "Server/Monitor/JobMeter.h"

#include <utility>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include "Server/Monitor/Counts.h"
#include "Server/Monitor/Listener.h"

namespace tableread::engine
{
namespace
{
constexpr double rounding = 1e-6; // seconds: of sums of frames

bool isComplete (protocol::FinishReason reason)
{
    return reason == protocol::FinishReason::Stop || reason == protocol::FinishReason::Length;
}
} // namespace

struct JobMeter::State
{
    enum class Place
    {
        Outside,
        Queue,
        Seat,
        Parked,
        Over
    };

    State (std::shared_ptr<Counts> shared, const Request& request)
        : counts (std::move (shared))
        , model (counts->of (request.model))
        , client (counts->join (request.client))
        , isStream (request.isStream)
        , arrived (counts->now())
    {}
    ~State()
    {
        if (place == Place::Outside)
            counts->leave (client);
        else
            end (protocol::FinishReason::Cancelled, 0);
    }
    State (const State&) = delete;
    State& operator= (const State&) = delete;

    void move (Place to);
    void count (int more) const;
    void seated();
    void frame (double length);
    void end (protocol::FinishReason reason, std::int64_t promptTokens);
    void endStream (protocol::FinishReason reason, double now);

    const std::shared_ptr<Counts> counts;
    ModelCounts& model;
    const Counts::Clients::iterator client;
    const bool isStream;
    Place place = Place::Outside;
    bool wasParked = false; // since the last frame
    double arrived, queuedAt = 0, seatedAt = 0, firstFrameAt = 0, lastFrameAt = 0, speech = 0; // seconds
    bool hadSeat = false;
    Listener listener;
};

/** Counts the job in its place, or out of it. */
void JobMeter::State::count (int more) const
{
    if (place == Place::Queue)
    {
        model.waiting->Increment (more);
        counts->wait (client, more);
    }
    else if (place == Place::Seat)
        model.running->Increment (more);
    else if (place == Place::Parked)
        model.parked->Increment (more);
}

void JobMeter::State::move (Place to)
{
    count (-1);
    place = to;
    count (1);
}

void JobMeter::State::seated()
{
    move (Place::Seat);
    if (std::exchange (hadSeat, true))
        return;
    seatedAt = counts->now();
    model.queue->Observe (seatedAt - queuedAt);
}

void JobMeter::State::frame (double length)
{
    const double now = counts->now();
    if (! listener.hasBegun())
    {
        firstFrameAt = now;
        model.firstAudio->Observe (now - arrived);
        model.prefill->Observe (now - seatedAt);
    }
    else if (! wasParked)
        model.betweenFrames->Observe (now - lastFrameAt);
    wasParked = false;
    lastFrameAt = now;
    speech += length;
    listener.hear (now, length);
    model.frames->Increment();
}

void JobMeter::State::end (protocol::FinishReason reason, std::int64_t promptTokens)
{
    if (place == Place::Over)
        return;
    move (Place::Over);
    counts->leave (client);
    const double now = counts->now();
    model.finished.at (reason)->Increment();
    model.promptTokens->Increment (static_cast<double> (promptTokens));
    if (isComplete (reason))
        model.endToEnd->Observe (now - arrived);
    if (! listener.hasBegun())
        return;
    if (isComplete (reason))
    {
        model.decode->Observe (now - firstFrameAt - listener.paused());
        model.duration->Observe (speech);
        model.realTimeFactor->Observe ((now - seatedAt - listener.paused()) / speech);
    }
    if (isStream)
        endStream (reason, now);
}

/** Of a stream with a first frame. */
void JobMeter::State::endStream (protocol::FinishReason reason, double now)
{
    if (reason == protocol::FinishReason::Cancelled)
        listener.leave (now);
    (isComplete (reason)                           ? model.completed
     : reason == protocol::FinishReason::Cancelled ? model.cancelled
                                                   : model.failed)
        ->Increment();
    const double silence = listener.silence() > rounding ? listener.silence() : 0;
    model.silence->Observe (silence);
    if (silence > 0)
        model.underrun->Increment();
    for (std::size_t i = 0; i < continuityMs.size(); ++i)
        if (silence <= continuityMs[i] / 1000.0 + rounding)
            model.continuous[i]->Increment();
}

JobMeter::JobMeter() = default;
JobMeter::JobMeter (std::shared_ptr<Counts> shared, const Request& request)
    : state (std::make_unique<State> (std::move (shared), request))
{}
JobMeter::~JobMeter() = default;
JobMeter::JobMeter (JobMeter&&) noexcept = default;
JobMeter& JobMeter::operator= (JobMeter&&) noexcept = default;

void JobMeter::queued()
{
    if (state == nullptr || state->place == State::Place::Queue)
        return;
    if (! state->hadSeat)
        state->queuedAt = state->counts->now();
    state->move (State::Place::Queue);
}

void JobMeter::seated()
{
    if (state != nullptr)
        state->seated();
}

void JobMeter::frame (double seconds)
{
    if (state != nullptr)
        state->frame (seconds);
}

void JobMeter::parked()
{
    if (state == nullptr)
        return;
    state->wasParked = true;
    state->listener.pause (state->counts->now());
    state->move (State::Place::Parked);
}

void JobMeter::ended (protocol::FinishReason reason, std::int64_t promptTokens)
{
    if (state != nullptr)
        state->end (reason, promptTokens);
}
} // namespace tableread::engine
