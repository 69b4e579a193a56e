// SPDX-License-Identifier: Apache-2.0
#include <barrier>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "Device/ModelledDevice.h"
#include "Offload/LayerStreamer.h"

using namespace tableread;
using namespace tableread::engine;

namespace
{
constexpr std::size_t copiedBytes = 1 << 20;

struct Case
{
    std::int64_t layers, gpuLayers;
    int slots;
    double copyMs, computeMs;
};

/** What a device did and when, and what it holds. */
struct Schedule
{
    int index = 0;
    std::vector<double> layerEndsMs;
    std::vector<ProfileSpan> spans; // copies, and waits for them
    LayerStreamer::Counters counters;
    std::int64_t peakBytes = 0;
};

/** Some sweeps through a model that is streamed to its own device. eachLayer: called before each layer. */
template <typename EachLayer>
Schedule stream (int index, const Case& with, EachLayer&& eachLayer)
{
    ModelledDevice device ((double) copiedBytes / with.copyMs, 0, index);
    const LayerPlan plan (with.layers, with.gpuLayers, with.slots);
    CacheTrim trim (device, 50, TrimPolicy::Useful);
    PinnedStore store (device, Pinning::Pinned);
    for (std::size_t i = 0; i < plan.offloaded().size(); ++i)
        store.add (copiedBytes);
    std::vector<std::byte*> slots;
    slots.reserve (static_cast<std::size_t> (plan.slots()));
    for (int i = 0; i < plan.slots(); ++i)
        slots.push_back (device.allocate (copiedBytes));
    LayerStreamer streamer (device, trim, { .plan = plan, .store = store, .slots = slots });
    Schedule schedule;
    for (int sweep = 0; sweep < 20; ++sweep)
    {
        for (std::int64_t layer = 0; layer < plan.layers(); ++layer)
        {
            eachLayer();
            if (! plan.isResident (layer))
                streamer.acquire (layer);
            device.compute (with.computeMs);
            schedule.layerEndsMs.push_back (device.computeDoneMs());
            if (! plan.isResident (layer))
                streamer.release (layer);
        }
        device.synchronise();
        const auto spans = streamer.collectTimes();
        schedule.spans.insert (schedule.spans.end(), spans.begin(), spans.end());
    }
    schedule.index = device.index();
    schedule.counters = streamer.counters();
    schedule.peakBytes = device.memory().peak;
    return schedule;
}

/** Exactly the same: a modelled clock has no noise. */
void checkSame (const Schedule& together, const Schedule& alone)
{
    CHECK (together.index == alone.index);
    CHECK (together.layerEndsMs == alone.layerEndsMs);
    CHECK (together.counters.transfers == alone.counters.transfers);
    CHECK (together.counters.copyMs == alone.counters.copyMs);
    CHECK (together.counters.exposedWaitMs == alone.counters.exposedWaitMs);
    CHECK (together.peakBytes == alone.peakBytes);
    REQUIRE (together.spans.size() == alone.spans.size());
    int wrong = 0;
    for (std::size_t i = 0; i < alone.spans.size(); ++i)
        wrong += together.spans[i].beginMs != alone.spans[i].beginMs ||
                 together.spans[i].endMs != alone.spans[i].endMs;
    CHECK (wrong == 0);
}
} // namespace

TEST_CASE ("Two devices at once, each with a thread of its own, keep the schedule that each has alone",
           "[engine][offload][device][threads]")
{
    // The same number of layers, so that both threads take them in step; everything else differs.
    const Case first { 28, 8, 2, 1.0, 0.25 }, second { 28, 20, 3, 0.7, 1.1 };
    const auto firstAlone = stream (0, first, [] {}), secondAlone = stream (1, second, [] {});
    CHECK (firstAlone.layerEndsMs != secondAlone.layerEndsMs);

    std::barrier<> step (2);
    Schedule firstTogether, secondTogether;
    std::thread other ([&] { secondTogether = stream (1, second, [&] { step.arrive_and_wait(); }); });
    firstTogether = stream (0, first, [&] { step.arrive_and_wait(); });
    other.join();
    checkSame (firstTogether, firstAlone);
    checkSame (secondTogether, secondAlone);
}
