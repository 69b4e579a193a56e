// SPDX-License-Identifier: Apache-2.0
#include "Network/LanguageModel.h"

#include <ATen/ATen.h>
#include <vector>

#include "Kernels/Norm.h"

namespace tableread::engine
{
namespace
{
const std::string root = "model.language_model.";
const std::string embeddingName = root + "embed_tokens.weight";
} // namespace

KvCache::KvCache (const LanguageModelConfig& config, std::int64_t capacity, at::TensorOptions where)
{
    const auto empty = [&] {
        return at::empty ({ config.layers, config.kvHeads, capacity, config.headDim }, where);
    };
    store = { empty(), empty() };
}

void KvCache::moveTo (at::Device device)
{
    for (auto* tensor : { &store.keys, &store.values })
    {
        if (tensor->device() == device)
            continue;
        auto moved = at::empty (tensor->sizes(), tensor->options().device (device));
        moved.narrow (2, 0, used).copy_ (tensor->narrow (2, 0, used));
        *tensor = moved;
    }
}

kernels::KvStore KvCache::first (std::int64_t rows) const
{
    return { store.keys.narrow (2, 0, rows).clone(), store.values.narrow (2, 0, rows).clone() };
}

void KvCache::fill (const kernels::KvStore& positions, std::int64_t rows)
{
    store.keys.narrow (2, 0, rows).copy_ (positions.keys.narrow (2, 0, rows));
    store.values.narrow (2, 0, rows).copy_ (positions.values.narrow (2, 0, rows));
    used = rows;
}

LayerWeights readLayer (const WeightReader& reader, std::int64_t index)
{
    const auto weights = reader.forLayers();
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
                              c.hidden, false, true),
             weights.linear (mlp + "down_proj", c.hidden, c.intermediate, false) };
}
std::vector<LayerWeights> readLayers (const WeightReader& weights)
{
    std::vector<LayerWeights> layers;
    for (std::int64_t l = 0; l < weights.checkpoint.config().languageModel.layers; ++l)
        layers.push_back (readLayer (weights, l));
    return layers;
}

LanguageModel::LanguageModel (const WeightReader& weights, std::unique_ptr<LayerSource> layers,
                              std::int64_t positions, Profiler* recorder)
    : settings (weights.checkpoint.config().languageModel)
    , embedding (weights.checkpoint, embeddingName, settings.vocabulary, settings.hidden)
    , output (weights.checkpoint, weights.checkpoint.tied() ? embeddingName : "lm_head.weight",
              settings.vocabulary, settings.hidden)
    , source (std::move (layers))
    , finalNorm (weights.values (root + "norm.weight", { settings.hidden }))
    , rotary (kernels::makeRotaryTable (positions, settings.headDim, settings.ropeTheta, weights.device()))
    , profiler (recorder)
{}

at::Tensor LanguageModel::embed (at::ArrayRef<std::int64_t> ids) const
{
    return embedding.rows (ids).to (finalNorm.device());
}

kernels::Weight LanguageModel::outputRows (at::ArrayRef<std::int64_t> ids) const
{
    return kernels::pack (output.rows (ids), {}, { .device = finalNorm.device() });
}

void LanguageModel::runLayer (at::Tensor& x, const LayerWeights& layer, const kernels::AttentionRows& rows,
                              std::int64_t index) const
{
    const kernels::RowNorm attentionNorm { layer.attentionNorm, settings.normEps };
    const kernels::RowNorm mlpNorm { layer.mlpNorm, settings.normEps };
    using Kind = ProfileSpan::Kind;
    const auto record = [&] (Kind kind, std::int64_t multiplyAdds) {
        return ProfileScope (
            profiler,
            { .kind = kind, .firstLayer = index, .lastLayer = index, .multiplyAdds = multiplyAdds });
    };
    const auto products = [&] (std::initializer_list<const kernels::Weight*> weights) {
        std::int64_t sum = 0;
        for (const auto* weight : weights)
            sum += rows.count * weight->n * weight->k;
        return record (Kind::Products, sum);
    };
    at::Tensor qkv, mixed;
    {
        const auto noted = products ({ &layer.qkv });
        qkv = kernels::linear (x, layer.qkv, &attentionNorm);
    }
    {
        const auto noted = record (Kind::Attention, 2 * rows.seen * settings.heads * settings.headDim);
        mixed = kernels::attention (qkv, rows, { settings.heads, settings.kvHeads, rotary, index });
    }
    const auto noted = products ({ &layer.output, &layer.gateUp, &layer.down });
    kernels::linear (mixed, layer.output, nullptr, { .residual = x });
    const auto inner = kernels::linear (x, layer.gateUp, &mlpNorm,
                                        { .activation = kernels::Activation::SwiGlu, .rounded = true });
    kernels::linear (inner, layer.down, nullptr, { .residual = x });
}

at::Tensor LanguageModel::normalised (const at::Tensor& x) const
{
    return kernels::rmsNorm (x, finalNorm, settings.normEps);
}

void LanguageModel::walk (LayerSteps steps, const std::function<void (const LayerStretch&)>& visit)
{
    const auto count = source->layers();
    for (std::int64_t first = 0; first < count;)
    {
        auto last = first;
        while (steps == LayerSteps::Joined && last + 1 < count && source->isResident (last))
            ++last;
        visit ({ first, last, source->acquire (last) });
        source->release (last);
        first = last + 1;
    }
}

void LanguageModel::run (at::Tensor& x, const LayerStretch& stretch, const kernels::AttentionRows& rows) const
{
    for (auto l = stretch.first; l < stretch.last; ++l)
        runLayer (x, source->acquire (l), rows, l); // resident: needs no release
    runLayer (x, stretch.weights, rows, stretch.last);
}
} // namespace tableread::engine
