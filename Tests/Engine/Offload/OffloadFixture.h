// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "Offload/LayerStreamer.h"
#include "Support/FakeDevice.h"

namespace tableread::test
{
/** A model whose layers take a millisecond each to copy and `computeMs` to compute, streamed through a fake device. */
struct StreamedModel
{
    struct Settings
    {
        std::int64_t layers = 28, gpuLayers = 8;
        int slots = 2;
        std::int64_t interval = 50;
        engine::TrimPolicy policy = engine::TrimPolicy::Useful;
        std::size_t layerBytes = 16;
        double computeMs = 0.25;
        engine::Pinning pinning = engine::Pinning::Pinned;
        std::size_t pinnedAtMost = ~std::size_t { 0 };
    };

    explicit StreamedModel (const Settings& with)
        : settings (with)
        , device (static_cast<double> (with.layerBytes))
        , plan (with.layers, with.gpuLayers, with.slots)
        , trim (device, with.interval, with.policy)
    {
        device.pinnedAtMost = with.pinnedAtMost;
        store = std::make_unique<engine::PinnedStore> (device, with.pinning);
        for (const auto layer : plan.offloaded())
            store->add (with.layerBytes)[0] = static_cast<std::byte> (layer);
        std::vector<std::byte*> slots;
        slots.reserve (static_cast<std::size_t> (plan.slots()));
        for (int i = 0; i < plan.slots(); ++i)
            slots.push_back (device.allocate (with.layerBytes));
        const engine::OffloadedLayers offloaded { .plan = plan, .store = *store, .slots = slots };
        streamer = std::make_unique<engine::LayerStreamer> (device, trim, offloaded);
    }

    void layer (std::int64_t l)
    {
        if (plan.isResident (l))
            return device.compute (settings.computeMs);
        const auto* address = streamer->acquire (l);
        device.compute (settings.computeMs, address, static_cast<int> (l));
        streamer->release (l);
    }

    void sweep()
    {
        for (std::int64_t l = 0; l < plan.layers(); ++l)
            layer (l);
    }

    /** A sweep, then what follows in a frame; then the host waits for its result as the engine does. */
    void frame (double restMs)
    {
        sweep();
        device.compute (restMs);
        const auto done = device.makeEvent (engine::EventKind::Order);
        device.record (done, engine::DeviceQueue::Compute);
        device.waitOnHost (done);
        device.dropEvent (done);
    }

    Settings settings;
    FakeDevice device;
    engine::LayerPlan plan;
    engine::CacheTrim trim;
    std::unique_ptr<engine::PinnedStore> store;
    std::unique_ptr<engine::LayerStreamer> streamer;
};
} // namespace tableread::test
