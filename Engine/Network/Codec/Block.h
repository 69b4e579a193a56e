// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Kernels/Codec.h"
#include "Network/Codec/Convolution.h"

namespace tableread::engine
{
/** x += γ · depthwise (norm x), then x += γ_ffn · linear2 (GELU (linear1 (norm x))); norms are over channels. */
class CodecBlock
{
public:
    CodecBlock (const WeightReader& weights, const std::string& name, std::int64_t channels, double normEps);

    /** x [B, T, C] → the same shape; x may be overwritten. */
    at::Tensor operator() (const at::Tensor& x, CodecCursor& cursor) const;

    void addTensors (std::vector<at::Tensor*>& to);

private:
    kernels::CodecBlockWeights parts;
};

/** The blocks `name.{stage}.0`, `name.{stage}.1`, … of one resolution. */
std::vector<CodecBlock> readStage (const WeightReader& weights, const std::string& name, std::size_t stage,
                                   std::int64_t depth, std::int64_t channels, double normEps);
} // namespace tableread::engine
