// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "Render/Renderer.h"

namespace tableread::engine
{
/** How many passages a model speaks at once: on a GPU as many as memory was planned for; on a CPU the most whose step takes
    at most 100 ms, measured now with passages of a few words, so that each of them keeps real time. At least 1, at most
    `most` and ModelInfo::mostPassages. Called while nothing is in flight.

    @param clock milliseconds; empty: the system's. */
int measureSeats (Renderer& renderer, int most = 16, const std::function<double()>& clock = {});

/** How many passages are spoken at once that nobody hears meanwhile, so that they make the most speech: on a GPU as many as
    memory was planned for. On a CPU 1, then as many, up to 16, as a step has certainly room for that takes 400 ms: it reads all
    weights, whatever number of passages it is for, but it has to end soon when the work is stopped. */
class ThroughputSeats
{
public:
    /** @param asked  so many, from the start; 0: as above. */
    ThroughputSeats (const ModelInfo& model, int asked);

    int count() const { return seats; }

    /** A step has made so many frames, at most one for each seat. */
    void stepTook (int frames, double ms);

private:
    int seats, most;
};

/** Speaks a few frames with 1 to `seats` passages, so that a GPU has recorded its graphs for each number of them before
    anybody waits. Does nothing on a CPU. */
void warmUp (Renderer& renderer, int seats);

/** How many seats a model is given of which so many passages were asked for, 0 for auto; and warms it up. */
std::function<int (Renderer&)> seatsFor (int passages);
} // namespace tableread::engine
