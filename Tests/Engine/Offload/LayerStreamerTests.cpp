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
    CHECK (model.streamer->counters().bytes - afterPrefill.bytes == 16'520LL * 16);
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

TEST_CASE ("A sweep that was aborted is followed by a correct one", "[engine][offload]")
{
    const auto slots = GENERATE (1, 2, 3, 4);
    const auto resident = GENERATE (std::int64_t { 0 }, 3, 5);
    const bool withinALayer = GENERATE (false, true); // work is issued, but the layer not released
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

TEST_CASE ("Copies and waits are reported with their times", "[engine][offload]")
{
    // A copy takes 1 ms, a layer 0.25 ms; all four layers are offloaded through two slots.
    StreamedModel model ({ .layers = 4, .gpuLayers = 0, .slots = 2 });
    model.sweep();
    model.device.synchronise();
    std::vector<ProfileSpan> copies, waits;
    for (const auto& span : model.streamer->collectTimes())
        (span.kind == ProfileSpan::Kind::Copy ? copies : waits).push_back (span);
    REQUIRE (copies.size() == 6); // two of them for the next sweep
    REQUIRE (waits.size() == 4);
    const double copyBegins[] { 0, 1, 2, 3, 4, 5 };
    for (std::size_t i = 0; i < copies.size(); ++i)
    {
        CHECK (copies[i].firstLayer == static_cast<std::int64_t> (i % 4));
        CHECK (copies[i].beginMs == Approx (copyBegins[i]));
        CHECK (copies[i].endMs == Approx (copyBegins[i] + 1));
    }
    CHECK (waits[0].endMs - waits[0].beginMs == Approx (1.0)); // nothing to compute during the first copy
    for (std::size_t i = 1; i < waits.size(); ++i)
    {
        CHECK (waits[i].firstLayer == static_cast<std::int64_t> (i));
        CHECK (waits[i].endMs - waits[i].beginMs == Approx (0.75));
    }
    CHECK (model.streamer->counters().copyMs == Approx (6.0));
    CHECK (model.streamer->counters().exposedWaitMs == Approx (1.0 + 3 * 0.75));
    CHECK (model.streamer->collectTimes().empty());
}

TEST_CASE ("Times that nobody collects are left out, and streaming goes on", "[engine][offload]")
{
    StreamedModel model ({});
    for (int sweep = 0; sweep < 100; ++sweep)
        model.sweep();
    model.device.synchronise();
    CHECK (model.streamer->collectTimes().size() == 512);
    CHECK (model.device.faults.empty());
    model.sweep();
    model.device.synchronise();
    CHECK (model.streamer->collectTimes().size() == 40);
}

TEST_CASE ("Everything that streaming took is given back when no work uses it any more", "[engine][offload]")
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
