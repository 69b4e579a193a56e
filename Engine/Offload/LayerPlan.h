// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tableread::engine
{
/** Which decoder layers stay on the device and which are copied to it, sweep after sweep. The resident ones are spread
    evenly among the others, so that their arithmetic hides copies. */
class LayerPlan
{
public:
    /** `slots` is the most slots; no more are used than there are offloaded layers.
        @throws Exception OutOfRange if gpuLayers is not in [0, layers] or slots is below 1. */
    LayerPlan (std::int64_t layers, std::int64_t gpuLayers, int slots);

    std::int64_t layers() const { return (std::int64_t) indexOf.size(); }
    bool isResident (std::int64_t layer) const { return indexOf.at ((std::size_t) layer) < 0; }

    /** The offloaded layers, in the order of a sweep. */
    const std::vector<std::int64_t>& offloaded() const { return order; }

    /** A layer's index in offloaded(); -1 if it is resident. */
    std::int64_t offloadedIndex (std::int64_t layer) const { return indexOf.at ((std::size_t) layer); }

    int slots() const { return slotCount; }

    /** True if the slots hold all offloaded layers: each is copied only once. */
    bool copiesOnce() const { return (std::size_t) slotCount == order.size(); }

private:
    std::vector<std::int64_t> order, indexOf;
    int slotCount = 0;
};
} // namespace tableread::engine
