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
/** Of the streams that go through a block together: what it makes of so many stays in a core's cache. Streams of a few columns
    go together, since their weights are larger than they are. */
constexpr std::int64_t valuesAtOnce = 65'536;

/** x [B, T, C] += gamma · (bias + Σ_j weight [j] · window [B, T + taps − 1, C] [t + j]). */
void addDepthwise (const at::Tensor& x, const at::Tensor& window, const CodecBlockWeights& w)
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

/** Of some streams. Changes x. */
void codecBlockOnCpu (const at::Tensor& x, const CodecBlockWeights& w, at::Tensor context,
                      const at::Tensor& active)
{
    addDepthwise (x, extend (rmsNorm (x, w.norm, w.eps), context, active), w);
    const RowNorm ffnNorm { w.ffnNorm, w.eps };
    const auto wide = linear (x, w.up, &ffnNorm, { .activation = Activation::Gelu });
    linear (wide.view ({ x.size (0), x.size (1), -1 }), w.down, nullptr,
            { .residual = x, .gate = w.ffnGamma });
}
} // namespace

at::Tensor codecBlock (at::Tensor x, const CodecBlockWeights& w, at::Tensor& context,
                       const at::Tensor& active)
{
    TORCH_CHECK (x.dim() == 3 && x.is_contiguous() && context.is_contiguous() &&
                 context.sizes() == at::IntArrayRef ({ x.size (0), w.mixer.size (0) - 1, x.size (2) }));
    if (x.is_cuda())
        return codecBlockOnGpu (x, w, context, active);
    const auto atOnce = std::max<std::int64_t> (1, valuesAtOnce / (x.size (1) * x.size (2)));
    for (std::int64_t first = 0; first < x.size (0); first += atOnce)
    {
        const auto count = std::min (atOnce, x.size (0) - first);
        codecBlockOnCpu (x.narrow (0, first, count), w, context.narrow (0, first, count),
                         active.defined() ? active.narrow (0, first, count) : active);
    }
    return x;
}
} // namespace tableread::engine::kernels
