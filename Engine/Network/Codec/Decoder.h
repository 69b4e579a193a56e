// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "Network/Codec/Block.h"

namespace tableread::engine
{
/** Latents to samples: a stem, then transposed convolutions, each followed by blocks. */
class CodecDecoder
{
public:
    CodecDecoder (const WeightReader& weights, const CodecConfig& config);

    /** latents [B, T, D] float32, unscaled → samples [B, T · hop], 24 kHz, unclamped. */
    at::Tensor decode (const at::Tensor& latents, CodecState& state) const;

private:
    std::vector<Convolution> stemAndHead;
    std::vector<TransposedConvolution> upsamplers;
    std::vector<std::vector<CodecBlock>> stages;
};
} // namespace tableread::engine
