// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Silu.h"

#include <ATen/ATen.h>

#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Gpu/Kernels.h"

namespace tableread::engine::kernels
{
at::Tensor silu (const at::Tensor& x)
{
    TORCH_CHECK (x.scalar_type() == at::kFloat && x.is_contiguous());
    auto out = at::empty_like (x);
    const auto* from = x.const_data_ptr<float>();
    auto* to = out.mutable_data_ptr<float>();
    if (x.is_cuda())
        gpu().silu (from, x.numel(), to, gpu().currentStream());
    else
        cpu().silu (from, x.numel(), to);
    return out;
}
} // namespace tableread::engine::kernels
