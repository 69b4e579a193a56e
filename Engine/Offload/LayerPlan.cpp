// SPDX-License-Identifier: Apache-2.0
#include "Offload/LayerPlan.h"

#include <algorithm>

#include <fmt/format.h>

#include "Core/Error.h"

namespace tableread::engine
{
LayerPlan::LayerPlan (std::int64_t layers, std::int64_t gpuLayers, int slots)
{
    if (gpuLayers < 0 || gpuLayers > layers)
        fail (ErrorCode::OutOfRange, fmt::format ("{} layers on the GPU: this model has {}. Choose 0 to {}.",
                                                  gpuLayers, layers, layers));
    if (slots < 1)
        fail (ErrorCode::OutOfRange, fmt::format ("{} slots: one or more are needed.", slots));
    indexOf.assign ((std::size_t) layers, -1);
    const auto count = layers - gpuLayers;
    for (std::int64_t i = 0; i < count; ++i)
    {
        const auto layer =
            (2 * i + 1) * layers / (2 * count); // the middle of the i-th of `count` equal parts
        indexOf[(std::size_t) layer] = i;
        order.push_back (layer);
    }
    slotCount = (int) std::min<std::int64_t> (slots, count);
}
} // namespace tableread::engine
