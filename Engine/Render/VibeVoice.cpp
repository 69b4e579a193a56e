// SPDX-License-Identifier: Apache-2.0
#include "Render/VibeVoice.h"

#include <ATen/ATen.h>

#include "Offload/ResidentLayers.h"

namespace tableread::engine
{
VibeVoice::VibeVoice (std::unique_ptr<Checkpoint> opened, ComputeType compute)
    : checkpoint (std::move (opened))
    , weights (*checkpoint, compute == ComputeType::BFloat16 ? at::kBFloat16 : at::kFloat)
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
} // namespace tableread::engine
