// SPDX-License-Identifier: Apache-2.0
#include "Codec/Block.h"

#include <ATen/ATen.h>

#include "Kernels/Codec.h"
#include "Kernels/Rows.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t mixerTaps = 7;
}

CodecBlock::CodecBlock (const WeightReader& weights, const std::string& name, std::int64_t channels,
                        double normEps)
    : norm (weights.values (name + ".norm.weight", { channels }))
    , mixer (weights.values (name + ".mixer.conv.conv.conv.weight", { channels, 1, mixerTaps })
                 .squeeze (1)
                 .t()
                 .contiguous())
    , mixerBias (weights.values (name + ".mixer.conv.conv.conv.bias", { channels }))
    , gamma (weights.values (name + ".gamma", { channels }))
    , ffnNorm (weights.values (name + ".ffn_norm.weight", { channels }))
    , ffnGamma (weights.values (name + ".ffn_gamma", { channels }))
    , up (weights.linear (name + ".ffn.linear1", 4 * channels, channels, true))
    , down (weights.linear (name + ".ffn.linear2", channels, 4 * channels, true))
    , eps (normEps)
{}

void CodecBlock::operator() (at::Tensor& x, CodecCursor& cursor) const
{
    const auto extended = cursor.extend (kernels::rmsNorm (x, norm, eps), mixerTaps - 1);
    kernels::addDepthwise (x, extended, mixer, mixerBias, gamma);
    const kernels::RowNorm rowNorm { ffnNorm, eps };
    const auto wide = kernels::linear (x, up, &rowNorm, { .activation = kernels::Activation::Gelu });
    kernels::linear (wide.view ({ x.size (0), x.size (1), -1 }), down, nullptr,
                     { .residual = x, .gate = ffnGamma });
}

void CodecBlock::addTensors (std::vector<at::Tensor*>& to)
{
    to.insert (to.end(), { &norm, &mixer, &mixerBias, &gamma, &ffnNorm, &ffnGamma, &up.panels, &up.bias,
                           &down.panels, &down.bias });
}

std::vector<CodecBlock> readStage (const WeightReader& weights, const std::string& name, std::size_t stage,
                                   std::int64_t depth, std::int64_t channels, double normEps)
{
    std::vector<CodecBlock> blocks;
    for (std::int64_t j = 0; j < depth; ++j)
        blocks.emplace_back (weights, name + std::to_string (stage) + "." + std::to_string (j), channels,
                             normEps);
    return blocks;
}
} // namespace tableread::engine
