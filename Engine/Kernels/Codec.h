// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace tableread::engine::kernels
{
/** x [T + taps − 1, C] float32, weight [taps, C], bias [C] → [T, C]: out[t] = bias + Σ_j weight[j] · x[t + j]. */
at::Tensor depthwiseConvolution (const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);
} // namespace tableread::engine::kernels
