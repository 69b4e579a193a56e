// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "Kernels/CodecBlock.h"
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

/** One resolution of a codec: `depth` blocks. */
struct CodecStage
{
    std::string name;
    std::int64_t depth = 0, channels = 0;
    double normEps = 0;
};

/** Reads the blocks `name.0`, `name.1`, … of a stage. */
std::vector<CodecBlock> readStage (const WeightReader& weights, const CodecStage& stage);
} // namespace tableread::engine
