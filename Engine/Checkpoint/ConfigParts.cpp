// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/ConfigParts.h"

#include <algorithm>

namespace tableread::engine
{
namespace
{
double ropeTheta (const ConfigSection& part)
{
    constexpr double least = 1.0, most = 1e12;
    if (part.has ("rope_scaling"))
    {
        const auto scaling = part.section ("rope_scaling");
        scaling.expect ("rope_type", "default");
        scaling.expect ("type", "default");
    }
    if (! part.has ("rope_parameters")) // transformers 5 keeps it there
        return part.real ("rope_theta", least, most);
    const auto rope = part.section ("rope_parameters");
    rope.expect ("rope_type", "default");
    return (rope.has ("rope_theta") ? rope : part).real ("rope_theta", least, most);
}

void expectKnownCodec (const ConfigSection& part)
{
    part.expect ("channels", 1);
    part.expect ("causal", true);
    part.expect ("conv_bias", true);
    part.expect ("conv_norm", "none");
    part.expect ("disable_last_norm", true);
    part.expect ("layernorm", "RMSNorm");
    part.expect ("layernorm_elementwise_affine", true);
    part.expect ("mixer_layer", "depthwise_conv");
    part.expect ("pad_mode", "constant");
    part.expect ("kernel_size", 7);
    part.expect ("ffn_expansion", 4);
    part.expect ("hidden_act", "gelu");
}

template <typename T>
std::vector<T> reversed (std::vector<T> list)
{
    std::reverse (list.begin(), list.end());
    return list;
}
} // namespace

LanguageModelConfig readLanguageModel (const ConfigSection& part)
{
    part.expect ("model_type", "qwen2");
    part.expect ("hidden_act", "silu");
    part.expect ("use_sliding_window", false);

    LanguageModelConfig c;
    c.hidden = part.whole ("hidden_size", maxWidth);
    c.intermediate = part.whole ("intermediate_size", 4 * maxWidth);
    c.layers = part.whole ("num_hidden_layers", maxLayers);
    c.heads = part.whole ("num_attention_heads", maxWidth);
    c.kvHeads = part.findWhole ("num_key_value_heads", maxWidth).value_or (c.heads);
    c.vocabulary = part.whole ("vocab_size", maxVocabulary);
    c.maxPositions = part.whole ("max_position_embeddings", maxPositionCount);
    c.normEps = part.real ("rms_norm_eps", leastEps, mostEps);
    c.ropeTheta = ropeTheta (part);

    const auto heads = part.nameOf ("num_attention_heads") + " is " + std::to_string (c.heads);
    if (part.has ("head_dim"))
        c.headDim = part.whole ("head_dim", maxWidth);
    else if (c.hidden % c.heads == 0)
        c.headDim = c.hidden / c.heads;
    else
        part.refuse (heads + ", which does not divide hidden_size " + std::to_string (c.hidden) + ".");
    if (c.headDim % 2 != 0)
        part.refuse (heads + ", so that a head is " + std::to_string (c.headDim) +
                     " wide; rotary positions need an even width.");
    if (c.heads * c.headDim > maxWidth)
        part.refuse (heads + " of width " + std::to_string (c.headDim) + ": together more than " +
                     std::to_string (maxWidth) + ".");
    if (c.heads % c.kvHeads != 0)
        part.refuse (heads + ", which num_key_value_heads " + std::to_string (c.kvHeads) +
                     " does not divide.");
    return c;
}

std::int64_t checkCodec (const ConfigSection& part, const std::string& half, const CodecConfig& codec)
{
    if (codec.depths.size() != codec.ratios.size() + 1)
        part.refuse (part.nameOf (half) + " has " + std::to_string (codec.ratios.size()) + " ratios and " +
                     std::to_string (codec.depths.size()) + " depths; one depth more than ratios is needed.");
    if (codec.filters << codec.ratios.size() > maxWidth)
        part.refuse (part.nameOf (half) + " has " + std::to_string (codec.filters) + " filters, doubled " +
                     std::to_string (codec.ratios.size()) + " times: more than " + std::to_string (maxWidth) +
                     " channels.");
    std::int64_t hop = 1;
    for (const auto ratio : codec.ratios)
        if ((hop *= ratio) > maxHop)
            part.refuse (part.nameOf (half) + "'s ratios multiply to more than " + std::to_string (maxHop) +
                         " samples a frame.");
    return hop;
}

CodecConfig readOfficialEncoder (const ConfigSection& part)
{
    expectKnownCodec (part);
    CodecConfig c;
    c.filters = part.whole ("encoder_n_filters", maxWidth);
    c.ratios = reversed (part.list ("encoder_ratios", maxRatio, maxRatioCount));
    c.depths = part.list ("encoder_depths", maxDepth, maxRatioCount + 1);
    c.dimension = part.whole ("vae_dim", maxWidth);
    c.normEps = part.real ("layernorm_eps", leastEps, mostEps);
    return c;
}

CodecConfig readOfficialDecoder (const ConfigSection& part, const CodecConfig& encoder)
{
    auto c = mirrored (encoder);
    c.filters = part.findWhole ("decoder_n_filters", maxWidth).value_or (encoder.filters);
    if (part.has ("decoder_ratios"))
        c.ratios = part.list ("decoder_ratios", maxRatio, maxRatioCount);
    if (part.has ("decoder_depths"))
        c.depths = part.list ("decoder_depths", maxDepth, maxRatioCount + 1);
    return c;
}

CodecConfig readConvertedEncoder (const ConfigSection& part)
{
    expectKnownCodec (part);
    CodecConfig c;
    c.filters = part.whole ("num_filters", maxWidth);
    c.ratios = part.list ("downsampling_ratios", maxRatio, maxRatioCount);
    c.depths = part.list ("depths", maxDepth, maxRatioCount + 1);
    c.dimension = part.whole ("hidden_size", maxWidth);
    c.normEps = part.real ("rms_norm_eps", leastEps, mostEps);
    return c;
}

CodecConfig mirrored (const CodecConfig& encoder)
{
    auto decoder = encoder;
    decoder.ratios = reversed (encoder.ratios);
    decoder.depths = reversed (encoder.depths);
    return decoder;
}
} // namespace tableread::engine
