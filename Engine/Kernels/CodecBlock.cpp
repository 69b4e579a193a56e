// SPDX-License-Identifier: Apache-2.0
#include "Kernels/CodecBlock.h"

#include <algorithm>
#include <ATen/ATen.h>

#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Extend.h"
#include "Kernels/Gpu/Tensors.h"
#include "Kernels/Norm.h"
#include "Kernels/Parallel.h"

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
        parallelFor (rows, std::max<std::int64_t> (1, 8192 / channels),
                     [&] (std::int64_t begin, std::int64_t end) {
                         const auto at = begin * channels, count = end - begin;
                         cpu().depthwise ({ .x = from + at,
                                            .rows = count,
                                            .channels = channels,
                                            .taps = taps,
                                            .weight = w.mixer.const_data_ptr<float>(),
                                            .bias = w.mixerBias.const_data_ptr<float>(),
                                            .out = to + at });
                         cpu().addScaled (residual + at, to + at, { count, channels },
                                          w.gamma.const_data_ptr<float>());
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
} // namespace tableread::engine::kernels
