// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Linear.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <vector>

#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Cpu/LinearSteps.h"
#include "Kernels/Gpu/Tensors.h"
#include "Kernels/Norm.h"
#include "Kernels/Parallel.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr std::int64_t rowsOfATask = 48;
} // namespace

std::int64_t Weight::bytes() const
{
    std::size_t sum = 0;
    for (const auto& part : { panels, bias, channelScale })
        sum += part.defined() ? part.nbytes() : 0;
    return (std::int64_t) sum;
}

namespace
{
/** matrix [n, k] → [⌈n / panelColumns⌉, k, panelColumns], zeros behind n. */
template <typename Element>
at::Tensor panelsOf (const at::Tensor& matrix)
{
    const auto n = matrix.size (0), k = matrix.size (1), panels = (n + panelColumns - 1) / panelColumns;
    auto out = at::empty ({ panels, k, panelColumns }, matrix.options());
    const auto* from = static_cast<const Element*> (matrix.const_data_ptr());
    auto* to = static_cast<Element*> (out.mutable_data_ptr());
    parallelFor (panels, 1, [&] (std::int64_t begin, std::int64_t end) {
        for (auto p = begin; p < end; ++p)
        {
            const auto* rows = from + p * panelColumns * k;
            auto* panel = to + p * panelColumns * k;
            const auto columns = std::min (n - p * panelColumns, panelColumns);
            for (std::int64_t i = 0; i < k; ++i)
            {
                for (std::int64_t c = 0; c < columns; ++c)
                    *panel++ = rows[c * k + i];
                panel = std::fill_n (panel, panelColumns - columns, Element {});
            }
        }
    });
    return out;
}
} // namespace

Weight pack (const at::Tensor& matrix, const at::Tensor& bias, const PackOptions& options)
{
    TORCH_CHECK (matrix.dim() == 2 && matrix.is_contiguous() &&
                 (matrix.scalar_type() == at::kFloat || options.device.is_cuda()));
    if (isByteType (options.type))
        return pack (quantise (matrix, options.type), bias, options);
    if (options.device.is_cuda())
        return packForGpu (matrix, bias, options);
    auto panels = panelsOf<float> (matrix);
    if (options.type == at::kBFloat16)
        panels = panels.to (at::kBFloat16);
    return { matrix.size (0), matrix.size (1), panels, bias, options.gated };
}

Weight pack (const ByteMatrix& matrix, const at::Tensor& bias, const PackOptions& options)
{
    const auto& values = matrix.values;
    TORCH_CHECK (values.dim() == 2 && values.is_contiguous() && isByteType (values.scalar_type()) &&
                 matrix.scale.scalar_type() == at::kFloat && matrix.scale.is_contiguous() &&
                 matrix.scale.sizes() == at::IntArrayRef { values.size (0) });
    if (options.device.is_cuda())
        return packForGpu (matrix, bias, options);
    return { values.size (0), values.size (1), panelsOf<std::int8_t> (values), bias,
             options.gated,   matrix.scale };
}

namespace
{
auto kernelFor (at::ScalarType panels)
{
    const auto& kernels = cpu();
    return panels == at::kFloat      ? kernels.linearFloat
           : panels == at::kBFloat16 ? kernels.linearBFloat16
           : panels == at::kChar     ? kernels.linearInt8
                                     : kernels.linearFloat8;
}

/** The product alone: x [M, k], rows apart by one stride → [M, n]. */
at::Tensor multiply (const at::Tensor& x, const Weight& weight)
{
    const auto rows = x.size (0), n = weight.n, k = weight.k, stride = x.stride (0);
    auto out = at::empty ({ rows, n }, x.options());
    const auto panels = weight.panels.size (0);
    CpuLinear whole;
    whole.xStride = stride;
    whole.k = k;
    whole.outStride = n;
    const auto* input = x.const_data_ptr<float>();
    const auto* bias = weight.bias.defined() ? weight.bias.const_data_ptr<float>() : nullptr;
    const auto* scale = weight.channelScale.defined() ? weight.channelScale.const_data_ptr<float>() : nullptr;
    auto* output = out.mutable_data_ptr<float>();
    const auto* bytes = static_cast<const std::byte*> (weight.panels.const_data_ptr());
    const auto panelBytes = k * panelColumns * (std::int64_t) weight.panels.element_size();
    const auto kernel = kernelFor (weight.panels.scalar_type());

    const auto panelTask = [&] (std::int64_t panel, std::int64_t firstRow, std::int64_t count) {
        const auto column = panel * panelColumns;
        auto part = whole;
        part.x = input + firstRow * stride;
        part.rows = count;
        part.panel = bytes + panel * panelBytes;
        part.columns = std::min (panelColumns, n - column);
        part.scale = scale == nullptr ? nullptr : scale + column;
        part.bias = bias == nullptr ? nullptr : bias + column;
        part.out = output + firstRow * n + column;
        kernel (part);
    };
    // Many rows: tasks are blocks of rows, which stay in the cache while a task goes through the panels. Few: tasks are panels.
    const auto blocks = (rows + rowsOfATask - 1) / rowsOfATask;
    const bool serial = rows * n * k < serialProducts;
    if (blocks > panels)
        parallelFor (blocks, serial ? blocks : 1, [&] (std::int64_t begin, std::int64_t end) {
            for (auto block = begin; block < end; ++block)
                for (std::int64_t panel = 0; panel < panels; ++panel)
                    panelTask (panel, block * rowsOfATask,
                               std::min (rowsOfATask, rows - block * rowsOfATask));
        });
    else
        parallelFor (panels, serial ? panels : 1, [&] (std::int64_t begin, std::int64_t end) {
            for (auto panel = begin; panel < end; ++panel)
                panelTask (panel, 0, rows);
        });
    return out;
}

at::Tensor finish (at::Tensor product, const LinearResult& result)
{
    if (result.activation == Activation::Gelu)
        geluInPlace (product);
    else if (result.activation == Activation::SwiGlu)
        product = swiGlu (product);
    if (! result.residual.defined())
        return product;
    auto residual = result.residual.view_as (product);
    if (result.gate.defined() && result.gate.dim() == 2)
        addGatedInPlace (residual, product, result.gate);
    else
        addScaledInPlace (residual, product, result.gate);
    return result.residual;
}
} // namespace

bool roundsRows (const Weight& weight)
{
    return weight.panels.is_cuda() && weight.panels.scalar_type() != at::kFloat;
}

at::Tensor linear (const at::Tensor& x, const Weight& weight, const RowNorm* norm, const LinearResult& result)
{
    TORCH_CHECK ((x.dim() == 2 || x.dim() == 3) && x.size (-1) == weight.k &&
                 (x.stride (-1) == 1 || weight.k == 1));
    if (x.is_cuda())
        return linearOnGpu (x, weight, norm, result);
    TORCH_CHECK (x.scalar_type() == at::kFloat);
    if (norm != nullptr)
    {
        auto rows = rmsNorm (x.reshape ({ -1, weight.k }), norm->weight, norm->eps);
        if (norm->scale.defined())
            modulateInPlace (rows, norm->shift, norm->scale);
        return finish (multiply (rows, weight), result);
    }
    if (x.dim() == 2)
        return finish (multiply (x, weight), result);
    if (x.size (0) == 1)
        return finish (multiply (x[0], weight), result);
    if (x.is_contiguous() ||
        x.size (1) < rowsOfATask) // a few rows are copied, so that all go through the weight at once
        return finish (multiply (x.reshape ({ -1, weight.k }), weight), result);
    std::vector<at::Tensor> parts;
    for (std::int64_t b = 0; b < x.size (0); ++b)
        parts.push_back (multiply (x[b], weight));
    return finish (at::cat (parts), result);
}
} // namespace tableread::engine::kernels
