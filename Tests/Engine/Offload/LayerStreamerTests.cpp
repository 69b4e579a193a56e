// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <catch2/catch.hpp>

#include "OffloadFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("Streaming never overwrites a layer in use nor reads one that is not there", "[engine][offload]")
{
    const auto layers = GENERATE (std::int64_t { 1 }, 2, 5, 8);
    const auto slots = GENERATE (1, 2, 3, 4);
    for (std::int64_t resident = 0; resident <= layers; ++resident)
    {
        CAPTURE (layers, slots, resident);
        StreamedModel model ({ .layers = layers, .gpuLayers = resident, .slots = slots });
        for (int frame = 0; frame < 5; ++frame)
            model.frame (2.0);
        CHECK (model.device.faults.empty());

        std::vector<int> wanted;
        const auto offloaded = layers - resident;
        const bool once = offloaded <= slots;
        for (std::int64_t i = 0; i < (once ? offloaded : 5 * offloaded + slots); ++i)
            wanted.push_back (static_cast<int> (model.plan.offloaded()[(std::size_t) (i % offloaded)]));
        CHECK (model.device.copies == wanted);
        CHECK (model.streamer->counters().restarts == 0);
    }
}

TEST_CASE ("A scene of 826 frames copies 20 layers a frame and trims 330 times", "[engine][offload]")
{
    StreamedModel model ({ .policy = TrimPolicy::Always });
    model.sweep();
    const auto afterPrefill = model.streamer->counters();
    for (int frame = 0; frame < 826; ++frame)
        model.frame (2.0);
    CHECK (model.streamer->counters().transfers - afterPrefill.transfers == 16'520);
    CHECK (model.streamer->counters().bytes - afterPrefill.bytes == 16'520 * 16);
    CHECK (model.trim.counters().done == 330);
    CHECK (model.device.trims == 330);
    CHECK (model.device.faults.empty());
}

TEST_CASE ("Streaming allocates nothing once it runs, and the host waits for no copy", "[engine][offload]")
{
    StreamedModel model ({});
    model.sweep();
    const auto allocations = model.device.allocations;
    for (int sweep = 0; sweep < 20; ++sweep)
        model.sweep();
    CHECK (model.device.allocations == allocations);
    CHECK (model.device.hostWaits == 0);
    CHECK (model.device.nowMs() == 0.0);
}

TEST_CASE ("A sweep that was broken off is followed by a right one", "[engine][offload]")
{
    const auto slots = GENERATE (1, 2, 3, 4);
    const auto resident = GENERATE (std::int64_t { 0 }, 3, 5);
    const bool withinALayer = GENERATE (false, true); // work issued, and the layer not released
    for (std::int64_t last = 0; last < 8; ++last)
    {
        CAPTURE (slots, resident, last, withinALayer);
        StreamedModel model ({ .layers = 8, .gpuLayers = resident, .slots = slots });
        model.frame (0.0);
        for (std::int64_t l = 0; l < last; ++l)
            model.layer (l);
        if (withinALayer && ! model.plan.isResident (last))
            model.device.compute (5.0, model.streamer->acquire (last), static_cast<int> (last));
        model.frame (1.0);
        model.frame (1.0);
        CHECK (model.device.faults.empty());
    }
}

TEST_CASE ("Everything that streaming took is given back, when no work uses it any more", "[engine][offload]")
{
    const auto resident = GENERATE (std::int64_t { 8 }, 26); // slots in turn, slots for all
    StreamedModel model ({ .gpuLayers = resident });
    model.sweep();
    const auto first = model.plan.offloaded().front();
    model.device.compute (5.0, model.streamer->acquire (first), static_cast<int> (first)); // and no release
    model.streamer.reset();
    model.store.reset();
    CHECK (model.device.blocksInUse == 0);
    CHECK (model.device.eventsInUse == 0);
    CHECK (model.device.faults.empty());
}
