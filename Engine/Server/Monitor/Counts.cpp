// SPDX-License-Identifier: Apache-2.0
#include "Server/Monitor/Counts.h"

#include <algorithm>
#include <tuple>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "Server/Monitor/Label.h"

namespace tableread::engine
{
namespace
{
using Buckets = prometheus::Histogram::BucketBoundaries;

// Upper limits in seconds. A frame is 0.133 s of speech.
const Buckets firstAudioBuckets { 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2.5, 5, 10 };
const Buckets frameBuckets { 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12,
                             0.134, 0.15, 0.2,  0.3,  0.5,  1,    2.5 };
const Buckets preparationBuckets { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30 };
const Buckets queueBuckets { 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600 };
const Buckets wholeBuckets { 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600 };
const Buckets speechBuckets { 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600 };
const Buckets silenceBuckets { 0, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30 };
const Buckets factorBuckets { 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5, 10 }; // a ratio

/** The metrics of a model: each call adds one, with more labels if it has them. */
class Maker
{
public:
    Maker (prometheus::Registry& all, const std::string& model)
        : registry (all)
        , label { { "model_name", labelValue (model) } }
    {}

    prometheus::Counter* counter (const char* name, const char* help, const prometheus::Labels& more = {})
    {
        return &prometheus::BuildCounter()
                    .Name (metricName (name))
                    .Help (help)
                    .Register (registry)
                    .Add (labels (more));
    }

    prometheus::Gauge* gauge (const char* name, const char* help)
    {
        return &prometheus::BuildGauge().Name (metricName (name)).Help (help).Register (registry).Add (label);
    }

    prometheus::Histogram* histogram (const char* name, const char* help, const Buckets& buckets)
    {
        return &prometheus::BuildHistogram()
                    .Name (metricName (name))
                    .Help (help)
                    .Register (registry)
                    .Add (label, buckets);
    }

private:
    prometheus::Labels labels (const prometheus::Labels& more) const
    {
        auto all = label;
        all.insert (more.begin(), more.end());
        return all;
    }

    prometheus::Registry& registry;
    prometheus::Labels label;
};

void addRequests (Maker& make, ModelCounts& counts)
{
    counts.running = make.gauge ("num_requests_running", "Requests that have a seat.");
    counts.waiting = make.gauge ("num_requests_waiting", "Requests that wait for a seat.");
    counts.parked =
        make.gauge ("num_requests_parked", "Requests whose clients read too slowly to keep a seat.");
    using protocol::FinishReason;
    for (const auto& [reason, name] :
         std::map<FinishReason, const char*> { { FinishReason::Stop, "stop" },
                                               { FinishReason::Length, "length" },
                                               { FinishReason::Cancelled, "abort" }, // as vLLM calls it
                                               { FinishReason::Error, "error" } })
        counts.finished[reason] = make.counter ("request_success_total", "Requests that have ended, by how.",
                                                { { "finished_reason", name } });
    counts.promptTokens = make.counter ("prompt_tokens_total", "Tokens of the prompts of ended requests.");
    counts.frames = make.counter ("generation_frames_total", "Frames of speech that were passed on.");
}

void addTimes (Maker& make, ModelCounts& counts)
{
    counts.firstAudio = make.histogram ("time_to_first_audio_seconds",
                                        "From a request's arrival to its first frame.", firstAudioBuckets);
    counts.betweenFrames = make.histogram ("inter_frame_latency_seconds",
                                           "From one frame of a request to its next.", frameBuckets);
    counts.endToEnd =
        make.histogram ("e2e_request_latency_seconds", "From a request's arrival to its end.", wholeBuckets);
    counts.queue =
        make.histogram ("request_queue_time_seconds", "In the queue, until the first seat.", queueBuckets);
    counts.prefill =
        make.histogram ("request_prefill_time_seconds",
                        "From the seat to the first frame: voices and prompt.", preparationBuckets);
    counts.decode =
        make.histogram ("request_decode_time_seconds", "From the first frame to the end.", wholeBuckets);
}

void addStreams (Maker& make, ModelCounts& counts)
{
    counts.duration =
        make.histogram ("audio_duration_seconds", "Speech of a completed request.", speechBuckets);
    counts.realTimeFactor =
        make.histogram ("audio_rtf", "Time for a second of speech, from the seat to the end.", factorBuckets);
    counts.silence = make.histogram (
        "audio_underrun_seconds",
        "Silence that a listener from the first frame on would have heard in a stream.", silenceBuckets);
    for (std::size_t i = 0; i < continuityMs.size(); ++i)
        counts.continuous[i] =
            make.counter ("audio_continuity_ok_total", "Streams with at most so much of that silence.",
                          { { "threshold_ms", std::to_string (continuityMs[i]) } });
    counts.underrun = make.counter ("streams_underrun_total", "Streams with any of that silence.");
    const auto streams = [&make] (const char* result) {
        return make.counter ("streams_total", "Streams that have ended: requests with a first frame.",
                             { { "result", result } });
    };
    counts.completed = streams ("completed");
    counts.cancelled = streams ("cancelled");
    counts.failed = streams ("failed");
}
} // namespace

Counts::Counts (std::function<double()> clock)
    : seconds (std::move (clock))
    , registry (std::make_unique<prometheus::Registry>())
{}

Counts::~Counts() = default;

ModelCounts Counts::make (const std::string& model)
{
    Maker maker (*registry, model);
    ModelCounts counts;
    addRequests (maker, counts);
    addTimes (maker, counts);
    addStreams (maker, counts);
    return counts;
}

ModelCounts& Counts::of (const std::string& model)
{
    const std::lock_guard lock (mutex);
    const auto found = models.find (model);
    return found != models.end() ? found->second : models.emplace (model, make (model)).first->second;
}

Counts::Clients::iterator Counts::join (const std::string& client)
{
    const std::lock_guard lock (mutex);
    const auto place = clients.try_emplace (client).first;
    ++place->second.jobs;
    return place;
}

void Counts::leave (Clients::iterator client)
{
    const std::lock_guard lock (mutex);
    if (--client->second.jobs == 0)
        clients.erase (client);
}

void Counts::wait (Clients::iterator client, int more)
{
    const std::lock_guard lock (mutex);
    client->second.waiting += more;
}

WaitingClients Counts::waiting (std::size_t mostNamed) const
{
    WaitingClients found;
    std::vector<std::pair<int, const std::string*>> order; // the most first, then by name
    const std::lock_guard lock (mutex);
    order.reserve (clients.size());
    for (const auto& [name, client] : clients)
        if (client.waiting > 0)
            order.emplace_back (-client.waiting, &name);
    const auto end = order.begin() + static_cast<std::ptrdiff_t> (std::min (mostNamed, order.size()));
    std::ranges::partial_sort (order, end, [] (const auto& a, const auto& b) {
        return std::tie (a.first, *a.second) < std::tie (b.first, *b.second);
    });
    found.named.reserve (std::min (mostNamed, order.size()));
    for (auto at = order.begin(); at != end; ++at)
        found.named.emplace_back (*at->second, -at->first);
    for (auto at = end; at != order.end(); ++at)
        found.others -= at->first;
    return found;
}
} // namespace tableread::engine
