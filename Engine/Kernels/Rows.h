// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace tableread::engine::kernels
{
// Row-wise steps between the products. All tensors are float32 and contiguous unless said otherwise; a row's bits
// depend on nothing but the row.

/** x [R, n] → x · rsqrt (mean x² + eps) · weight [n]; an undefined weight means none. */
at::Tensor rmsNorm (const at::Tensor& x, const at::Tensor& weight, double eps);

/** gateUp [R, 2n] → silu (first half) · second half, [R, n]. */
at::Tensor swiGlu (const at::Tensor& gateUp);

/** x of any shape → x / (1 + e^−x), same shape. */
at::Tensor silu (const at::Tensor& x);

/** The exact (erf) form, in place. */
void geluInPlace (at::Tensor& x);

/** x [R, n] += y [R, n] · scale [n], in place; an undefined scale means 1. */
void addScaledInPlace (at::Tensor& x, const at::Tensor& y, const at::Tensor& scale);

/** x [R, n] += y [R, n] · gate [R, n], in place; gate's rows may lie apart. */
void addGatedInPlace (at::Tensor& x, const at::Tensor& y, const at::Tensor& gate);

/** x [R, n] = x · (1 + scale) + shift, in place; shift and scale [R, n] are slices of one tensor: rows may lie apart. */
void modulateInPlace (at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale);
} // namespace tableread::engine::kernels
