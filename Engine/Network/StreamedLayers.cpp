// SPDX-License-Identifier: Apache-2.0
#include "Network/StreamedLayers.h"

#include <ATen/ATen.h>
#include <string>

#include "Offload/OutOfMemory.h"

namespace tableread::engine
{
StreamedLayers::StreamedLayers (Device& device, const OffloadConfig& config, const Read& read,
                                Profiler* profiler)
    : plan (config.layers, config.gpuLayers, config.settings.slots())
    , store (device, config.settings.pinMemory ? Pinning::Pinned : Pinning::Pageable)
    , trim (device, config.settings.cacheTrimInterval, config.settings.trim)
{
    std::optional<TensorLayout> layout;
    LayerWeights shape;
    for (std::int64_t l = 0; l < plan.layers(); ++l)
    {
        auto weights = read (l);
        if (! plan.isResident (l))
        {
            if (! layout)
                layout.emplace (tensorsOf (weights));
            layout->writeTo (store.add (layout->bytes()).data(), tensorsOf (weights));
            shape = std::move (weights);
        }
        else
            resident.emplace (l, std::move (weights));
        device.trim(); // memory of reading and packing: nothing runs yet
    }

    std::vector<std::byte*> slots;
    for (int i = 0; i < plan.slots(); ++i)
    {
        const auto name = "slot " + std::to_string (i + 1) + " of " + std::to_string (plan.slots());
        slots.push_back (allocateOrTrim (device, trim, { .bytes = layout->bytes(), .name = name }, config));
        auto bound = shape;
        layout->bind (tensorsOf (bound), slots.back(), shape.qkv.panels.device());
        streamed.emplace (slots.back(), std::move (bound));
    }
    const OffloadedLayers offloaded { .plan = plan, .store = store, .slots = slots };
    streamer = std::make_unique<LayerStreamer> (device, trim, offloaded);
    if (profiler != nullptr)
        profiler->watch (*streamer, trim);
}

const LayerWeights& StreamedLayers::acquire (std::int64_t layer)
{
    return plan.isResident (layer) ? resident.at (layer) : streamed.at (streamer->acquire (layer));
}

void StreamedLayers::release (std::int64_t layer)
{
    if (! plan.isResident (layer))
        streamer->release (layer);
}
} // namespace tableread::engine
