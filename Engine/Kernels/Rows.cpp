// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Rows.h"

#include <algorithm>
#include <ATen/ATen.h>

#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Gpu/Kernels.h"
#include "Kernels/Parallel.h"

namespace tableread::engine::kernels
{
namespace
{
constexpr std::int64_t valuesOfATask = 16384;

/** body (first row, rows) over the rows of [rows, n], each thread getting about valuesOfATask values or more. */
template <typename Body>
void forRows (std::int64_t rows, std::int64_t n, Body&& body)
{
    parallelFor (rows, std::max<std::int64_t> (1, valuesOfATask / n),
                 [&] (std::int64_t begin, std::int64_t end) { body (begin, end - begin); });
}

void check (const at::Tensor& x)
{
    TORCH_CHECK (x.scalar_type() == at::kFloat && x.is_contiguous());
}

const float* pointer (const at::Tensor& x)
{
    return x.defined() ? x.const_data_ptr<float>() : nullptr;
}
} // namespace

at::Tensor rmsNorm (const at::Tensor& x, const at::Tensor& weight, double eps)
{
    check (x);
    const auto n = x.size (-1);
    auto out = at::empty_like (x);
    const auto* from = x.const_data_ptr<float>();
    auto* to = out.mutable_data_ptr<float>();
    if (x.is_cuda())
    {
        gpu().rmsNorm (from, x.numel() / n, n, pointer (weight), (float) eps, to, gpu().currentStream());
        return out;
    }
    forRows (x.numel() / n, n, [&] (std::int64_t row, std::int64_t rows) {
        cpu().rmsNorm (from + row * n, rows, n, pointer (weight), (float) eps, to + row * n);
    });
    return out;
}

at::Tensor swiGlu (const at::Tensor& gateUp)
{
    check (gateUp);
    const auto n = gateUp.size (1) / 2;
    auto out = at::empty ({ gateUp.size (0), n }, gateUp.options());
    const auto* from = gateUp.const_data_ptr<float>();
    auto* to = out.mutable_data_ptr<float>();
    forRows (out.size (0), n, [&] (std::int64_t row, std::int64_t rows) {
        cpu().swiGlu (from + row * 2 * n, rows, n, to + row * n);
    });
    return out;
}

at::Tensor silu (const at::Tensor& x)
{
    check (x);
    auto out = at::empty_like (x);
    const auto* from = x.const_data_ptr<float>();
    auto* to = out.mutable_data_ptr<float>();
    if (x.is_cuda())
        gpu().silu (from, x.numel(), to, gpu().currentStream());
    else
        cpu().silu (from, x.numel(), to);
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
        cpu().addScaled (to + row * n, from + row * n, rows, n, pointer (scale));
    });
}

void addGatedInPlace (at::Tensor& x, const at::Tensor& y, const at::Tensor& gate)
{
    check (x);
    check (y);
    TORCH_CHECK (gate.stride (1) == 1);
    cpu().addGated (x.mutable_data_ptr<float>(), y.const_data_ptr<float>(), gate.const_data_ptr<float>(),
                    gate.stride (0), x.size (0), x.size (1));
}

void modulateInPlace (at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale)
{
    check (x);
    TORCH_CHECK (shift.stride (1) == 1 && scale.stride (1) == 1 && shift.stride (0) == scale.stride (0));
    cpu().modulate (x.mutable_data_ptr<float>(), shift.const_data_ptr<float>(), scale.const_data_ptr<float>(),
                    shift.stride (0), x.size (0), x.size (1));
}
} // namespace tableread::engine::kernels
