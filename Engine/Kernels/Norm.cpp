// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Norm.h"

#include <ATen/ATen.h>

#include "Kernels/Cpu/ForRows.h"
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine::kernels
{
at::Tensor rmsNorm (const at::Tensor& x, const at::Tensor& weight, double eps)
{
    TORCH_CHECK (x.scalar_type() == at::kFloat && x.is_contiguous());
    const auto n = x.size (-1);
    auto out = at::empty_like (x);
    const auto* from = x.const_data_ptr<float>();
    auto* to = out.mutable_data_ptr<float>();
    const auto* scale = weight.defined() ? weight.const_data_ptr<float>() : nullptr;
    if (x.is_cuda())
    {
        gpu().rmsNorm (
            { .x = from, .rows = x.numel() / n, .n = n, .weight = scale, .eps = (float) eps, .out = to },
            gpu().currentStream());
        return out;
    }
    forRows (x.numel() / n, n, [&] (std::int64_t row, std::int64_t rows) {
        cpu().rmsNorm ({ .x = from + row * n,
                         .extent = { rows, n },
                         .weight = scale,
                         .eps = (float) eps,
                         .out = to + row * n });
    });
    return out;
}
} // namespace tableread::engine::kernels
