// SPDX-License-Identifier: Apache-2.0
#include "Model/LanguageModel.h"

#include <ATen/ATen.h>
#include <vector>

#include "Kernels/Rows.h"

namespace tableread::engine
{
namespace
{
const std::string root = "model.language_model.";
const std::string embeddingName = root + "embed_tokens.weight";

LayerWeights readLayer (const WeightReader& weights, std::int64_t index)
{
    const auto& c = weights.checkpoint.config().languageModel;
    const auto layer = root + "layers." + std::to_string (index) + ".";
    const auto attention = layer + "self_attn.", mlp = layer + "mlp.";
    const auto query = c.heads * c.headDim, key = c.kvHeads * c.headDim;
    return { weights.values (layer + "input_layernorm.weight", { c.hidden }),
             weights.stacked ({ { attention + "q_proj", query },
                                { attention + "k_proj", key },
                                { attention + "v_proj", key } },
                              c.hidden, true),
             weights.linear (attention + "o_proj", c.hidden, query, false),
             weights.values (layer + "post_attention_layernorm.weight", { c.hidden }),
             weights.stacked ({ { mlp + "gate_proj", c.intermediate }, { mlp + "up_proj", c.intermediate } },
                              c.hidden, false),
             weights.linear (mlp + "down_proj", c.hidden, c.intermediate, false) };
}
} // namespace

KvCache::KvCache (const LanguageModelConfig& config, std::int64_t capacity) : reserved (capacity)
{
    for (std::int64_t l = 0; l < config.layers; ++l)
    {
        const auto empty = [&] {
            return at::empty ({ config.kvHeads, capacity, config.headDim }, at::kFloat);
        };
        layers.push_back ({ empty(), empty() });
    }
}

std::vector<LayerWeights> readLayers (const WeightReader& weights)
{
    std::vector<LayerWeights> layers;
    for (std::int64_t l = 0; l < weights.checkpoint.config().languageModel.layers; ++l)
        layers.push_back (readLayer (weights, l));
    return layers;
}

LanguageModel::LanguageModel (const WeightReader& weights, std::unique_ptr<LayerSource> layers,
                              std::int64_t positions)
    : settings (weights.checkpoint.config().languageModel)
    , embedding (weights.checkpoint, embeddingName, settings.vocabulary, settings.hidden)
    , output (weights.checkpoint, weights.checkpoint.tied() ? embeddingName : "lm_head.weight",
              settings.vocabulary, settings.hidden)
    , source (std::move (layers))
    , finalNorm (weights.values (root + "norm.weight", { settings.hidden }))
    , rotary (kernels::makeRotaryTable (positions, settings.headDim, settings.ropeTheta))
{}

at::Tensor LanguageModel::embed (at::ArrayRef<std::int64_t> ids) const
{
    return embedding.rows (ids);
}

kernels::Weight LanguageModel::outputRows (at::ArrayRef<std::int64_t> ids) const
{
    return kernels::pack (output.rows (ids), {}, at::kFloat);
}

at::Tensor LanguageModel::forward (const at::Tensor& inputs, std::span<const BranchRows> branches,
                                   Tap* layerTap)
{
    auto x = inputs.clone();
    std::vector<kernels::AttentionGroup> groups (branches.size());
    for (std::int64_t l = 0; l < source->layers(); ++l)
    {
        const auto& layer = source->acquire (l);
        for (std::size_t b = 0; b < branches.size(); ++b)
            groups[b] = { branches[b].cache->layer (l), branches[b].rows, branches[b].cache->length() };
        const kernels::RowNorm attentionNorm { layer.attentionNorm, settings.normEps };
        const kernels::RowNorm mlpNorm { layer.mlpNorm, settings.normEps };
        auto qkv = kernels::linear (x, layer.qkv, &attentionNorm);
        const auto mixed = kernels::attention (qkv, settings.heads, settings.kvHeads, rotary, groups);
        kernels::linear (mixed, layer.output, nullptr, { .residual = x });
        const auto inner =
            kernels::linear (x, layer.gateUp, &mlpNorm, { .activation = kernels::Activation::SwiGlu });
        kernels::linear (inner, layer.down, nullptr, { .residual = x });
        source->release (l);
        if (layerTap != nullptr)
        {
            auto seen = x.narrow (0, 0, branches[0].rows).clone();
            layerTap->see ("prefill.layer" + std::to_string (l) + ".out", seen);
        }
    }
    for (const auto& branch : branches)
        branch.cache->append (branch.rows);
    return kernels::rmsNorm (x, finalNorm, settings.normEps);
}
} // namespace tableread::engine
