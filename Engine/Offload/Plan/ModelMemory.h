// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "Checkpoint/Checkpoint.h"
#include "Offload/Plan/MemoryPlan.h"

namespace tableread::engine
{
/** Prompts on a GPU that are kept for later ones that begin in the same way, in positions: of five lines with a voice of 10 s
    each. */
inline constexpr std::int64_t prefixPositions = 1024;

/** The settings of a load that memory depends on. */
struct MemorySettings
{
    WeightsFormat weights = WeightsFormat::AsComputed;
    bool bfloat16 = true;            // the engine's compute type; else fp32
    std::int64_t positions = 4096;   // prompt and speech of the longest passage; a second of speech takes 7.5
    std::int64_t promptTokens = 600; // of them, those of the prompt
    int passages = 1;                // in one batch
    bool guided = true;

    /** Taken from a load's settings. */
    static MemorySettings of (const OffloadSettings& settings, bool bfloat16)
    {
        return { .weights = settings.weights,
                 .bfloat16 = bfloat16,
                 .positions = settings.positions,
                 .passages = std::max (1, settings.passages) };
    }
};

/** Sizes that cannot be derived from a checkpoint. Each number was measured on a GPU or is marked an estimate; plan's
    prediction of the peak is based on them. */
struct MemoryAssumptions
{
    std::int64_t context = 520LL << 20; // estimate: CUDA 13 context with the engine's kernels loaded
    std::int64_t graphs = 64LL << 20;   // estimate: captured graphs and their private pool, one passage
    std::int64_t aPassageMore =
        12LL << 20; // estimate: codec contexts and activations of each further passage
    std::int64_t voiceChunk =
        160LL << 20; // estimate: the acoustic encoder's activations for a chunk of a voice
    std::int64_t reserve = 256LL << 20;
};

/** Adds up real tensors in their device layout: matrices in padded tiles, all else in fp32, each rounded up as by the
    allocator. Embedding and output matrix stay on the host. */
MemoryNeeds memoryNeeds (const Checkpoint& checkpoint, const MemorySettings& settings,
                         const MemoryAssumptions& assumptions = {});

/** The most passages in one batch, at most 16, for which `free` bytes are enough with so many resident layers; 1 if not even
    one fits. */
int mostPassages (const Checkpoint& checkpoint, MemorySettings settings, const OffloadConfig& config,
                  std::int64_t free);

/** What a loading keeps where, and what it takes. */
struct LoadPlan
{
    OffloadConfig config; // with as many passages as memory is planned for
    MemoryNeeds needs;
};

/** What a device has for a loading. */
struct FreeMemory
{
    std::int64_t bytes = 0; // of which the driver's context is no longer a part
    std::string device;     // its name
};

/** How a checkpoint is loaded. The loader does what this says.
    @throws Exception as settle() does. */
LoadPlan planLoad (const Checkpoint& checkpoint, const OffloadRequest& request, bool bfloat16,
                   const FreeMemory& free);

/** Bytes of a tensor in its device layout. Convolutions become products: [out, in, taps] → [out, taps · in], transposed
    ones [in, out, 2 · stride] → [stride · out, 2 · in]; depthwise ones and vectors are fp32. */
std::int64_t bytesOnDevice (std::string_view officialName, const TensorView& tensor,
                            const MemorySettings& settings, WeightsFormat format);

/** Bytes of the largest decoder layer as one contiguous block. */
std::int64_t layerBytes (const Checkpoint& checkpoint, const MemorySettings& settings);
} // namespace tableread::engine
