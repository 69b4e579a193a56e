// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "Codec/Decoder.h"
#include "Codec/Encoder.h"
#include "Model/Connector.h"
#include "Model/DiffusionHead.h"
#include "Model/LanguageModel.h"
#include "Render/Renderer.h"

namespace tableread::engine
{
/** All parts of a loaded checkpoint. Weights only: what a sequence remembers is in Sequence. */
struct VibeVoice
{
    VibeVoice (std::unique_ptr<Checkpoint> opened, ComputeType compute, at::Device where = at::kCPU);

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
    float latentScale, latentBias;
    LanguageModel languageModel;
    Connector acousticConnector, semanticConnector;
    DiffusionHead diffusionHead;
    CodecEncoder acousticEncoder, semanticEncoder;
    CodecDecoder decoder;
};
} // namespace tableread::engine
