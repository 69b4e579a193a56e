// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace tableread::engine::kernels
{
/** x [R, n] float32, contiguous → x · rsqrt (mean x² + eps) · weight [n]; an undefined weight means 1. A row's bits depend on
    nothing but the row.
    CPU oracle: Cpu/Norm.cpp. Devices: CPU, CUDA. */
at::Tensor rmsNorm (const at::Tensor& x, const at::Tensor& weight, double eps);
} // namespace tableread::engine::kernels
