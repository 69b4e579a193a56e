// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Codec.h"

#include <algorithm>
#include <ATen/ATen.h>

#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Gpu/Tensors.h"
#include "Kernels/Parallel.h"
#include "Kernels/Rows.h"

namespace tableread::engine::kernels
{
namespace
{
/** x [B, T, C] += gamma · (bias + Σ_j weight [j] · window [B, T + taps − 1, C] [t + j]). */
void addDepthwise (at::Tensor& x, const at::Tensor& window, const CodecBlockWeights& w)
{
    const auto rows = x.size (1), channels = x.size (2), taps = w.mixer.size (0);
    auto mixed = at::empty ({ rows, channels }, x.options());
    auto* to = mixed.mutable_data_ptr<float>();
    for (std::int64_t b = 0; b < x.size (0); ++b)
    {
        const auto* from = window[b].const_data_ptr<float>();
        auto* residual = x[b].mutable_data_ptr<float>();
        parallelFor (
            rows, std::max<std::int64_t> (1, 8192 / channels), [&] (std::int64_t begin, std::int64_t end) {
                const auto at = begin * channels, count = end - begin;
                cpu().depthwise (from + at, count, channels, taps, w.mixer.const_data_ptr<float>(),
                                 w.mixerBias.const_data_ptr<float>(), to + at);
                cpu().addScaled (residual + at, to + at, count, channels, w.gamma.const_data_ptr<float>());
            });
    }
}
} // namespace

at::Tensor codecBlock (at::Tensor x, const CodecBlockWeights& w, at::Tensor& context,
                       const at::Tensor& active)
{
    TORCH_CHECK (x.dim() == 3 && x.is_contiguous() && context.is_contiguous() &&
                 context.sizes() == at::IntArrayRef ({ x.size (0), w.mixer.size (0) - 1, x.size (2) }));
    if (x.is_cuda())
        return codecBlockOnGpu (x, w, context, active);
    addDepthwise (x, extend (rmsNorm (x, w.norm, w.eps), context, active), w);
    const RowNorm ffnNorm { w.ffnNorm, w.eps };
    const auto wide = linear (x, w.up, &ffnNorm, { .activation = Activation::Gelu });
    return linear (wide.view ({ x.size (0), x.size (1), -1 }), w.down, nullptr,
                   { .residual = x, .gate = w.ffnGamma });
}

at::Tensor extend (const at::Tensor& x, at::Tensor& context, const at::Tensor& active, bool rounded)
{
    if (x.is_cuda())
        return extendOnGpu (x.contiguous(), context, active, rounded);
    auto extended = at::cat ({ context, x }, 1);
    const auto tail = extended.slice (1, x.size (1));
    for (std::int64_t b = 0; b < context.size (0); ++b)
        if (! active.defined() || active[b].item<int>() != 0)
            context[b].copy_ (tail[b]);
    return extended;
}
} // namespace tableread::engine::kernels
