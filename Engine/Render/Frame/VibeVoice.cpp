// SPDX-License-Identifier: Apache-2.0
#include "Render/Frame/VibeVoice.h"

#include <ATen/ATen.h>

#include "Kernels/Gpu/Devices.h"
#include "Network/ResidentLayers.h"
#include "Offload/Plan/ModelMemory.h"

namespace tableread::engine
{
VibeVoice::VibeVoice (std::shared_ptr<const Checkpoint> opened, const Settings& settings)
    : checkpoint (std::move (opened))
    , computeType (settings.compute)
    , weights (*checkpoint, computeType == ComputeType::BFloat16 ? at::kBFloat16 : at::kFloat,
               settings.device, settings.offload.settings.weights)
    , streamDevice (settings.device.is_cuda()
                        ? makeGpuDevice (settings.device, settings.offload.settings.deviceMemoryLimit)
                        : nullptr)
    , profiler (settings.profiling == Profiling::On ? std::make_unique<Profiler> (streamDevice.get())
                                                    : nullptr)
    , latentScale (weights.scalar ("model.speech_scaling_factor"))
    , latentBias (weights.scalar ("model.speech_bias_factor"))
    , languageModel (weights, makeLayers (settings), config().languageModel.maxPositions,
                     streamDevice == nullptr ? profiler.get() : nullptr)
    , acousticConnector (weights, "acoustic_connector", config().acousticEncoder.dimension)
    , semanticConnector (weights, "semantic_connector", config().semanticEncoder.dimension)
    , diffusionHead (weights, computeType == ComputeType::BFloat16)
    , acousticEncoder (readVoiceEncoder(), streamDevice.get())
    , semanticEncoder (weights, "semantic_tokenizer", config().semanticEncoder)
    , decoder (weights, config().acousticDecoder)
{
    if (streamDevice != nullptr)
        streamDevice->trim(); // what reading and packing took
}

std::unique_ptr<LayerSource> VibeVoice::makeLayers (const Settings& settings)
{
    const auto& request = settings.offload;
    const auto read = [this] (std::int64_t layer) { return readLayer (weights, layer); };
    if (settings.layersThrough != nullptr)
    {
        const OffloadConfig chosen { config().languageModel.layers, request.gpuLayers, request.settings, {} };
        auto layers = std::make_unique<StreamedLayers> (*settings.layersThrough, chosen, read);
        streamed = layers.get();
        return layers;
    }
    if (streamDevice == nullptr)
        return std::make_unique<ResidentLayers> (readLayers (weights));
    const auto free = streamDevice->memory().free;
    const auto [config, needs] =
        planLoad (*checkpoint, request, computeType == ComputeType::BFloat16, { free, streamDevice->name() });
    offload = config;
    plannedPeakBytes =
        streamDevice->memory().context + peakBytes (needs, offload->gpuLayers, offload->settings.slots());
    plannedMemory = memoryTable (needs, *offload, free);
    memoryNotes = describeMemory (needs, *offload, free, streamDevice->name());
    if (! offload->offloads())
    {
        std::vector<LayerWeights> layers;
        for (std::int64_t l = 0; l < offload->layers; ++l)
        {
            layers.push_back (readLayer (weights, l));
            streamDevice->trim(); // what reading and packing took
        }
        return std::make_unique<ResidentLayers> (std::move (layers));
    }
    auto layers = std::make_unique<StreamedLayers> (*streamDevice, *offload, read, profiler.get());
    streamed = layers.get();
    if (const auto note = layers->hostMemory().note(); ! note.empty())
        memoryNotes += note + '\n';
    return layers;
}

CodecEncoder VibeVoice::readVoiceEncoder() const
{
    if (streamDevice != nullptr)
        streamDevice->trim(); // reading the head took more than everything after it
    return { weights, "acoustic_tokenizer", config().acousticEncoder };
}

at::TensorOptions VibeVoice::storeOptions() const
{
    const bool narrow = device().is_cuda() && computeType == ComputeType::BFloat16;
    return at::TensorOptions (narrow ? at::kBFloat16 : at::kFloat).device (device());
}

at::Tensor VibeVoice::unscaled (const at::Tensor& latents) const
{
    return latents / latentScale - latentBias;
}

at::Tensor VibeVoice::scaled (const at::Tensor& latents) const
{
    return (latents + latentBias) * latentScale;
}
} // namespace tableread::engine
