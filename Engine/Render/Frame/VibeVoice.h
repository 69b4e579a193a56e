// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "Device/Device.h"
#include "Network/Codec/Decoder.h"
#include "Network/Codec/Encoder.h"
#include "Network/Connector.h"
#include "Network/DiffusionHead.h"
#include "Network/LanguageModel.h"
#include "Network/StreamedLayers.h"
#include "Offload/MemoryTable.h"
#include "Offload/Profiler.h"
#include "Render/Frame/ParkedEncoder.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** All parts of a loaded checkpoint. Weights only: the state of a sequence is in Sequence. */
struct VibeVoice
{
    /** How a checkpoint is loaded. */
    struct Settings
    {
        ComputeType compute = ComputeType::Float32;
        at::Device device = at::kCPU;
        OffloadRequest offload {}; // on a GPU it decides where the language model's layers are kept
        Profiling profiling = Profiling::Off;
        Device* layersThrough = nullptr; // for tests: a CPU computes, and streams layers as a GPU does
    };

    /** @throws Exception OutOfMemory, with what would fit, if the layers do not fit where they should be. */
    VibeVoice (std::shared_ptr<const Checkpoint> opened, const Settings& settings);

    at::Device device() const { return weights.device(); }

    /** For KV stores: on a GPU the model's compute type, on a CPU float32. */
    at::TensorOptions storeOptions() const;

    const ModelConfig& config() const { return checkpoint->config(); }

    /** Latents in the scaled space → latents for the decoder. */
    at::Tensor unscaled (const at::Tensor& latents) const;
    at::Tensor scaled (const at::Tensor& latents) const;

    std::shared_ptr<const Checkpoint> checkpoint;
    ComputeType computeType;
    WeightReader weights;
    std::shared_ptr<Device> streamDevice;     // null on a CPU; deviceBytes() outlives the model
    std::unique_ptr<Profiler> profiler;       // null unless it was asked for
    std::optional<OffloadConfig> offload;     // in effect; empty on a CPU
    std::string memoryNotes;                  // for people: how it adds up, what could not be pinned
    std::int64_t plannedPeakBytes = 0;        // of device memory
    std::optional<MemoryTable> plannedMemory; // how it adds up; empty on a CPU
    StreamedLayers* streamed = nullptr;       // the language model's layers, if some are offloaded
    float latentScale, latentBias;
    LanguageModel languageModel;
    Connector acousticConnector, semanticConnector;
    DiffusionHead diffusionHead;
    mutable ParkedEncoder acousticEncoder;
    CodecEncoder semanticEncoder;
    CodecDecoder decoder;

private:
    std::unique_ptr<LayerSource> makeLayers (const Settings& settings);
    CodecEncoder readVoiceEncoder() const;
};
} // namespace tableread::engine
