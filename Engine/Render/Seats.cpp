// SPDX-License-Identifier: Apache-2.0
#include "Render/Seats.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "Render/Measuring.h"

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
        PassageJob job { .passage = { { { 0, "One, two, three." } }, {} } };
        job.exactFrames = 2L * (most + 1) * (measuredSteps + 1); // more than it will speak
        passages.push_back (renderer.start (std::move (job)));
        renderer.measuring().prepareAll();
        if (stepMs (renderer, clock) > mostStepMs)
            break;
        ++seats;
    }
    for (const auto passage : passages)
        renderer.cancel (passage);
    return std::max (1, seats);
}
} // namespace tableread::engine
