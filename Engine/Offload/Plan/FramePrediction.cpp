// SPDX-License-Identifier: Apache-2.0
#include "Offload/Plan/FramePrediction.h"

#include <vector>

#include "Device/ModelledDevice.h"
#include "Offload/LayerStreamer.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t modelledLayerBytes = 1 << 20; // the model's real size is in copyMs
constexpr int framesBefore = 8, framesMeasured = 8; // a whole number of rounds for up to eight slots
} // namespace

FramePrediction predictFrame (const OffloadConfig& config, const FrameTimes& times)
{
    const LayerPlan plan (config.layers, config.gpuLayers, config.settings.slots());
    ModelledDevice device (times.copyMs > 0 ? (double) modelledLayerBytes / times.copyMs : 1e18);
    CacheTrim trim (device, 0, TrimPolicy::Useful);
    PinnedStore store (device, Pinning::Pinned);
    for (std::size_t i = 0; i < plan.offloaded().size(); ++i)
        store.add (modelledLayerBytes);
    std::vector<std::byte*> slots;
    slots.reserve (static_cast<std::size_t> (plan.slots()));
    for (int i = 0; i < plan.slots(); ++i)
        slots.push_back (device.allocate (modelledLayerBytes));
    LayerStreamer streamer (device, trim, { .plan = plan, .store = store, .slots = slots });

    const auto frame = [&] {
        for (std::int64_t layer = 0; layer < plan.layers(); ++layer)
        {
            if (! plan.isResident (layer))
                streamer.acquire (layer);
            device.compute (times.layerMs);
            if (! plan.isResident (layer))
                streamer.release (layer);
        }
        device.compute (times.restMs);
        const auto done = device.makeEvent (EventKind::Order);
        device.record (done, DeviceQueue::Compute); // the host needs the frame before it issues the next
        device.waitOnHost (done);
        device.dropEvent (done);
        streamer.collectTimes();
    };
    for (int i = 0; i < framesBefore; ++i)
        frame();
    const auto before = streamer.counters();
    const auto begun = device.nowMs();
    for (int i = 0; i < framesMeasured; ++i)
        frame();
    const auto& after = streamer.counters();
    return { (device.nowMs() - begun) / framesMeasured,
             (after.exposedWaitMs - before.exposedWaitMs) / framesMeasured,
             (after.transfers - before.transfers) / framesMeasured };
}
} // namespace tableread::engine
