// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Codec.h"

#include <algorithm>
#include <ATen/ATen.h>

#include "Kernels/CpuKernels.h"
#include "Kernels/Parallel.h"

namespace tableread::engine::kernels
{
at::Tensor depthwiseConvolution (const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias)
{
    const auto taps = weight.size (0), channels = weight.size (1), rows = x.size (0) - taps + 1;
    TORCH_CHECK (x.is_contiguous() && weight.is_contiguous() && x.size (1) == channels && rows >= 0);
    auto out = at::empty ({ rows, channels }, x.options());
    const auto* from = x.const_data_ptr<float>();
    auto* to = out.mutable_data_ptr<float>();
    parallelFor (rows, std::max<std::int64_t> (1, 8192 / channels),
                 [&] (std::int64_t begin, std::int64_t end) {
                     cpu().depthwise (from + begin * channels, end - begin, channels, taps,
                                      weight.const_data_ptr<float>(), bias.const_data_ptr<float>(),
                                      to + begin * channels);
                 });
    return out;
}
} // namespace tableread::engine::kernels
