// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace tableread::engine::kernels
{
/** x of any shape, float32, contiguous → x / (1 + e^−x), same shape.
    CPU oracle: Cpu/Elementwise.cpp. Devices: CPU, CUDA. */
at::Tensor silu (const at::Tensor& x);
} // namespace tableread::engine::kernels
