// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

// The steps of linear() before and after the product. On a GPU they are the prologue and the epilogue of the GEMM instead.
// All tensors are float32 and contiguous unless said otherwise; a row's bits depend on nothing but the row.
// CPU oracle: Cpu/Elementwise.cpp. Devices: CPU.
namespace tableread::engine::kernels
{
/** gateUp [R, 2n] → silu (first half) · second half, [R, n]. */
at::Tensor swiGlu (const at::Tensor& gateUp);

/** The exact (erf) form, in place. */
void geluInPlace (at::Tensor& x);

/** x [R, n] += y [R, n] · scale [n], in place; an undefined scale means 1. */
void addScaledInPlace (at::Tensor& x, const at::Tensor& y, const at::Tensor& scale);

/** x [R, n] += y [R, n] · gate [R, n], in place; gate's rows may have any stride. */
void addGatedInPlace (at::Tensor& x, const at::Tensor& y, const at::Tensor& gate);

/** x [R, n] = x · (1 + scale) + shift, in place; the rows of shift and scale [R, n] have the same stride, which may be any. */
void modulateInPlace (at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale);
} // namespace tableread::engine::kernels
