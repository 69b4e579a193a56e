// SPDX-License-Identifier: Apache-2.0
#include "Render/Seats.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "Render/Measuring.h"
#include "Render/Pacing.h"

namespace tableread::engine
{
namespace
{
constexpr double mostStepMs = 100;
constexpr int measuredSteps = 2; // the faster one counts: something else may have run beside the other

double systemMs()
{
    return std::chrono::duration<double, std::milli> (std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/** A passage that nobody hears, with more frames than it will speak. */
PassageJob wordsToTime (std::int64_t frames)
{
    PassageJob job { .passage = { { { 0, "One, two, three." } }, {} } };
    job.exactFrames = frames;
    return job;
}

double stepMs (Renderer& renderer, const std::function<double()>& clock)
{
    renderer.step(); // the first one with a new passage makes what later ones use
    double best = std::numeric_limits<double>::max();
    for (int i = 0; i < measuredSteps; ++i)
    {
        const double begin = clock();
        renderer.step();
        best = std::min (best, clock() - begin);
    }
    return best;
}
} // namespace

void warmUp (Renderer& renderer, int seats)
{
    constexpr int steps = 3; // of each number of passages
    if (! renderer.info().offload)
        return;
    std::vector<PassageId> passages;
    for (int seat = 0; seat < seats; ++seat)
    {
        passages.push_back (renderer.start (wordsToTime (std::int64_t { steps } * (seats + 1))));
        renderer.measuring().prepareAll();
        const bool isNewSize = (seat & (seat - 1)) == 0; // graphs are made for 1, 2, 4, 8 and 16
        for (int i = 0; isNewSize && i < steps; ++i)
            renderer.step();
    }
    for (const auto passage : passages)
        renderer.cancel (passage);
}

int measureSeats (Renderer& renderer, int most, const std::function<double()>& wanted)
{
    most = std::min (most, renderer.info().mostPassages);
    if (renderer.info().offload || most <= 1)
        return std::max (1, most);
    const auto clock = wanted ? wanted : systemMs;
    std::vector<PassageId> passages;
    int seats = 0;
    while (seats < most)
    {
        passages.push_back (renderer.start (wordsToTime (2L * (most + 1) * (measuredSteps + 1))));
        renderer.measuring().prepareAll();
        if (stepMs (renderer, clock) > mostStepMs)
            break;
        ++seats;
    }
    for (const auto passage : passages)
        renderer.cancel (passage);
    return std::max (1, seats);
}

ThroughputSeats::ThroughputSeats (const ModelInfo& model, int asked)
    : most (std::max (1, asked > 0 ? std::min (asked, model.mostPassages) : model.mostPassages))
{
    seats = asked > 0 || model.offload ? most : 1;
}

void ThroughputSeats::stepTook (int frames, double ms)
{
    const double certain = frames * Pacing::unheardStepMs / std::max (ms, 1e-3); // as if nothing were shared
    seats = std::max (seats, static_cast<int> (std::min<double> (certain, most)));
}

std::function<int (Renderer&)> seatsFor (int passages)
{
    return [passages] (Renderer& renderer) {
        const int seats =
            passages > 0 ? std::min (passages, renderer.info().mostPassages) : measureSeats (renderer);
        warmUp (renderer, seats);
        return seats;
    };
}
} // namespace tableread::engine
