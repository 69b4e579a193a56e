// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Codec.h"

#include <algorithm>
#include <ATen/ATen.h>

#include "Kernels/CpuKernels.h"
#include "Kernels/GpuKernels.h"
#include "Kernels/Parallel.h"

namespace tableread::engine::kernels
{
void addDepthwise (at::Tensor& x, const at::Tensor& window, const at::Tensor& weight, const at::Tensor& bias,
                   const at::Tensor& gamma)
{
    const auto batch = x.size (0), rows = x.size (1), channels = x.size (2), taps = weight.size (0);
    TORCH_CHECK (x.is_contiguous() && window.is_contiguous() && weight.is_contiguous() &&
                 window.sizes() == at::IntArrayRef ({ batch, rows + taps - 1, channels }));
    if (x.is_cuda())
        return gpu().addDepthwise (window.const_data_ptr<float>(), x.mutable_data_ptr<float>(), batch, rows,
                                   channels, taps, weight.const_data_ptr<float>(),
                                   bias.const_data_ptr<float>(), gamma.const_data_ptr<float>(),
                                   gpu().currentStream());
    auto mixed = at::empty ({ rows, channels }, x.options());
    auto* to = mixed.mutable_data_ptr<float>();
    for (std::int64_t b = 0; b < batch; ++b)
    {
        const auto* from = window[b].const_data_ptr<float>();
        auto* residual = x[b].mutable_data_ptr<float>();
        parallelFor (
            rows, std::max<std::int64_t> (1, 8192 / channels), [&] (std::int64_t begin, std::int64_t end) {
                const auto at = begin * channels, count = end - begin;
                cpu().depthwise (from + at, count, channels, taps, weight.const_data_ptr<float>(),
                                 bias.const_data_ptr<float>(), to + at);
                cpu().addScaled (residual + at, to + at, count, channels, gamma.const_data_ptr<float>());
            });
    }
}

void keepTail (const at::Tensor& extended, at::Tensor& context, const at::Tensor& active)
{
    if (context.is_cuda())
        return gpu().keepTail (extended.const_data_ptr<float>(), context.mutable_data_ptr<float>(),
                               context.size (0), extended.size (1), context.size (1), context.size (2),
                               active.defined() ? active.const_data_ptr<int>() : nullptr,
                               gpu().currentStream());
    const auto tail = extended.slice (1, extended.size (1) - context.size (1));
    for (std::int64_t b = 0; b < context.size (0); ++b)
        if (! active.defined() || active[b].item<int>() != 0)
            context[b].copy_ (tail[b]);
}
} // namespace tableread::engine::kernels
