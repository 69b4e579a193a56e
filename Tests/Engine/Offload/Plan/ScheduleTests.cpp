// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "Engine/Offload/OffloadFixture.h"
#include "Offload/Plan/FramePrediction.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
struct Case
{
    std::int64_t layers, gpuLayers;
    int slots;
    double computeMs, restMs; // a copy takes 1 ms
    int frames;
};

/** The earliest end of all frames over every valid way to copy each offloaded layer once a use: it tries every next
    copy into every slot, also out of order. A slot is free for a copy when the use of the layer that it holds is
    over. Knows nothing of the scheduler. */
class BestSchedule
{
public:
    explicit BestSchedule (const Case& with) : setting (with)
    {
        const LayerPlan plan (with.layers, with.gpuLayers, with.slots);
        double before = 0;
        for (int frame = 0; frame < with.frames; ++frame)
        {
            for (std::int64_t layer = 0; layer < with.layers; ++layer)
            {
                if (! plan.isResident (layer))
                {
                    beforeUse.push_back (before);
                    before = 0;
                }
                before += with.computeMs;
            }
            before += with.restMs;
        }
        afterLast = before;
        if (plan.copiesOnce()) // later uses find their layer where the first one left it
            needed = plan.offloaded().size();
        else
            needed = beforeUse.size();
        copied.assign (beforeUse.size(), -1.0);
        occupants.assign (static_cast<std::size_t> (with.slots), -1);
    }

    double endMs()
    {
        search (0, 0);
        return best;
    }

private:
    /** When a use begins: its copy and all work before it are complete. Infinity while a copy up to it is not
        scheduled. */
    double beginOf (std::size_t use) const
    {
        double at = 0;
        for (std::size_t u = 0; u <= use; ++u)
        {
            const auto ready = u < needed ? copied[u] : 0.0;
            if (ready < 0)
                return std::numeric_limits<double>::infinity();
            at = std::max (at + beforeUse[u], ready);
        }
        return at;
    }

    double endOfUse (std::size_t use) const { return beginOf (use) + setting.computeMs; }

    void search (std::size_t count, double linkFree)
    {
        if (linkFree + static_cast<double> (needed - count) >= best)
            return;
        if (count == needed)
        {
            best =
                std::min (best, beforeUse.empty() ? afterLast : beginOf (beforeUse.size() - 1) + afterLast);
            return;
        }
        for (std::size_t use = 0; use < needed; ++use)
        {
            if (copied[use] >= 0)
                continue;
            for (auto& occupant : occupants)
            {
                const auto free = occupant < 0 ? 0.0 : endOfUse (static_cast<std::size_t> (occupant));
                if (free == std::numeric_limits<double>::infinity())
                    continue; // its layer is used after one that is not copied yet
                const auto held = occupant;
                const auto end = std::max (linkFree, free) + 1.0;
                copied[use] = end;
                occupant = static_cast<std::int64_t> (use);
                search (count + 1, end);
                occupant = held;
                copied[use] = -1.0;
            }
        }
    }

    Case setting;
    std::vector<double> beforeUse; // work since the start of the previous use, or of all
    double afterLast = 0;
    std::size_t needed = 0;
    std::vector<double> copied; // when a use's copy is complete; below 0: not scheduled
    std::vector<std::int64_t> occupants;
    double best = std::numeric_limits<double>::infinity();
};

double scheduledEnd (const Case& with)
{
    StreamedModel model ({ .layers = with.layers,
                           .gpuLayers = with.gpuLayers,
                           .slots = with.slots,
                           .computeMs = with.computeMs });
    for (int frame = 0; frame < with.frames; ++frame)
        model.frame (with.restMs);
    CHECK (model.device.faults.empty());
    model.streamer->collectTimes();
    const auto work = with.frames * (static_cast<double> (with.layers) * with.computeMs + with.restMs);
    CHECK (model.streamer->counters().exposedWaitMs ==
           Approx (model.device.computeDoneMs() - work).margin (1e-9));
    return model.device.computeDoneMs();
}
} // namespace

TEST_CASE ("No order of copies into slots is better than the streamer's", "[engine][offload]")
{
    const auto compute = GENERATE (0.1, 0.5, 1.0, 2.5);
    const auto rest = GENERATE (0.0, 0.7, 3.0);
    const auto slots = GENERATE (1, 2, 3);
    for (std::int64_t layers = 1; layers <= 4; ++layers)
        for (std::int64_t resident = 0; resident <= layers; ++resident)
        {
            const Case with { layers, resident, slots, compute, rest, layers - resident > 3 ? 2 : 3 };
            CAPTURE (compute, rest, slots, layers, resident);
            CHECK (scheduledEnd (with) == Approx (BestSchedule (with).endMs()).margin (1e-9));
        }
}

TEST_CASE ("A predicted frame takes the link's time or the work's, whichever is longer", "[engine][offload]")
{
    OffloadConfig config { .layers = 28, .gpuLayers = 8, .settings = {}, .chosenBy = {} };
    SECTION ("the link's: 20 copies, all else hidden")
    {
        const auto frame = predictFrame (config, { .layerMs = 0.2, .restMs = 4.0, .copyMs = 9.5 });
        CHECK (frame.frameMs == Approx (20 * 9.5));
        CHECK (frame.exposedWaitMs == Approx (20 * 9.5 - 28 * 0.2 - 4.0));
        CHECK (frame.transfers == 20);
    }
    SECTION ("the work's")
    {
        const auto frame = predictFrame (config, { .layerMs = 12.0, .restMs = 4.0, .copyMs = 9.5 });
        CHECK (frame.frameMs == Approx (28 * 12.0 + 4.0));
        CHECK (frame.exposedWaitMs == Approx (0.0).margin (1e-9));
    }
    SECTION ("one slot: copies and work take turns")
    {
        config.settings.prefetch = 0;
        config.gpuLayers = 0;
        const auto frame = predictFrame (config, { .layerMs = 1.0, .restMs = 0.0, .copyMs = 9.5 });
        CHECK (frame.frameMs == Approx (28 * 10.5));
    }
    SECTION ("slots that hold all offloaded layers")
    {
        config.gpuLayers = 26;
        const auto frame = predictFrame (config, { .layerMs = 0.2, .restMs = 4.0, .copyMs = 9.5 });
        CHECK (frame.frameMs == Approx (28 * 0.2 + 4.0));
        CHECK (frame.transfers == 0);
    }
    SECTION ("all resident")
    {
        config.gpuLayers = 28;
        CHECK (predictFrame (config, { .layerMs = 0.2, .restMs = 4.0, .copyMs = 9.5 }).frameMs ==
               Approx (9.6));
    }
}

TEST_CASE ("Resident layers are spread evenly among the others", "[engine][offload]")
{
    for (std::int64_t layers = 1; layers <= 30; ++layers)
        for (std::int64_t resident = 0; resident < layers; ++resident)
        {
            const LayerPlan plan (layers, resident, 2);
            const auto& order = plan.offloaded();
            CAPTURE (layers, resident);
            REQUIRE (order.size() == static_cast<std::size_t> (layers - resident));
            std::int64_t shortest = layers + 1, longest = 0;
            for (std::size_t i = 0; i < order.size(); ++i)
            {
                CHECK (plan.offloadedIndex (order[i]) == static_cast<std::int64_t> (i));
                const auto following = i + 1 < order.size() ? order[i + 1] : order[0] + layers;
                shortest = std::min (shortest, following - order[i]);
                longest = std::max (longest, following - order[i]);
            }
            CHECK (shortest >= 1);
            CHECK (longest - shortest <= 1);
        }
}
