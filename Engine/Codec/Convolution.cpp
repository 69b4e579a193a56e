// SPDX-License-Identifier: Apache-2.0
#include "Codec/Convolution.h"

#include <ATen/ATen.h>

namespace tableread::engine
{
at::Tensor CodecCursor::extend (const at::Tensor& x, std::int64_t columns)
{
    if (next == state.contexts.size())
        state.contexts.push_back (at::zeros ({ columns, x.size (1) }, x.options()));
    auto& context = state.contexts[next++];
    auto extended = at::cat ({ context, x });
    context = extended.slice (0, extended.size (0) - columns).clone();
    return extended;
}

Convolution::Convolution (const WeightReader& weights, const std::string& name, std::int64_t in,
                          std::int64_t out, std::int64_t kernelColumns, std::int64_t strideColumns)
    : inputs (in)
    , kernel (kernelColumns)
    , stride (strideColumns)
{
    const auto matrix = weights.values (name + ".weight", { out, in, kernel })
                            .permute ({ 0, 2, 1 })
                            .reshape ({ out, kernel * in });
    weight = weights.packed (matrix, weights.values (name + ".bias", { out }));
}

at::Tensor Convolution::operator() (const at::Tensor& x, CodecCursor& cursor) const
{
    const auto columns = (x.size (0) + stride - 1) / stride;
    const auto padded = columns * stride == x.size (0)
                            ? x
                            : at::constant_pad_nd (x, { 0, 0, 0, columns * stride - x.size (0) });
    const auto extended = cursor.extend (padded, kernel - stride);
    return kernels::linear (extended.as_strided ({ columns, kernel * inputs }, { stride * inputs, 1 }),
                            weight);
}

TransposedConvolution::TransposedConvolution (const WeightReader& weights, const std::string& name,
                                              std::int64_t in, std::int64_t out, std::int64_t strideColumns)
    : inputs (in)
    , outputs (out)
    , stride (strideColumns)
{
    // [in, out, 2s] → rows (j, out) of [x[t − 1] · w[s + j], x[t] · w[j]]
    const auto stored = weights.values (name + ".weight", { in, out, 2 * stride });
    const auto now = stored.slice (2, 0, stride), before = stored.slice (2, stride);
    const auto matrix = at::cat ({ before.permute ({ 2, 1, 0 }), now.permute ({ 2, 1, 0 }) }, 2)
                            .reshape ({ stride * out, 2 * in });
    weight = weights.packed (matrix, weights.values (name + ".bias", { out }).repeat ({ stride }));
}

at::Tensor TransposedConvolution::operator() (const at::Tensor& x, CodecCursor& cursor) const
{
    const auto columns = x.size (0);
    const auto extended = cursor.extend (x, 1);
    return kernels::linear (extended.as_strided ({ columns, 2 * inputs }, { inputs, 1 }), weight)
        .view ({ columns * stride, outputs });
}
} // namespace tableread::engine
