// SPDX-License-Identifier: Apache-2.0
#include "Render/VibeVoice.h"

#include <ATen/ATen.h>

#include "Offload/ResidentLayers.h"

namespace tableread::engine
{
VibeVoice::VibeVoice (std::unique_ptr<Checkpoint> opened, ComputeType compute, at::Device where)
    : checkpoint (std::move (opened))
    , computeType (compute)
    , weights (*checkpoint, compute == ComputeType::BFloat16 ? at::kBFloat16 : at::kFloat, where)
    , latentScale (weights.scalar ("model.speech_scaling_factor"))
    , latentBias (weights.scalar ("model.speech_bias_factor"))
    , languageModel (weights, std::make_unique<ResidentLayers> (readLayers (weights)),
                     config().languageModel.maxPositions)
    , acousticConnector (weights, "acoustic_connector", config().acousticEncoder.dimension)
    , semanticConnector (weights, "semantic_connector", config().semanticEncoder.dimension)
    , diffusionHead (weights, compute == ComputeType::BFloat16)
    , acousticEncoder (weights, "acoustic_tokenizer", config().acousticEncoder)
    , semanticEncoder (weights, "semantic_tokenizer", config().semanticEncoder)
    , decoder (weights, config().acousticDecoder)
{}

at::TensorOptions VibeVoice::storeOptions() const
{
    const bool narrow = device().is_cuda() && computeType == ComputeType::BFloat16;
    return at::TensorOptions (narrow ? at::kBFloat16 : at::kFloat).device (device());
}
} // namespace tableread::engine
