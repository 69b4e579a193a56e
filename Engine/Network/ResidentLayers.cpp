// SPDX-License-Identifier: Apache-2.0
#include "Network/ResidentLayers.h"

#include <ATen/core/Tensor.h>
#include <utility>

namespace tableread::engine
{
std::vector<at::Tensor*> tensorsOf (LayerWeights& layer)
{
    std::vector<at::Tensor*> all { &layer.attentionNorm, &layer.mlpNorm };
    for (auto* weight : { &layer.qkv, &layer.output, &layer.gateUp, &layer.down })
        all.insert (all.end(), { &weight->panels, &weight->bias, &weight->channelScale });
    return all;
}

ResidentLayers::ResidentLayers (std::vector<LayerWeights> layers) : all (std::move (layers))
{}

std::int64_t ResidentLayers::layers() const
{
    return (std::int64_t) all.size();
}

const LayerWeights& ResidentLayers::acquire (std::int64_t layer)
{
    return all.at ((std::size_t) layer);
}

void ResidentLayers::release (std::int64_t)
{}
} // namespace tableread::engine
