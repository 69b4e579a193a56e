// SPDX-License-Identifier: Apache-2.0
#include "Network/Codec/Convolution.h"

#include <ATen/ATen.h>

#include "Kernels/Extend.h"
#include "Kernels/PersistentKernel.h"

namespace tableread::engine
{
namespace
{
/** [context; x] for a convolution's product, in bf16 if the product takes that and columns are aligned to 16 bytes. */
at::Tensor extend (const at::Tensor& x, std::int64_t columns, CodecCursor& cursor,
                   const kernels::Weight& weight)
{
    const bool rounded = kernels::roundsRows (weight) && x.size (2) % 8 == 0;
    return kernels::extend (x, cursor.context (x, columns), cursor.active(), rounded);
}
} // namespace

Convolution::Convolution (const WeightReader& weights, const std::string& name, const Shape& of) : shape (of)
{
    const auto& [in, out, kernel, stride] = shape;
    const auto matrix = weights.values (name + ".weight", { out, in, kernel })
                            .permute ({ 0, 2, 1 })
                            .reshape ({ out, kernel * in });
    weight = weights.packed (matrix, weights.values (name + ".bias", { out }));
}

at::Tensor Convolution::operator() (const at::Tensor& x, CodecCursor& cursor) const
{
    const auto& [in, out, kernel, stride] = shape;
    const auto batch = x.size (0), columns = (x.size (1) + stride - 1) / stride;
    auto padded = x;
    if (columns * stride != x.size (1))
    {
        kernels::flushPersistentKernel (x.device());
        padded = at::constant_pad_nd (x, { 0, 0, 0, columns * stride - x.size (1) });
    }
    const auto extended = extend (padded, kernel - stride, cursor, weight);
    const auto windows =
        extended.as_strided ({ batch, columns, kernel * in }, { extended.stride (0), stride * in, 1 });
    return kernels::linear (windows, weight).view ({ batch, columns, out });
}

void Convolution::addTensors (std::vector<at::Tensor*>& to)
{
    to.insert (to.end(), { &weight.panels, &weight.bias });
}

TransposedConvolution::TransposedConvolution (const WeightReader& weights, const std::string& name,
                                              const Shape& of)
    : shape (of)
{
    const auto& [in, out, stride] = shape;
    // [in, out, 2s] → rows (j, out) of [x[t − 1] · w[s + j], x[t] · w[j]]
    const auto stored = weights.values (name + ".weight", { in, out, 2 * stride })
                            .view ({ in, out * 2 * stride })
                            .t()
                            .contiguous() // in blocks, as permute() below would not
                            .view ({ out, 2 * stride, in });
    const auto now = stored.slice (1, 0, stride), before = stored.slice (1, stride);
    const auto matrix = at::cat ({ before.permute ({ 1, 0, 2 }), now.permute ({ 1, 0, 2 }) }, 2)
                            .reshape ({ stride * out, 2 * in });
    weight = weights.packed (matrix, weights.values (name + ".bias", { out }).repeat ({ stride }));
}

at::Tensor TransposedConvolution::operator() (const at::Tensor& x, CodecCursor& cursor) const
{
    const auto& [in, out, stride] = shape;
    const auto batch = x.size (0), columns = x.size (1);
    const auto extended = extend (x, 1, cursor, weight);
    const auto windows = extended.as_strided ({ batch, columns, 2 * in }, { extended.stride (0), in, 1 });
    return kernels::linear (windows, weight).view ({ batch, columns * stride, out });
}
} // namespace tableread::engine
