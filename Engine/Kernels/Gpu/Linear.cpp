// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include "Device/KernelSizes.h"
#include "Kernels/Gpu/Kernels.h"
#include "Kernels/Gpu/Tensors.h"

namespace tableread::engine::kernels
{
namespace
{
const float* pointer (const at::Tensor& tensor)
{
    return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr;
}

bool onSixteenBytes (const void* p)
{
    return reinterpret_cast<std::uintptr_t> (p) % 16 == 0;
}

/** bf16 rows that begin on 16 bytes and are multiples of that. */
bool canTakeAsTheyAre (const at::Tensor& x)
{
    return (x.size (-1) | x.stride (-2) | x.stride (0)) % 8 == 0 && onSixteenBytes (x.const_data_ptr());
}

bool canReadFours (const GpuLinear& call)
{
    return (call.k | call.rowStride | call.batchStride | call.modulationStride) % 4 == 0 &&
           onSixteenBytes (call.x) && onSixteenBytes (call.normWeight) && onSixteenBytes (call.shift) &&
           onSixteenBytes (call.scale);
}
} // namespace

unsigned* gpuCounters (at::Device device)
{
    static const auto zeros = at::zeros ({ gpuCounterCount }, at::TensorOptions (at::kInt).device (device));
    return reinterpret_cast<unsigned*> (zeros.mutable_data_ptr<int>());
}

namespace
{
/** matrix [n, k] → tiles of 16 outputs by 16 inputs, zeros behind n and k. Gated: eight outputs of the first half, then
    their partners of the second, to fill each tile. */
at::Tensor tilesOf (const at::Tensor& matrix, bool gated)
{
    const auto n = matrix.size (0), k = matrix.size (1);
    const auto depth = (k + depthMultiple - 1) / depthMultiple * depthMultiple;
    at::Tensor rows;
    if (gated)
    {
        const auto half = n / 2, padded = (half + 7) / 8 * 8;
        const auto part = [&] (std::int64_t from) {
            return at::constant_pad_nd (matrix.narrow (0, from, half), { 0, depth - k, 0, padded - half })
                .view ({ padded / 8, 8, depth });
        };
        rows = at::cat ({ part (0), part (half) }, 1);
    }
    else
    {
        const auto padded = (n + tileOutputs - 1) / tileOutputs * tileOutputs;
        rows = at::constant_pad_nd (matrix, { 0, depth - k, 0, padded - n });
    }
    // [tile, output half, output, step, input half, quad, pair] → a lane (output, quad) holds [input half, output half, pair]
    return rows.view ({ -1, 2, 8, depth / 16, 2, 4, 2 }).permute ({ 0, 3, 2, 5, 4, 1, 6 }).contiguous();
}
} // namespace

Weight packForGpu (const at::Tensor& matrix, const at::Tensor& bias, const PackOptions& options)
{
    Weight weight {
        matrix.size (0), matrix.size (1), {}, bias.defined() ? bias.to (options.device) : bias, options.gated
    };
    if (options.type == at::kFloat)
        weight.panels = matrix.to (options.device);
    else
        weight.panels = tilesOf (matrix.to (options.device, at::kBFloat16), options.gated);
    return weight;
}

Weight packForGpu (const ByteMatrix& matrix, const at::Tensor& bias, const PackOptions& options)
{
    const auto& values = matrix.values;
    // As plain bytes: not all that is done with them exists for float8.
    auto tiles =
        tilesOf (values.view (at::kChar).to (options.device), options.gated).view (values.scalar_type());
    return { values.size (0), values.size (1),
             tiles,           bias.defined() ? bias.to (options.device) : bias,
             options.gated,   matrix.scale.to (options.device) };
}

namespace
{
GpuElement elementOf (at::ScalarType panels)
{
    return panels == at::kFloat      ? GpuElement::Float32
           : panels == at::kBFloat16 ? GpuElement::BFloat16
           : panels == at::kChar     ? GpuElement::Int8
                                     : GpuElement::Float8E4M3;
}
} // namespace

at::Tensor linearOnGpu (const at::Tensor& x, const Weight& weight, const RowNorm* norm,
                        const LinearResult& result)
{
    const bool batched = x.dim() == 3, gated = result.activation == Activation::SwiGlu;
    const bool isFloat = weight.panels.scalar_type() == at::kFloat,
               isReady = x.scalar_type() == at::kBFloat16;
    if (isReady && (isFloat || norm != nullptr || ! canTakeAsTheyAre (x)))
    {
        gpu().runChain(); // which may make these rows
        return linearOnGpu (x.to (at::kFloat), weight, norm, result);
    }
    TORCH_CHECK (gated == weight.gated, "SwiGlu and a gated matrix go together");
    GpuLinear call;
    call.rowsOfABatch = x.size (-2);
    call.rows = batched ? x.size (0) * x.size (1) : x.size (0);
    call.k = weight.k;
    call.n = weight.n;
    call.element = elementOf (weight.panels.scalar_type());
    call.weight = weight.panels.const_data_ptr();
    call.channelScale = pointer (weight.channelScale);
    call.bias = pointer (weight.bias);
    (isReady ? call.readyBatchStride : call.batchStride) = batched ? x.stride (0) : 0;
    (isReady ? call.readyRowStride : call.rowStride) = x.stride (-2);
    if (isReady)
    {
        call.ready = x.const_data_ptr();
        call.readyWidth = call.k;
    }
    else
        call.x = x.const_data_ptr<float>();
    if (norm != nullptr)
    {
        call.normalise = true;
        call.normWeight = pointer (norm->weight);
        call.eps = (float) norm->eps;
        call.shift = pointer (norm->shift);
        call.scale = pointer (norm->scale);
        call.modulationStride = norm->scale.defined() ? norm->scale.stride (0) : 0;
    }
    call.activation = gated                                   ? GpuActivation::SwiGlu
                      : result.activation == Activation::Gelu ? GpuActivation::Gelu
                                                              : GpuActivation::None;
    at::Tensor out;
    if (result.residual.defined())
    {
        TORCH_CHECK (result.residual.is_contiguous());
        call.residual = result.residual.mutable_data_ptr<float>();
        call.gate = pointer (result.gate);
        call.gateStride = result.gate.defined() && result.gate.dim() == 2 ? result.gate.stride (0) : 0;
    }
    else
    {
        const bool rounded = result.rounded && ! isFloat;
        out = at::empty ({ call.rows, gated ? weight.n / 2 : weight.n },
                         x.options().dtype (rounded ? at::kBFloat16 : at::kFloat));
        if (rounded)
            call.readyOut = out.mutable_data_ptr();
        else
            call.out = out.mutable_data_ptr<float>();
    }
    call.inFours = canReadFours (call);
    at::Tensor workspace, scratch;
    if (! isFloat)
    {
        if (const auto floats = gpu().workspaceFloats (call); floats > 0)
        {
            workspace = at::empty ({ floats }, x.options().dtype (at::kFloat));
            call.workspace = workspace.mutable_data_ptr<float>();
            call.counters = gpuCounters (x.device());
        }
        if (! isReady)
        {
            scratch = at::empty ({ call.rows, (call.k + 15) / 16 * 16 }, x.options().dtype (at::kBFloat16));
            call.scratch = scratch.mutable_data_ptr();
        }
    }
    gpu().linear (call, gpu().currentStream());
    return result.residual.defined() ? result.residual : out;
}
} // namespace tableread::engine::kernels
