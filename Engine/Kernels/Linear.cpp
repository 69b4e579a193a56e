// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Linear.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <vector>

#include "Kernels/CpuKernels.h"
#include "Kernels/GpuTensors.h"
#include "Kernels/Parallel.h"
#include "Kernels/Rows.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr std::int64_t serialProducts =
    1 << 15; // below this many multiplications a second thread costs more than it saves
constexpr std::int64_t rowsOfATask = 48;
} // namespace

std::int64_t Weight::bytes() const
{
    return (std::int64_t) panels.nbytes() + (bias.defined() ? (std::int64_t) bias.nbytes() : 0);
}

Weight pack (const at::Tensor& matrix, const at::Tensor& bias, const PackOptions& options)
{
    TORCH_CHECK (matrix.dim() == 2 && matrix.is_contiguous() && matrix.scalar_type() == at::kFloat);
    if (options.device.is_cuda())
        return packForGpu (matrix, bias, options);
    Weight weight { matrix.size (0), matrix.size (1), {}, bias, options.gated };
    const auto panels = (weight.n + panelColumns - 1) / panelColumns;
    weight.panels = at::empty ({ panels, weight.k, panelColumns }, at::kFloat);
    const auto* from = matrix.const_data_ptr<float>();
    auto* to = weight.panels.mutable_data_ptr<float>();
    parallelFor (panels, 1, [&] (std::int64_t begin, std::int64_t end) {
        for (auto p = begin; p < end; ++p)
            for (std::int64_t c = 0; c < panelColumns; ++c)
            {
                const auto row = p * panelColumns + c;
                auto* column = to + p * weight.k * panelColumns + c;
                for (std::int64_t i = 0; i < weight.k; ++i)
                    column[i * panelColumns] = row < weight.n ? from[row * weight.k + i] : 0.0f;
            }
    });
    if (options.type == at::kBFloat16)
        weight.panels = weight.panels.to (at::kBFloat16);
    return weight;
}

namespace
{
/** The product alone: x [M, k], rows apart by one stride → [M, n]. */
at::Tensor multiply (const at::Tensor& x, const Weight& weight)
{
    const auto rows = x.size (0), n = weight.n, k = weight.k, stride = x.stride (0);
    auto out = at::empty ({ rows, n }, x.options());
    const auto panels = weight.panels.size (0);
    const auto* input = x.const_data_ptr<float>();
    const auto* bias = weight.bias.defined() ? weight.bias.const_data_ptr<float>() : nullptr;
    auto* output = out.mutable_data_ptr<float>();
    const bool isFloat = weight.panels.scalar_type() == at::kFloat;
    const auto& kernels = cpu();

    const auto panelTask = [&] (std::int64_t panel, std::int64_t firstRow, std::int64_t count) {
        const auto column = panel * panelColumns;
        const auto columns = std::min (panelColumns, n - column);
        const auto* from = input + firstRow * stride;
        auto* to = output + firstRow * n + column;
        const auto* columnBias = bias == nullptr ? nullptr : bias + column;
        if (isFloat)
            kernels.linearFloat (from, stride, count,
                                 weight.panels.const_data_ptr<float>() + panel * k * panelColumns, k, columns,
                                 columnBias, to, n);
        else
            kernels.linearBFloat16 (
                from, stride, count,
                reinterpret_cast<const std::uint16_t*> (weight.panels.const_data_ptr<at::BFloat16>()) +
                    panel * k * panelColumns,
                k, columns, columnBias, to, n);
    };
    // Many rows: cut those, so that a task's rows stay in the cache while it walks the panels. Few: cut the panels.
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

at::Tensor linear (const at::Tensor& x, const Weight& weight, const RowNorm* norm, const LinearResult& result)
{
    TORCH_CHECK ((x.dim() == 2 || x.dim() == 3) && x.size (-1) == weight.k && x.scalar_type() == at::kFloat &&
                 (x.stride (-1) == 1 || weight.k == 1));
    if (x.is_cuda())
        return linearOnGpu (x, weight, norm, result);
    if (norm != nullptr)
    {
        auto rows = rmsNorm (x.reshape ({ -1, weight.k }), norm->weight, norm->eps);
        if (norm->scale.defined())
            modulateInPlace (rows, norm->shift, norm->scale);
        return finish (multiply (rows, weight), result);
    }
    if (x.dim() == 2)
        return finish (multiply (x, weight), result);
    if (x.is_contiguous())
        return finish (multiply (x.flatten (0, 1), weight), result);
    if (x.size (0) == 1)
        return finish (multiply (x[0], weight), result);
    std::vector<at::Tensor> parts;
    for (std::int64_t b = 0; b < x.size (0); ++b)
        parts.push_back (multiply (x[b], weight));
    return finish (at::cat (parts), result);
}
} // namespace tableread::engine::kernels
