// SPDX-License-Identifier: Apache-2.0
#include "Network/WeightReader.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <cmath>
#include <cstring>
#include <vector>

#include "Checkpoint/Safetensors/MappedFile.h"
#include "Checkpoint/Scales.h"
#include "Core/Error.h"
#include "Kernels/Parallel.h"

namespace tableread::engine
{
namespace
{
at::ScalarType torchType (DType type)
{
    switch (type)
    {
        case DType::Float32:
            return at::kFloat;
        case DType::Float16:
            return at::kHalf;
        case DType::BFloat16:
            return at::kBFloat16;
        case DType::Float8E4M3:
            return at::kFloat8_e4m3fn;
        case DType::Int8:
            return at::kChar;
        case DType::Int64:
            return at::kLong;
        case DType::Other:
            break;
    }
    fail (ErrorCode::Internal, "unknown dtype");
}

/** How many numbers are unpacked to float32 at a time for conversion to 8 bits. */
constexpr std::int64_t numbersAtOnce = 1 << 23;

/** A tensor that views mapped bytes. */
at::Tensor borrow (const TensorView& view)
{
    return at::from_blob (const_cast<std::byte*> (view.bytes.data()), view.shape,
                          at::TensorOptions (torchType (view.dtype)));
}

/** The file's numbers on the device; on the CPU they stay in the file. A driver that meets a page that is gone reports an
    error of its own. */
at::Tensor onDevice (const TensorView& view, at::Device where)
{
    try
    {
        return borrow (view).to (where);
    }
    catch (const c10::Error&)
    {
        checkMappedFiles();
        throw;
    }
}

/** int8 [outer, channels, inner] · scale [channels] → float32. */
at::Tensor dequantise (const TensorView& view, const float* scale, std::size_t dimension)
{
    auto out = at::empty (view.shape, at::kFloat);
    std::int64_t inner = 1;
    for (auto d = dimension + 1; d < view.shape.size(); ++d)
        inner *= view.shape[d];
    const auto channels = view.shape[dimension];
    const auto* from = reinterpret_cast<const std::int8_t*> (view.bytes.data());
    auto* to = out.mutable_data_ptr<float>();
    const auto rows = inner == 0 ? 0 : out.numel() / inner;
    kernels::parallelFor (rows, 1 + 65536 / (inner + 1), [&] (std::int64_t begin, std::int64_t end) {
        for (auto row = begin; row < end; ++row)
        {
            const float factor = scale[row % channels];
            for (auto i = row * inner; i < (row + 1) * inner; ++i)
                to[i] = (float) from[i] * factor;
        }
    });
    return out;
}

[[noreturn]] void notFinite (const std::filesystem::path& folder, const std::string& name)
{
    checkMappedFiles();
    fail (ErrorCode::InvalidInput,
          "tensor " + name +
              " holds NaN or infinity: the file is damaged or was never finished. "
              "Get the checkpoint again.",
          folder.string());
}
} // namespace

at::Tensor WeightReader::scaleOf (const std::string& name, const TensorView& tensor) const
{
    const auto factors = checkpoint.channelScales (name);
    if (factors.empty() && tensor.dtype != DType::Int8)
        return {};
    if (factors.empty())
        fail (ErrorCode::InvalidInput,
              "tensor " + name + " is int8 but has no " + name + "_scale. Get the checkpoint again.",
              checkpoint.folder().string());
    auto scale = at::tensor (factors);
    if (! std::isfinite (scale.abs().sum().item<float>()))
        notFinite (checkpoint.folder(), name + "_scale");
    return scale;
}

at::Tensor WeightReader::values (const std::string& name, at::IntArrayRef shape) const
{
    const auto view = checkpoint.tensor (name, { shape.data(), shape.size() });
    auto read = inFloat (name, view, scaleOf (name, view));
    checkMappedFiles();
    checkpoint.wasRead (view);
    return read;
}

at::Tensor WeightReader::inFloat (const std::string& name, const TensorView& view,
                                  const at::Tensor& scale) const
{
    if (view.dtype == DType::Int8)
        return dequantise (view, scale.const_data_ptr<float>(), outputDimension (name)).to (where);
    // Copied over the link in the stored type, and converted on the device.
    auto out = onDevice (view, where).to (at::kFloat, false, true).contiguous();
    if (scale.defined()) // a float8 tensor may have one
    {
        std::vector<std::int64_t> channels (view.shape.size(), 1);
        channels[outputDimension (name)] = -1;
        out.mul_ (scale.view (channels).to (where));
    }
    if (! std::isfinite (out.abs().sum().item<float>()))
        notFinite (checkpoint.folder(), name);
    return out;
}

at::Tensor WeightReader::matrix (const std::string& name, at::IntArrayRef shape) const
{
    return where.is_cuda() ? values (name, shape).to (type) : values (name, shape);
}

WeightReader WeightReader::forLayers() const
{
    const auto layerType = format == WeightsFormat::Float8 ? at::kFloat8_e4m3fn
                           : format == WeightsFormat::Int8 ? at::kChar
                                                           : type;
    return { checkpoint, layerType, where };
}

kernels::ByteMatrix WeightReader::byteMatrix (const std::string& name, at::IntArrayRef shape) const
{
    const auto view = checkpoint.tensor (name, { shape.data(), shape.size() });
    const auto scale = scaleOf (name, view);
    const auto n = shape[0];
    if (torchType (view.dtype) == type)
    {
        const auto values = onDevice (view, where);
        if (view.dtype == DType::Float8E4M3 &&
            values.view (at::kByte).bitwise_and (0x7f).eq (0x7f).any().item<bool>())
            notFinite (checkpoint.folder(), name);
        checkpoint.wasRead (view);
        return { values, scale.defined() ? scale.to (where) : at::ones ({ n }, where) };
    }
    const auto options = at::TensorOptions (where);
    kernels::ByteMatrix matrix { at::empty (shape, options.dtype (type)), at::empty ({ n }, options) };
    const auto rowBytes = n == 0 ? 0 : view.bytes.size() / (std::size_t) n;
    const auto rowsAtOnce = std::max<std::int64_t> (1, numbersAtOnce / std::max<std::int64_t> (1, shape[1]));
    for (std::int64_t from = 0; from < n; from += rowsAtOnce)
    {
        const auto count = std::min (rowsAtOnce, n - from);
        const TensorView rows { view.dtype,
                                { count, shape[1] },
                                view.bytes.subspan ((std::size_t) from * rowBytes,
                                                    (std::size_t) count * rowBytes) };
        const auto part = kernels::quantise (
            inFloat (name, rows, scale.defined() ? scale.narrow (0, from, count) : scale), type);
        matrix.values.view (at::kChar).narrow (0, from, count).copy_ (part.values.view (at::kChar));
        matrix.scale.narrow (0, from, count).copy_ (part.scale);
    }
    checkpoint.wasRead (view);
    return matrix;
}

float WeightReader::scalar (const std::string& name) const
{
    const auto view = checkpoint.tensor (name);
    return values (name, view.shape.empty() ? at::IntArrayRef {} : at::IntArrayRef { 1 }).item<float>();
}

kernels::Weight WeightReader::linear (const std::string& prefix, std::int64_t n, std::int64_t k,
                                      bool withBias) const
{
    return stacked ({ { prefix, n } }, k, withBias);
}

kernels::Weight WeightReader::stacked (std::initializer_list<Part> parts, std::int64_t k, bool withBias,
                                       bool gated) const
{
    const bool inBytes = kernels::isByteType (type);
    std::vector<at::Tensor> matrices, scales, biases;
    for (const auto& part : parts)
    {
        const auto name = part.prefix + ".weight";
        if (inBytes)
        {
            const auto matrix = byteMatrix (name, { part.n, k });
            matrices.push_back (matrix.values.view (at::kChar));
            scales.push_back (matrix.scale);
        }
        else
            matrices.push_back (matrix (name, { part.n, k }));
        if (withBias)
            biases.push_back (values (part.prefix + ".bias", { part.n }));
    }
    const auto bias = withBias ? at::cat (biases) : at::Tensor {};
    auto weight = inBytes ? kernels::pack ({ at::cat (matrices).view (type), at::cat (scales) }, bias,
                                           { type, where, gated })
                          : packed (matrices.size() == 1 ? matrices[0] : at::cat (matrices), bias, gated);
    checkMappedFiles(); // bytes are packed from the file itself
    return weight;
}

kernels::Weight WeightReader::packed (const at::Tensor& matrix, const at::Tensor& bias, bool gated) const
{
    return kernels::pack (matrix.contiguous(), bias, { type, where, gated });
}

EmbeddingTable::EmbeddingTable (const Checkpoint& checkpoint, const std::string& tensor, std::int64_t rows,
                                std::int64_t columns)
    : where (checkpoint.folder())
    , name (tensor)
    , vocabulary (rows)
    , hidden (columns)
{
    const std::int64_t shape[] { rows, columns };
    table = checkpoint.tensor (name, shape);
    checkpoint.wasRead (table);
    scales = checkpoint.channelScales (name);
    if (table.dtype == DType::Int8 && scales.size() != (std::size_t) rows)
        fail (ErrorCode::InvalidInput,
              "tensor " + name + " is int8 and needs one fp32 scale for each of its " +
                  std::to_string (rows) + " rows. Get the checkpoint again.",
              checkpoint.folder().string());
}

at::Tensor EmbeddingTable::rows (at::ArrayRef<std::int64_t> ids) const
{
    const auto count = (std::int64_t) ids.size();
    const auto stored = at::empty ({ count, hidden }, at::TensorOptions (torchType (table.dtype)));
    const auto rowBytes = (std::size_t) (hidden * bytesPerElement (table.dtype));
    auto* to = static_cast<std::byte*> (stored.mutable_data_ptr());
    std::vector<float> factors;
    for (const auto id : ids)
    {
        if (id < 0 || id >= vocabulary)
            fail (ErrorCode::InvalidInput,
                  "token " + std::to_string (id) + " is outside the model's vocabulary of " +
                      std::to_string (vocabulary) + ": tokenizer and checkpoint do not belong together.");
        std::memcpy (to, table.bytes.data() + (std::size_t) id * rowBytes, rowBytes);
        to += rowBytes;
        if (! scales.empty())
            factors.push_back (scales[(std::size_t) id]);
    }
    auto out = stored.to (at::kFloat); // all rows at once: a call for each takes longer than its work
    if (! scales.empty())
        out.mul_ (at::tensor (factors).view ({ count, 1 }));
    if (! at::isfinite (out.abs().sum (1)).all().item<bool>())
        notFinite (where, name);
    checkMappedFiles();
    return out;
}
} // namespace tableread::engine
