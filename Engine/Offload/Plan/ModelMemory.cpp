// SPDX-License-Identifier: Apache-2.0
#include "Offload/Plan/ModelMemory.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "Device/KernelSizes.h"

namespace tableread::engine
{
namespace
{
constexpr std::int64_t mebibyte = 1 << 20;
constexpr std::int64_t floatBytes = 4;
constexpr std::int64_t partAlignment = 256; // of a layer's tensors in its block

std::int64_t roundedUp (std::int64_t value, std::int64_t to)
{
    return (value + to - 1) / to * to;
}

bool has (std::string_view name, std::string_view piece)
{
    return name.find (piece) != std::string_view::npos;
}

/** What PyTorch's allocator reserves for tensors that stay: small ones share blocks of 2 MiB, medium ones blocks of
    20 MiB, large ones have their own, in steps of 2 MiB (c10/cuda/CUDACachingAllocator.cpp). */
class Reserved
{
public:
    void add (std::int64_t bytes)
    {
        const auto rounded = roundedUp (bytes, 512);
        if (bytes <= mebibyte)
            small += rounded;
        else if (bytes < 10 * mebibyte)
            middle += rounded;
        else
            large += roundedUp (bytes, 2 * mebibyte);
    }

    std::int64_t bytes() const
    {
        return roundedUp (small, 2 * mebibyte) + roundedUp (middle, 20 * mebibyte) + large;
    }

private:
    std::int64_t small = 0, middle = 0, large = 0;
};

std::int64_t cacheBytes (const LanguageModelConfig& lm, const MemorySettings& settings)
{
    const auto position = lm.layers * lm.kvHeads * lm.headDim * (settings.bfloat16 ? 2 : floatBytes);
    Reserved reserved;
    for (int i = 0; i < settings.passages * 2 * (settings.guided ? 2 : 1);
         ++i) // keys and values of each branch
        reserved.add (position * settings.positions);
    for (int i = 0; i < 2; ++i)
        reserved.add (position * prefixPositions);
    return reserved.bytes();
}

/** The prompt's pass needs more than a step: rows of its products and the splits of attention. */
std::int64_t activationBytes (const LanguageModelConfig& lm, const MemorySettings& settings,
                              const MemoryAssumptions& assumptions)
{
    const auto rows = settings.promptTokens + 1;
    const auto attention =
        rows * lm.heads * (kernels::attentionSplits (rows) * (lm.headDim + 2) + lm.headDim);
    const auto qkv = rows * (lm.heads + 2 * lm.kvHeads) * lm.headDim;
    const auto mlp = rows * lm.intermediate + rows * lm.intermediate / 2; // fp32, and again in bf16
    const auto streams = 3 * rows * lm.hidden;
    return (streams + std::max (qkv + attention, mlp)) * floatBytes + assumptions.graphs +
           (settings.passages - 1) * assumptions.aPassageMore;
}
} // namespace

std::int64_t bytesOnDevice (std::string_view name, const TensorView& tensor, const MemorySettings& settings,
                            WeightsFormat format)
{
    std::int64_t elements = 1;
    for (const auto size : tensor.shape)
        elements *= size;
    const bool isDepthwise = has (name, ".mixer.conv.");
    if (tensor.shape.size() < 2 || isDepthwise || ! settings.bfloat16)
        return elements * floatBytes;
    auto n = tensor.shape[0];
    if (has (name, ".convtr."))
        n = elements / (2 * tensor.shape[0]);
    const auto k = elements / n;
    const bool isGated = has (name, ".gate_proj.") || has (name, ".up_proj.");
    const auto packed =
        kernels::packedElements (n, k, isGated ? kernels::tileOutputs / 2 : kernels::tileOutputs);
    return format == WeightsFormat::AsComputed ? 2 * packed : packed + n * floatBytes;
}

std::int64_t layerBytes (const Checkpoint& checkpoint, const MemorySettings& settings)
{
    const std::string_view root = "model.language_model.layers.";
    std::vector<std::int64_t> sums ((std::size_t) checkpoint.config().languageModel.layers, 0);
    for (const std::string_view name : checkpoint.names())
    {
        if (! name.starts_with (root) || checkpoint.isUnused (name))
            continue;
        const auto layer = (std::size_t) std::stoll (std::string (name.substr (root.size())));
        if (layer < sums.size())
            sums[layer] += roundedUp (
                bytesOnDevice (name, checkpoint.tensor (name), settings, settings.weights), partAlignment);
    }
    return sums.empty() ? 0 : *std::ranges::max_element (sums);
}

int mostPassages (const Checkpoint& checkpoint, MemorySettings settings, const OffloadConfig& config,
                  std::int64_t free)
{
    constexpr int most = 16; // slots of a batch
    for (settings.passages = most; settings.passages > 1; --settings.passages)
    {
        auto needs = memoryNeeds (checkpoint, settings);
        needs.context = 0; // is in use already
        if (peakBytes (needs, config.gpuLayers, config.settings.slots()) + needs.reserve <= free)
            break;
    }
    return settings.passages;
}

MemoryNeeds memoryNeeds (const Checkpoint& checkpoint, const MemorySettings& settings,
                         const MemoryAssumptions& assumptions)
{
    const auto& lm = checkpoint.config().languageModel;
    Reserved others, voiceEncoder;
    for (const std::string_view name : checkpoint.names())
    {
        if (name.starts_with ("model.language_model.") || name.starts_with ("lm_head.") ||
            checkpoint.isUnused (name))
            continue;
        auto& part = name.starts_with ("model.acoustic_tokenizer.encoder.") ? voiceEncoder : others;
        part.add (bytesOnDevice (name, checkpoint.tensor (name), settings, WeightsFormat::AsComputed));
    }
    for (int table = 0; table < 2; ++table) // cosines and sines of all positions
        others.add (lm.maxPositions * lm.headDim / 2 * floatBytes);

    MemoryNeeds needs;
    needs.layers = lm.layers;
    needs.layerBytes = roundedUp (layerBytes (checkpoint, settings), 2 * mebibyte);
    needs.otherWeights = others.bytes();
    needs.voiceEncoder = voiceEncoder.bytes() + assumptions.voiceChunk;
    needs.caches = cacheBytes (lm, settings);
    needs.encodesWhileSpeaking = settings.passages > 1;
    needs.activations = activationBytes (lm, settings, assumptions);
    needs.context = assumptions.context;
    needs.reserve = assumptions.reserve;
    return needs;
}

LoadPlan planLoad (const Checkpoint& checkpoint, const OffloadRequest& request, bool bfloat16,
                   const FreeMemory& free)
{
    auto memory = MemorySettings::of (request.settings, bfloat16);
    const auto needsOf = [&] {
        auto needs = memoryNeeds (checkpoint, memory);
        needs.context = 0; // already in use
        return needs;
    };
    LoadPlan plan { {}, needsOf() };
    plan.config = settle (request, plan.needs, free.bytes, free.device);
    if (request.settings.passages == 0) // as many as fit beside the layers, which come first
    {
        memory.passages = plan.config.settings.passages =
            mostPassages (checkpoint, memory, plan.config, free.bytes);
        plan.needs = needsOf();
    }
    return plan;
}
} // namespace tableread::engine
