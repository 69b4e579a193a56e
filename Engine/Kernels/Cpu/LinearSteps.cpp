// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/LinearSteps.h"

#include <ATen/ATen.h>

#include "Kernels/Cpu/ForRows.h"
#include "Kernels/Cpu/Kernels.h"

namespace tableread::engine::kernels
{
namespace
{
void check (const at::Tensor& x)
{
    TORCH_CHECK (x.scalar_type() == at::kFloat && x.is_contiguous());
}
} // namespace

at::Tensor swiGlu (const at::Tensor& gateUp)
{
    check (gateUp);
    const auto n = gateUp.size (1) / 2;
    auto out = at::empty ({ gateUp.size (0), n }, gateUp.options());
    const auto* from = gateUp.const_data_ptr<float>();
    auto* to = out.mutable_data_ptr<float>();
    forRows (out.size (0), n, [&] (std::int64_t row, std::int64_t rows) {
        cpu().swiGlu (from + row * 2 * n, { rows, n }, to + row * n);
    });
    return out;
}

void geluInPlace (at::Tensor& x)
{
    check (x);
    auto* values = x.mutable_data_ptr<float>();
    const auto n = x.size (-1);
    forRows (x.numel() / n, n,
             [&] (std::int64_t row, std::int64_t rows) { cpu().gelu (values + row * n, rows * n); });
}

void addScaledInPlace (at::Tensor& x, const at::Tensor& y, const at::Tensor& scale)
{
    check (x);
    check (y);
    const auto n = x.size (-1);
    auto* to = x.mutable_data_ptr<float>();
    const auto* from = y.const_data_ptr<float>();
    forRows (x.numel() / n, n, [&] (std::int64_t row, std::int64_t rows) {
        cpu().addScaled (to + row * n, from + row * n, { rows, n },
                         scale.defined() ? scale.const_data_ptr<float>() : nullptr);
    });
}

void addGatedInPlace (at::Tensor& x, const at::Tensor& y, const at::Tensor& gate)
{
    check (x);
    check (y);
    TORCH_CHECK (gate.stride (1) == 1);
    cpu().addGated (x.mutable_data_ptr<float>(), y.const_data_ptr<float>(), { x.size (0), x.size (1) },
                    { gate.const_data_ptr<float>(), gate.stride (0) });
}

void modulateInPlace (at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale)
{
    check (x);
    TORCH_CHECK (shift.stride (1) == 1 && scale.stride (1) == 1 && shift.stride (0) == scale.stride (0));
    cpu().modulate (x.mutable_data_ptr<float>(), { x.size (0), x.size (1) },
                    { shift.const_data_ptr<float>(), scale.const_data_ptr<float>(), shift.stride (0) });
}
} // namespace tableread::engine::kernels
