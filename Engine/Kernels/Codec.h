// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace tableread::engine::kernels
{
/** x [B, T, C] += gamma [C] · (bias [C] + Σ_j weight [taps, C] [j] · window [B, T + taps − 1, C] [t + j]): a depthwise
    convolution with its residual, in place, float32. */
void addDepthwise (at::Tensor& x, const at::Tensor& window, const at::Tensor& weight, const at::Tensor& bias,
                   const at::Tensor& gamma);

/** The last rows of extended [B, T + n, C] become context [B, n, C], where active [B] int32 is not 0 or undefined. */
void keepTail (const at::Tensor& extended, at::Tensor& context, const at::Tensor& active);
} // namespace tableread::engine::kernels
