// SPDX-License-Identifier: Apache-2.0
#include "Network/Codec/Decoder.h"

#include <ATen/ATen.h>

#include "Kernels/Chain.h"

namespace tableread::engine
{
CodecDecoder::CodecDecoder (const WeightReader& weights, const CodecConfig& config)
{
    const std::string root = "model.acoustic_tokenizer.decoder.";
    auto channels = config.filters << config.ratios.size();
    stemAndHead.emplace_back (weights, root + "upsample_layers.0.0.conv.conv", config.dimension, channels, 7,
                              1);
    stages.push_back (readStage (weights, root + "stages.", 0, config.depths[0], channels, config.normEps));
    for (std::size_t i = 0; i < config.ratios.size(); ++i, channels /= 2)
    {
        upsamplers.emplace_back (weights,
                                 root + "upsample_layers." + std::to_string (i + 1) + ".0.convtr.convtr",
                                 channels, channels / 2, config.ratios[i]);
        stages.push_back (
            readStage (weights, root + "stages.", i + 1, config.depths[i + 1], channels / 2, config.normEps));
    }
    stemAndHead.emplace_back (weights, root + "head.conv.conv", channels, 1, 7, 1);
}

at::Tensor CodecDecoder::decode (const at::Tensor& latents, CodecState& state) const
{
    CodecCursor cursor (state);
    at::Tensor x;
    kernels::chained (latents.device(), [&] {
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
