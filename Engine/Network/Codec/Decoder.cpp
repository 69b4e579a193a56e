// SPDX-License-Identifier: Apache-2.0
#include "Network/Codec/Decoder.h"

#include <ATen/ATen.h>

#include "Kernels/PersistentKernel.h"

namespace tableread::engine
{
CodecDecoder::CodecDecoder (const WeightReader& weights, const CodecConfig& config)
{
    const std::string root = "model.acoustic_tokenizer.decoder.";
    auto channels = config.filters << config.ratios.size();
    stemAndHead.emplace_back (
        weights, root + "upsample_layers.0.0.conv.conv",
        Convolution::Shape { .in = config.dimension, .out = channels, .kernel = codecTaps });
    stages.push_back (readStage (weights, { .name = root + "stages.0",
                                            .depth = config.depths[0],
                                            .channels = channels,
                                            .normEps = config.normEps }));
    for (std::size_t i = 0; i < config.ratios.size(); ++i, channels /= 2)
    {
        upsamplers.emplace_back (
            weights, root + "upsample_layers." + std::to_string (i + 1) + ".0.convtr.convtr",
            TransposedConvolution::Shape { .in = channels, .out = channels / 2, .stride = config.ratios[i] });
        stages.push_back (readStage (weights, { .name = root + "stages." + std::to_string (i + 1),
                                                .depth = config.depths[i + 1],
                                                .channels = channels / 2,
                                                .normEps = config.normEps }));
    }
    stemAndHead.emplace_back (weights, root + "head.conv.conv",
                              Convolution::Shape { .in = channels, .out = 1, .kernel = codecTaps });
}

at::Tensor CodecDecoder::decode (const at::Tensor& latents, CodecState& state) const
{
    CodecCursor cursor (state);
    at::Tensor x;
    kernels::inPersistentKernel (latents.device(), [&] {
        x = stemAndHead[0](latents, cursor);
        for (std::size_t i = 0; i < stages.size(); ++i)
        {
            if (i > 0)
                x = upsamplers[i - 1](x, cursor);
            for (const auto& block : stages[i])
                x = block (x, cursor);
        }
        x = stemAndHead[1](x, cursor);
    });
    return x.squeeze (-1);
}
} // namespace tableread::engine
