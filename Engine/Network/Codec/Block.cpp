// SPDX-License-Identifier: Apache-2.0
#include "Network/Codec/Block.h"

#include <ATen/ATen.h>

namespace tableread::engine
{
CodecBlock::CodecBlock (const WeightReader& weights, const std::string& name, std::int64_t channels,
                        double normEps)
    : parts { .norm = weights.values (name + ".norm.weight", { channels }),
              .mixer = weights.values (name + ".mixer.conv.conv.conv.weight", { channels, 1, codecTaps })
                           .squeeze (1)
                           .t()
                           .contiguous(),
              .mixerBias = weights.values (name + ".mixer.conv.conv.conv.bias", { channels }),
              .gamma = weights.values (name + ".gamma", { channels }),
              .ffnNorm = weights.values (name + ".ffn_norm.weight", { channels }),
              .ffnGamma = weights.values (name + ".ffn_gamma", { channels }),
              .up = weights.linear (name + ".ffn.linear1", 4 * channels, channels, true),
              .down = weights.linear (name + ".ffn.linear2", channels, 4 * channels, true),
              .eps = normEps }
{}

at::Tensor CodecBlock::operator() (const at::Tensor& x, CodecCursor& cursor) const
{
    auto& context = cursor.context (x, codecTaps - 1);
    return kernels::codecBlock (x, parts, context, cursor.active());
}

void CodecBlock::addTensors (std::vector<at::Tensor*>& to)
{
    auto& p = parts;
    to.insert (to.end(), { &p.norm, &p.mixer, &p.mixerBias, &p.gamma, &p.ffnNorm, &p.ffnGamma, &p.up.panels,
                           &p.up.bias, &p.down.panels, &p.down.bias });
}

std::vector<CodecBlock> readStage (const WeightReader& weights, const CodecStage& stage)
{
    std::vector<CodecBlock> blocks;
    for (std::int64_t j = 0; j < stage.depth; ++j)
        blocks.emplace_back (weights, stage.name + "." + std::to_string (j), stage.channels, stage.normEps);
    return blocks;
}
} // namespace tableread::engine
