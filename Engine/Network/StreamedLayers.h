// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "Network/LayerSource.h"
#include "Network/TensorLayout.h"
#include "Offload/LayerStreamer.h"
#include "Offload/Profiler.h"

namespace tableread::engine
{
/** Some layers stay on the GPU; the others are kept in host memory, each as one block, and pass through the slots of a
    LayerStreamer. The same kernels read the same packed bytes, so the results are those of ResidentLayers. */
class StreamedLayers : public LayerSource
{
public:
    /** Reads one layer, packed for the GPU, to the GPU. */
    using Read = std::function<LayerWeights (std::int64_t layer)>;

    /** profiler: records copies, waits and trims; must outlive this object; may be null. */
    StreamedLayers (Device& device, const OffloadConfig& config, const Read& read,
                    Profiler* profiler = nullptr);

    std::int64_t layers() const override { return plan.layers(); }
    const LayerWeights& acquire (std::int64_t layer) override;
    bool isResident (std::int64_t layer) const override { return plan.isResident (layer); }
    void release (std::int64_t layer) override;

    LayerStreamer& layerStreamer() { return *streamer; }
    const CacheTrim& trims() const { return trim; }
    const PinnedStore& hostMemory() const { return store; }

private:
    LayerPlan plan;
    PinnedStore store;
    CacheTrim trim;
    std::map<std::int64_t, LayerWeights> resident; // by layer
    std::map<std::byte*, LayerWeights> streamed;   // by the address of their slot
    std::unique_ptr<LayerStreamer> streamer;
};
} // namespace tableread::engine
