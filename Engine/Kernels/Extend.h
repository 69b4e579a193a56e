// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace tableread::engine::kernels
{
/** The input of a causal convolution: x [B, T, C] and context [B, n, C], float32, contiguous → [context; x], [B, n + T, C]. Its
    last n columns become the context where active [B] int32 is not 0 or undefined. rounded: on a GPU in bf16, the type of
    its products.
    CPU oracle: Extend.cpp. Devices: CPU, CUDA. */
at::Tensor extend (const at::Tensor& x, at::Tensor& context, const at::Tensor& active, bool rounded = false);
} // namespace tableread::engine::kernels
