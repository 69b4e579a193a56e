// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "Kernels/Gpu/StreamDevice.h"
#include "Network/Codec/Decoder.h"
#include "Network/Codec/Encoder.h"
#include "Network/Connector.h"
#include "Network/DiffusionHead.h"
#include "Network/LanguageModel.h"
#include "Network/StreamedLayers.h"
#include "Offload/Profiler.h"
#include "Render/Frame/ParkedEncoder.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** All parts of a loaded checkpoint. Weights only: what a sequence remembers is in Sequence. */
struct VibeVoice
{
    /** On a GPU, `request` decides where the language model's layers lie.
        @throws Exception OutOfMemory, with what would fit, if they cannot. */
    VibeVoice (std::unique_ptr<Checkpoint> opened, ComputeType compute, at::Device where = at::kCPU,
               const OffloadRequest& request = {}, Profiling profiling = Profiling::Off);

    at::Device device() const { return weights.device(); }

    /** For KV stores: on a GPU in the type that the model computes in, on a CPU in float32. */
    at::TensorOptions storeOptions() const;

    const ModelConfig& config() const { return checkpoint->config(); }

    /** Samples of a frame; latents in the scaled space → those that the decoder takes. */
    at::Tensor unscaled (const at::Tensor& latents) const { return latents / latentScale - latentBias; }
    at::Tensor scaled (const at::Tensor& latents) const { return (latents + latentBias) * latentScale; }

    std::unique_ptr<Checkpoint> checkpoint;
    ComputeType computeType;
    WeightReader weights;
    std::unique_ptr<GpuStreamDevice> streamDevice; // null on a CPU
    std::unique_ptr<Profiler> profiler;            // null unless it was asked for
    std::optional<OffloadConfig> offload;          // in effect; empty on a CPU
    std::string memoryNotes;                       // for a person: the arithmetic, what could not be pinned
    std::int64_t plannedPeakBytes = 0;             // of device memory
    StreamedLayers* streamed = nullptr;            // the language model's layers, if some are offloaded
    float latentScale, latentBias;
    LanguageModel languageModel;
    Connector acousticConnector, semanticConnector;
    DiffusionHead diffusionHead;
    mutable ParkedEncoder acousticEncoder;
    CodecEncoder semanticEncoder;
    CodecDecoder decoder;

private:
    std::unique_ptr<LayerSource> makeLayers (const OffloadRequest& request);
    CodecEncoder readVoiceEncoder() const;
};
} // namespace tableread::engine
