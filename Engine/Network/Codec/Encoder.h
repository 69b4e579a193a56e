// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Network/Codec/Block.h"

namespace tableread::engine
{
/** Samples to latents, or to semantic vectors: strided convolutions, each followed by blocks. Streaming and whole
    utterance are the same call with smaller or larger chunks. */
class CodecEncoder
{
public:
    /** name: "acoustic_tokenizer" or "semantic_tokenizer". */
    CodecEncoder (const WeightReader& weights, const std::string& name, const CodecConfig& config);

    /** samples [B, n] float32 at 24 kHz → [B, ⌈n / hop⌉, dimension]. Only in the last chunk of a stream n need
        not be a multiple of the hop. */
    at::Tensor encode (const at::Tensor& samples, CodecState& state) const;

    /** All weights, always in the same order. */
    std::vector<at::Tensor*> tensors();

private:
    std::vector<Convolution> convolutions; // stem, then one per ratio
    std::vector<std::vector<CodecBlock>> stages;
    std::vector<Convolution> head; // one
};
} // namespace tableread::engine
