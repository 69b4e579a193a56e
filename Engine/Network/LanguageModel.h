// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "Network/KvCache.h"
#include "Network/LayerSource.h"
#include "Network/WeightReader.h"
#include "Offload/Profiler.h"

namespace tableread::engine
{
/** Consecutive layers that run together: all but the last are resident. */
struct LayerStretch
{
    std::int64_t first = 0, last = 0;
    const LayerWeights& weights; // of the last layer, which is acquired
};

enum class LayerSteps
{
    Single, // each layer is a stretch
    Joined  // a stretch ends at a layer that must be waited for
};

/** The Qwen2 decoder: embeddings in, hidden states after the final norm out. Prefill and decode are the same pass
    with more or fewer rows per branch; the guidance branches and all sequences of a batch share it, so that each
    layer is needed once per step.

    h: hidden size; M: rows of all branches together. Not thread-safe: the layer source belongs to the render thread. */
class LanguageModel
{
public:
    /** profiler: records each layer's attention and matrix products; must outlive this object; null for none, as on a
        GPU, where the host only issues them. */
    LanguageModel (const WeightReader& weights, std::unique_ptr<LayerSource> layers, std::int64_t positions,
                   Profiler* profiler = nullptr);

    /** ids → [ids, h]. */
    at::Tensor embed (at::ArrayRef<std::int64_t> ids) const;

    /** Takes all layers in order: acquires the last one of each stretch, calls `visit`, and releases it. */
    void walk (LayerSteps steps, const std::function<void (const LayerStretch&)>& visit);

    /** Runs x [M, h] in place through the layers of a stretch, or through one layer. Writes rows to the stores; the
        caller counts them (KvCache::append). */
    void run (at::Tensor& x, const LayerStretch& stretch, const kernels::AttentionRows& rows) const;
    void runLayer (at::Tensor& x, const LayerWeights& layer, const kernels::AttentionRows& rows,
                   std::int64_t index) const;

    /** x [M, h] after the last layer → [M, h]. */
    at::Tensor normalised (const at::Tensor& x) const;

    LayerSource& layers() { return *source; }

    /** The rows of the output matrix for these ids, to score only the possible tokens. */
    kernels::Weight outputRows (at::ArrayRef<std::int64_t> ids) const;

    const LanguageModelConfig& config() const { return settings; }
    const kernels::RotaryTable& positions() const { return rotary; }

private:
    LanguageModelConfig settings;
    EmbeddingTable embedding, output;
    std::unique_ptr<LayerSource> source;
    at::Tensor finalNorm;
    kernels::RotaryTable rotary;
    Profiler* profiler;
};

/** Reads one decoder layer, or all of them. */
LayerWeights readLayer (const WeightReader& weights, std::int64_t index);
std::vector<LayerWeights> readLayers (const WeightReader& weights);
} // namespace tableread::engine
