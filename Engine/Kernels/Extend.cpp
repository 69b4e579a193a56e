// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Extend.h"

#include <ATen/ATen.h>

#include "Kernels/Gpu/Tensors.h"

namespace tableread::engine::kernels
{
at::Tensor extend (const at::Tensor& x, at::Tensor& context, const at::Tensor& active, bool rounded)
{
    if (x.is_cuda())
        return extendOnGpu (x.contiguous(), context, active, rounded);
    auto extended = at::cat ({ context, x }, 1);
    const auto tail = extended.slice (1, x.size (1));
    if (! active.defined())
        context.copy_ (tail);
    else
        for (std::int64_t b = 0; b < context.size (0); ++b)
            if (active[b].item<int>() != 0)
                context[b].copy_ (tail[b]);
    return extended;
}
} // namespace tableread::engine::kernels
