// SPDX-License-Identifier: Apache-2.0
#include "Network/ConvertCheckpoint.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include "Checkpoint/Safetensors/MappedFile.h"
#include "Checkpoint/Scales.h"
#include "Checkpoint/TensorNames.h"
#include "Core/Error.h"
#include "Network/WeightReader.h"

namespace tableread::engine
{
namespace
{
constexpr std::size_t bytesAtOnce = 64 << 20; // between two reports of progress

std::vector<PlannedTensor> planFor (const Checkpoint& checkpoint, DType layerType)
{
    std::vector<PlannedTensor> plan;
    for (const auto& name : checkpoint.names())
    {
        if (checkpoint.isUnused (name))
            continue;
        const auto tensor = checkpoint.tensor (name);
        const bool isScaled = checkpoint.scale (name).has_value();
        const bool converts = isLayerMatrix (name);
        if (converts && (tensor.shape.size() != 2 || tensor.dtype == DType::Int64))
            fail (ErrorCode::InvalidInput,
                  "tensor " + name + " is not a matrix of weights. Get the checkpoint again.",
                  checkpoint.folder().string());
        plan.push_back ({ name, converts ? layerType : tensor.dtype, tensor.shape });
        if (converts)
            plan.push_back ({ name + "_scale", DType::Float32, { tensor.shape[0] } });
        else if (isScaled)
            plan.push_back ({ name + "_scale", DType::Float32, { tensor.shape[outputDimension (name)] } });
    }
    return plan;
}

std::span<const std::byte> bytesOf (const at::Tensor& tensor)
{
    return { static_cast<const std::byte*> (tensor.const_data_ptr()), tensor.nbytes() };
}
} // namespace

CheckpointConverter::CheckpointConverter (const Checkpoint& checkpoint, WeightsFormat weights)
    : source (checkpoint)
    , format (weights)
    , layerType (weights == WeightsFormat::Int8 ? DType::Int8 : DType::Float8E4M3)
    , tensors (planFor (checkpoint, layerType))
{}

CheckpointConverter::Counts
CheckpointConverter::write (ShardWriter& writer, const std::function<void (std::int64_t)>& onBytes) const
{
    const c10::InferenceMode noGradients;
    const auto reader = WeightReader (source, at::kFloat, at::kCPU, format).forLayers();
    Counts counts;
    const auto put = [&] (std::span<const std::byte> bytes) {
        while (! bytes.empty())
        {
            const auto part = bytes.first (std::min (bytes.size(), bytesAtOnce));
            writer.write (part);
            bytes = bytes.subspan (part.size());
            onBytes (static_cast<std::int64_t> (part.size()));
        }
    };
    for (const auto& name : source.names())
    {
        if (source.isUnused (name))
            continue;
        const auto tensor = source.tensor (name);
        const auto scale = source.scale (name);
        counts.bytesBefore +=
            static_cast<std::int64_t> (tensor.bytes.size() + (scale ? scale->bytes.size() : 0));
        if (isLayerMatrix (name))
        {
            const auto matrix = reader.byteMatrix (name, tensor.shape);
            put (bytesOf (matrix.values));
            put (bytesOf (matrix.scale));
            ++(tensor.dtype == layerType ? counts.kept : counts.matrices);
            continue;
        }
        put (tensor.bytes);
        const auto scales = source.channelScales (name);
        put (std::as_bytes (std::span (scales)));
    }
    checkMappedFiles();
    return counts;
}
} // namespace tableread::engine
