// SPDX-License-Identifier: Apache-2.0
#include "Network/WeightReader.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <cmath>
#include <cstring>
#include <vector>

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
    }
    fail (ErrorCode::Internal, "unknown dtype");
}

/** What is unpacked to float32 at a time to be put into 8 bits. */
constexpr std::int64_t numbersAtOnce = 1 << 23;

/** One number of a float32 tensor in a file, where it may lie at any byte. */
float numberAt (const TensorView& view, std::int64_t index)
{
    float number = 0;
    std::memcpy (&number, view.bytes.data() + (std::size_t) index * sizeof (number), sizeof (number));
    return number;
}

/** A tensor over mapped bytes. */
at::Tensor borrow (const TensorView& view)
{
    return at::from_blob (const_cast<std::byte*> (view.bytes.data()), view.shape,
                          at::TensorOptions (torchType (view.dtype)));
}

/** Where a tensor's output channels are, of which each has its scale. */
std::int64_t outputDimension (const std::string& name)
{
    return name.find (".convtr.") != std::string::npos ? 1 : 0;
}

/** int8 [outer, channels, inner] · scale [channels] → float32. */
at::Tensor dequantise (const TensorView& view, const float* scale, std::int64_t dimension)
{
    auto out = at::empty (view.shape, at::kFloat);
    std::int64_t inner = 1;
    for (auto d = (std::size_t) dimension + 1; d < view.shape.size(); ++d)
        inner *= view.shape[d];
    const auto channels = view.shape[(std::size_t) dimension];
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
    fail (ErrorCode::InvalidInput,
          "tensor " + name +
              " holds NaN or infinity: the file is damaged or was never finished. "
              "Get the checkpoint again.",
          folder.string());
}
} // namespace

at::Tensor WeightReader::scaleOf (const std::string& name, const TensorView& tensor) const
{
    const auto stored = checkpoint.scale (name);
    if (! stored && tensor.dtype != DType::Int8)
        return {};
    if (! stored)
        fail (ErrorCode::InvalidInput,
              "tensor " + name + " is int8 but has no " + name + "_scale. Get the checkpoint again.",
              checkpoint.folder().string());
    auto scale = at::empty (stored->shape, at::kFloat); // a copy: in the file it may lie at any byte
    std::memcpy (scale.mutable_data_ptr(), stored->bytes.data(), stored->bytes.size());
    const auto dimension = (std::size_t) outputDimension (name);
    if (scale.numel() != (tensor.shape.empty() ? 1 : tensor.shape[dimension]))
        fail (ErrorCode::InvalidInput,
              "tensor " + name + "_scale has " + std::to_string (scale.numel()) +
                  " values, one for each output channel is wanted. Get the checkpoint again.",
              checkpoint.folder().string());
    if (! std::isfinite (scale.abs().sum().item<float>()))
        notFinite (checkpoint.folder(), name + "_scale");
    return scale;
}

at::Tensor WeightReader::values (const std::string& name, at::IntArrayRef shape) const
{
    const auto view = checkpoint.tensor (name, { shape.data(), shape.size() });
    return inFloat (name, view, scaleOf (name, view));
}

at::Tensor WeightReader::inFloat (const std::string& name, const TensorView& view,
                                  const at::Tensor& scale) const
{
    if (view.dtype == DType::Int8)
        return dequantise (view, scale.const_data_ptr<float>(), outputDimension (name)).to (where);
    // As it is stored over the link, and converted there.
    auto out = borrow (view).to (where).to (at::kFloat, false, true).contiguous();
    if (scale.defined()) // a float8 tensor may have one
    {
        std::vector<std::int64_t> channels (view.shape.size(), 1);
        channels[(std::size_t) outputDimension (name)] = -1;
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
        const auto values = borrow (view).to (where);
        if (view.dtype == DType::Float8E4M3 &&
            values.view (at::kByte).bitwise_and (0x7f).eq (0x7f).any().item<bool>())
            notFinite (checkpoint.folder(), name);
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
    if (inBytes)
        return kernels::pack ({ at::cat (matrices).view (type), at::cat (scales) }, bias,
                              { type, where, gated });
    return packed (matrices.size() == 1 ? matrices[0] : at::cat (matrices), bias, gated);
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
    scale = checkpoint.scale (name);
    if (table.dtype == DType::Int8 && (! scale || scale->bytes.size() != (std::size_t) rows * sizeof (float)))
        fail (ErrorCode::InvalidInput,
              "tensor " + name + " is int8 and needs one fp32 scale for each of its " +
                  std::to_string (rows) + " rows. Get the checkpoint again.",
              checkpoint.folder().string());
}

at::Tensor EmbeddingTable::rows (at::ArrayRef<std::int64_t> ids) const
{
    const auto whole = borrow (table);
    auto out = at::empty ({ (std::int64_t) ids.size(), hidden }, at::kFloat);
    for (std::size_t i = 0; i < ids.size(); ++i)
    {
        if (ids[i] < 0 || ids[i] >= vocabulary)
            fail (ErrorCode::InvalidInput,
                  "token " + std::to_string (ids[i]) + " is outside of the model's vocabulary of " +
                      std::to_string (vocabulary) + ": tokenizer and checkpoint do not belong together.");
        auto row = whole[ids[i]].to (at::kFloat);
        if (scale)
            row = row * numberAt (*scale, ids[i]);
        if (! std::isfinite (row.abs().sum().item<float>()))
            notFinite (where, name);
        out[(std::int64_t) i].copy_ (row);
    }
    return out;
}
} // namespace tableread::engine
