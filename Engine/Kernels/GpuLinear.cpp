// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include "Kernels/GpuKernels.h"
#include "Kernels/GpuTensors.h"
#include "Kernels/PackedSize.h"

namespace tableread::engine::kernels
{
namespace
{
const float* pointer (const at::Tensor& tensor)
{
    return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr;
}

/** Zeros that every split product counts on and leaves as zeros. */
unsigned* counters (at::Device device)
{
    static const auto zeros = at::zeros ({ gpuCounterCount }, at::TensorOptions (at::kInt).device (device));
    return reinterpret_cast<unsigned*> (zeros.mutable_data_ptr<int>());
}
} // namespace

Weight packForGpu (const at::Tensor& matrix, const at::Tensor& bias, const PackOptions& options)
{
    Weight weight {
        matrix.size (0), matrix.size (1), {}, bias.defined() ? bias.to (options.device) : bias, options.gated
    };
    if (options.type == at::kFloat)
    {
        weight.panels = matrix.to (options.device);
        return weight;
    }
    // Gated: eight outputs of the first half, then their partners of the second, to fill each tile.
    const auto depth = (weight.k + depthMultiple - 1) / depthMultiple * depthMultiple;
    at::Tensor rows;
    if (options.gated)
    {
        const auto half = weight.n / 2, padded = (half + 7) / 8 * 8;
        const auto part = [&] (std::int64_t from) {
            return at::constant_pad_nd (matrix.narrow (0, from, half),
                                        { 0, depth - weight.k, 0, padded - half })
                .view ({ padded / 8, 8, depth });
        };
        rows = at::cat ({ part (0), part (half) }, 1);
    }
    else
    {
        const auto padded = (weight.n + tileOutputs - 1) / tileOutputs * tileOutputs;
        rows = at::constant_pad_nd (matrix, { 0, depth - weight.k, 0, padded - weight.n });
    }
    // [tile, output half, output, step, input half, quad, pair] → a lane (output, quad) holds [input half, output half, pair]
    weight.panels = rows.to (at::kBFloat16)
                        .view ({ -1, 2, 8, depth / 16, 2, 4, 2 })
                        .permute ({ 0, 3, 2, 5, 4, 1, 6 })
                        .contiguous()
                        .to (options.device);
    return weight;
}

at::Tensor linearOnGpu (const at::Tensor& x, const Weight& weight, const RowNorm* norm,
                        const LinearResult& result)
{
    const bool batched = x.dim() == 3, gated = result.activation == Activation::SwiGlu;
    TORCH_CHECK (gated == weight.gated, "SwiGlu and a gated matrix go together");
    GpuLinear call;
    call.rowsOfABatch = x.size (-2);
    call.rows = batched ? x.size (0) * x.size (1) : x.size (0);
    call.x = x.const_data_ptr<float>();
    call.batchStride = batched ? x.stride (0) : 0;
    call.rowStride = x.stride (-2);
    call.k = weight.k;
    call.n = weight.n;
    const bool isFloat = weight.panels.scalar_type() == at::kFloat;
    call.element = isFloat ? GpuElement::Float32 : GpuElement::BFloat16;
    call.weight = weight.panels.const_data_ptr();
    call.bias = pointer (weight.bias);
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
        out = at::empty ({ call.rows, gated ? weight.n / 2 : weight.n }, x.options());
        call.out = out.mutable_data_ptr<float>();
    }
    at::Tensor workspace, scratch;
    if (! isFloat)
    {
        if (const auto floats = gpu().workspaceFloats (call.rows, call.n, call.k); floats > 0)
        {
            workspace = at::empty ({ floats }, x.options());
            call.workspace = workspace.mutable_data_ptr<float>();
            call.counters = counters (x.device());
        }
        if (call.rows > 8)
        {
            scratch = at::empty ({ call.rows, (call.k + 15) / 16 * 16 }, x.options().dtype (at::kBFloat16));
            call.scratch = scratch.mutable_data_ptr();
        }
    }
    gpu().linear (call, gpu().currentStream());
    return result.residual.defined() ? result.residual : out;
}
} // namespace tableread::engine::kernels
