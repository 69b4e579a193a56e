// SPDX-License-Identifier: Apache-2.0
#include "Checkpoint/TensorShapes.h"

#include <utility>

namespace tableread::engine
{
namespace
{
using Shape = std::vector<std::int64_t>;

/** Collects names and shapes below a prefix. */
class Shapes
{
public:
    std::vector<TensorShape> all;

    void add (std::string name, Shape shape) { all.push_back ({ std::move (name), std::move (shape) }); }

    /** A weight, and a bias for each of its outputs. */
    void addBiased (const std::string& name, Shape shape, std::int64_t outputs)
    {
        add (name + ".weight", std::move (shape));
        add (name + ".bias", { outputs });
    }
};

void addLanguageModel (Shapes& to, const LanguageModelConfig& c)
{
    const std::string root = "model.language_model.";
    const auto h = c.hidden, query = c.heads * c.headDim, key = c.kvHeads * c.headDim;
    to.add (root + "embed_tokens.weight", { c.vocabulary, h });
    for (std::int64_t l = 0; l < c.layers; ++l)
    {
        const auto layer = root + "layers." + std::to_string (l) + ".";
        to.add (layer + "input_layernorm.weight", { h });
        to.addBiased (layer + "self_attn.q_proj", { query, h }, query);
        to.addBiased (layer + "self_attn.k_proj", { key, h }, key);
        to.addBiased (layer + "self_attn.v_proj", { key, h }, key);
        to.add (layer + "self_attn.o_proj.weight", { h, query });
        to.add (layer + "post_attention_layernorm.weight", { h });
        to.add (layer + "mlp.gate_proj.weight", { c.intermediate, h });
        to.add (layer + "mlp.up_proj.weight", { c.intermediate, h });
        to.add (layer + "mlp.down_proj.weight", { h, c.intermediate });
    }
    to.add (root + "norm.weight", { h });
}

void addDiffusionHead (Shapes& to, const DiffusionHeadConfig& c)
{
    constexpr std::int64_t timestepWidth = 256; // fixed in the original
    const std::string root = "model.prediction_head.";
    const auto h = c.hidden;
    to.add (root + "noisy_images_proj.weight", { h, c.latent });
    to.add (root + "cond_proj.weight", { h, h });
    to.add (root + "t_embedder.mlp.0.weight", { h, timestepWidth });
    to.add (root + "t_embedder.mlp.2.weight", { h, h });
    for (std::int64_t l = 0; l < c.layers; ++l)
    {
        const auto layer = root + "layers." + std::to_string (l) + ".";
        to.add (layer + "norm.weight", { h });
        to.add (layer + "adaLN_modulation.1.weight", { 3 * h, h });
        to.add (layer + "ffn.gate_proj.weight", { c.ffn, h });
        to.add (layer + "ffn.up_proj.weight", { c.ffn, h });
        to.add (layer + "ffn.down_proj.weight", { h, c.ffn });
    }
    to.add (root + "final_layer.adaLN_modulation.1.weight", { 2 * h, h });
    to.add (root + "final_layer.linear.weight", { c.latent, h });
}

void addConnector (Shapes& to, const std::string& name, std::int64_t inputs, std::int64_t h)
{
    to.addBiased ("model." + name + ".fc1", { h, inputs }, h);
    to.add ("model." + name + ".norm.weight", { h });
    to.addBiased ("model." + name + ".fc2", { h, h }, h);
}

constexpr std::int64_t taps = 7; // of stems, heads and mixers

/** The blocks `name.0`, `name.1`, … of one resolution of a codec. */
struct StageShape
{
    std::string name;
    std::int64_t depth, channels;
};

void addStage (Shapes& to, const StageShape& stage)
{
    const auto channels = stage.channels;
    for (std::int64_t j = 0; j < stage.depth; ++j)
    {
        const auto block = stage.name + "." + std::to_string (j) + ".";
        to.add (block + "norm.weight", { channels });
        to.addBiased (block + "mixer.conv.conv.conv", { channels, 1, taps }, channels);
        to.add (block + "gamma", { channels });
        to.add (block + "ffn_norm.weight", { channels });
        to.addBiased (block + "ffn.linear1", { 4 * channels, channels }, 4 * channels);
        to.addBiased (block + "ffn.linear2", { channels, 4 * channels }, channels);
        to.add (block + "ffn_gamma", { channels });
    }
}

void addEncoder (Shapes& to, const std::string& name, const CodecConfig& c)
{
    const auto root = "model." + name + ".encoder.";
    auto channels = c.filters;
    for (std::size_t i = 0; i <= c.ratios.size(); ++i)
    {
        const auto layer = root + "downsample_layers." + std::to_string (i) + ".0.conv.conv";
        if (i == 0)
            to.addBiased (layer, { channels, 1, taps }, channels);
        else
        {
            to.addBiased (layer, { 2 * channels, channels, 2 * c.ratios[i - 1] }, 2 * channels);
            channels *= 2;
        }
        addStage (
            to,
            { .name = root + "stages." + std::to_string (i), .depth = c.depths[i], .channels = channels });
    }
    to.addBiased (root + "head.conv.conv", { c.dimension, channels, taps }, c.dimension);
}

void addDecoder (Shapes& to, const CodecConfig& c)
{
    const std::string root = "model.acoustic_tokenizer.decoder.";
    auto channels = c.filters << c.ratios.size();
    to.addBiased (root + "upsample_layers.0.0.conv.conv", { channels, c.dimension, taps }, channels);
    addStage (to, { .name = root + "stages.0", .depth = c.depths[0], .channels = channels });
    for (std::size_t i = 0; i < c.ratios.size(); ++i, channels /= 2)
    {
        to.addBiased (root + "upsample_layers." + std::to_string (i + 1) + ".0.convtr.convtr",
                      { channels, channels / 2, 2 * c.ratios[i] }, channels / 2);
        addStage (to, { .name = root + "stages." + std::to_string (i + 1),
                        .depth = c.depths[i + 1],
                        .channels = channels / 2 });
    }
    to.addBiased (root + "head.conv.conv", { 1, channels, taps }, 1);
}
} // namespace

std::vector<TensorShape> tensorShapes (const ModelConfig& config)
{
    Shapes to;
    const auto hidden = config.languageModel.hidden;
    addLanguageModel (to, config.languageModel);
    addDiffusionHead (to, config.diffusionHead);
    addConnector (to, "acoustic_connector", config.acousticEncoder.dimension, hidden);
    addConnector (to, "semantic_connector", config.semanticEncoder.dimension, hidden);
    addEncoder (to, "acoustic_tokenizer", config.acousticEncoder);
    addEncoder (to, "semantic_tokenizer", config.semanticEncoder);
    addDecoder (to, config.acousticDecoder);
    to.add ("model.speech_scaling_factor", {});
    to.add ("model.speech_bias_factor", {});
    return std::move (to.all);
}
} // namespace tableread::engine
