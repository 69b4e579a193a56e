// SPDX-License-Identifier: Apache-2.0
#include "Network/Codec/Encoder.h"

#include <ATen/ATen.h>

#include "Kernels/PersistentKernel.h"

namespace tableread::engine
{
CodecEncoder::CodecEncoder (const WeightReader& weights, const std::string& name, const CodecConfig& config)
{
    const auto root = "model." + name + ".encoder.";
    auto channels = config.filters;
    for (std::size_t i = 0; i <= config.ratios.size(); ++i)
    {
        const auto layer = root + "downsample_layers." + std::to_string (i) + ".0.conv.conv";
        if (i == 0)
            convolutions.emplace_back (weights, layer,
                                       Convolution::Shape { .in = 1, .out = channels, .kernel = codecTaps });
        else
        {
            const auto stride = config.ratios[i - 1];
            convolutions.emplace_back (
                weights, layer,
                Convolution::Shape {
                    .in = channels, .out = 2 * channels, .kernel = 2 * stride, .stride = stride });
            channels *= 2;
        }
        stages.push_back (readStage (weights, { .name = root + "stages." + std::to_string (i),
                                                .depth = config.depths[i],
                                                .channels = channels,
                                                .normEps = config.normEps }));
    }
    head.emplace_back (weights, root + "head.conv.conv",
                       Convolution::Shape { .in = channels, .out = config.dimension, .kernel = codecTaps });
}

at::Tensor CodecEncoder::encode (const at::Tensor& samples, CodecState& state) const
{
    CodecCursor cursor (state);
    auto x = samples.unsqueeze (-1);
    kernels::inPersistentKernel (x.device(), [&] {
        for (std::size_t i = 0; i < convolutions.size(); ++i)
        {
            x = convolutions[i](x, cursor);
            for (const auto& block : stages[i])
                x = block (x, cursor);
        }
        x = head[0](x, cursor);
    });
    return x;
}

std::vector<at::Tensor*> CodecEncoder::tensors()
{
    std::vector<at::Tensor*> all;
    for (auto* layers : { &convolutions, &head })
        for (auto& layer : *layers)
            layer.addTensors (all);
    for (auto& stage : stages)
        for (auto& block : stage)
            block.addTensors (all);
    return all;
}
} // namespace tableread::engine
