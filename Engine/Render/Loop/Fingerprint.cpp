// SPDX-License-Identifier: Apache-2.0
#include "Render/Loop/Fingerprint.h"

#include <ATen/ATen.h>
#include <span>

#include "Checkpoint/Content/ConfigText.h"
#include "Core/ContentHash.h"
#include "Kernels/Gpu/Kernels.h"
#include "Kernels/KernelFamily.h"
#include "Network/DiffusionHead.h"

namespace tableread::engine
{
namespace
{
std::string typeName (const LoadOptions& options)
{
    const std::string computed = options.compute == ComputeType::BFloat16 ? "bf16" : "fp32";
    const auto layers = options.offload.settings.weights;
    return layers == WeightsFormat::AsComputed ? computed : computed + "-" + std::string (nameOf (layers));
}

std::string hashOf (const at::Tensor& table)
{
    const auto numbers = table.cpu().contiguous();
    return contentHash ({ numbers.const_data_ptr<float>(), (std::size_t) numbers.numel() });
}

/** LibTorch has these functions from a library that rounds in another way on another kind of processor. The tables of a GPU
    are computed on the CPU too. All else is the same on every processor (Tests/Engine/Kernels/Cpu/KernelsTests.cpp). */
std::string hashOfTables (const VibeVoice& model)
{
    const auto& positions = model.languageModel.positions();
    const auto hashes = hashOf (positions.cosine) + hashOf (positions.sine) +
                        hashOf (timestepSinusoid ({ 1.0f, 10.0f, 100.0f, 999.0f }));
    return hashOfBytes (std::as_bytes (std::span (hashes))).substr (0, 8);
}
} // namespace

Fingerprint fingerprintOf (const LoadOptions& options, const VibeVoice& model, const Tokenizer& tokenizer,
                           const std::string& weights)
{
    const auto* const gpu = model.streamDevice.get();
    const auto content =
        "weights " + weights + "\ntokenizer " + tokenizer.contentHash() + '\n' + textOf (model.config());
    return { .device = gpu != nullptr ? "cuda-" + gpu->product().architecture : "cpu",
             .types = typeName (options),
             .kernels = gpu != nullptr ? kernels::gpu().family : kernels::cpuKernelFamily,
             .tables = hashOfTables (model),
             .content = hashOfBytes (std::as_bytes (std::span (content))) };
}

std::string textOf (const Fingerprint& fingerprint)
{
    return fingerprint.device + '-' + fingerprint.types + "-k" + std::to_string (fingerprint.kernels) + "-t" +
           fingerprint.tables + '-' + fingerprint.content;
}
} // namespace tableread::engine
