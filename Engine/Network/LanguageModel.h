// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "Network/KvCache.h"
#include "Network/LayerSource.h"
#include "Network/Tap.h"
#include "Network/WeightReader.h"

namespace tableread::engine
{
/** The Qwen2 decoder: embeddings in, hidden states after the final norm out. Prefill and decode are the same pass
    with more or fewer rows a branch; the guidance branches and all sequences of a batch share it, so that each
    layer is needed once a step.

    h hidden, M rows of all branches together. Not thread-safe: the layer source belongs to the render thread. */
class LanguageModel
{
public:
    LanguageModel (const WeightReader& weights, std::unique_ptr<LayerSource> layers, std::int64_t positions);

    /** ids → [ids, h]. */
    at::Tensor embed (at::ArrayRef<std::int64_t> ids) const;

    /** inputs [M, h] → [M, h]. The stores get the rows; the caller counts them (KvCache::append).
        layerTap: sees prefill.layer{l}.out, each layer's output for the first branch. */
    at::Tensor forward (const at::Tensor& inputs, const kernels::AttentionRows& rows,
                        Tap* layerTap = nullptr);

    /** The parts of forward(), for a caller that acquires and releases the layers itself. x [M, h] in place. */
    LayerSource& layers() { return *source; }
    void runLayer (at::Tensor& x, const LayerWeights& layer, const kernels::AttentionRows& rows,
                   std::int64_t index) const;
    at::Tensor normalised (const at::Tensor& x) const;

    /** The rows of the output matrix for these ids, to compare only tokens that may come. */
    kernels::Weight outputRows (at::ArrayRef<std::int64_t> ids) const;

    const LanguageModelConfig& config() const { return settings; }

private:
    LanguageModelConfig settings;
    EmbeddingTable embedding, output;
    std::unique_ptr<LayerSource> source;
    at::Tensor finalNorm;
    kernels::RotaryTable rotary;
};

/** Reads a decoder layer, and all of them. */
LayerWeights readLayer (const WeightReader& weights, std::int64_t index);
std::vector<LayerWeights> readLayers (const WeightReader& weights);
} // namespace tableread::engine
