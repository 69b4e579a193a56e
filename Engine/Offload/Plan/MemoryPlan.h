// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "Offload/Config.h"
#include "Offload/MemoryTable.h"

namespace tableread::engine
{
/** What a model needs on a device, term by term, in bytes. ModelMemory.h computes it from a checkpoint. */
struct MemoryNeeds
{
    std::int64_t layers = 0;       // of the language model
    std::int64_t layerBytes = 0;   // of one decoder layer in its device layout
    std::int64_t otherWeights = 0; // diffusion head, decoder, semantic encoder, connectors, tables
    std::int64_t voiceEncoder =
        0; // weights and activations of the acoustic encoder: only while voices are encoded
    bool encodesWhileSpeaking = false; // voices, of one passage while another has its caches
    std::int64_t caches = 0;           // keys and values of both guidance branches
    std::int64_t activations = 0;
    std::int64_t context =
        0; // the driver's own, for this process; 0 once it is already missing from the free memory
    std::int64_t reserve = 0; // kept free for the unforeseen; not part of the peak
};

/** The peak of device memory with this many resident layers, without the reserve. With one passage at a time the voice
    encoder is freed before the caches are created. */
std::int64_t peakBytes (const MemoryNeeds& needs, std::int64_t gpuLayers, int slots);

/** How many layers can be resident within `free` bytes minus the reserve; empty if not even 0 fit. */
std::optional<std::int64_t> mostLayers (const MemoryNeeds& needs, int slots, std::int64_t free);

/** Resolves the user's request to a configuration for this model on this device.
    @throws Exception OutOfRange or InvalidInput for numbers and names that are not valid for the model; OutOfMemory,
        with what would fit, if the request does not fit. */
OffloadConfig settle (const OffloadRequest& request, const MemoryNeeds& needs, std::int64_t free,
                      const std::string& device);

/** How a configuration's memory adds up. */
MemoryTable memoryTable (const MemoryNeeds& needs, const OffloadConfig& config, std::int64_t free);

/** The same, one term per line, for people. */
std::string describeMemory (const MemoryNeeds& needs, const OffloadConfig& config, std::int64_t free,
                            const std::string& device);
} // namespace tableread::engine
