// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>

#include "Kernels/ByteMatrix.h"

namespace tableread::engine::kernels
{
/** The matrix of a linear layer (out = x · wᵀ + bias), packed for the processor that multiplies it.
    On a GPU: tiles for its tensor cores (Gpu/Kernels.h), or [n, k] in float32.
    On a CPU: panels of `panelColumns` output columns, [⌈n / columns⌉, k, columns], so that a product reads every
    weight once, in order, whatever the number of rows.
    In 8 bits a product is the sum over the stored numbers, times the output's scale, plus the bias. */
struct Weight
{
    std::int64_t n = 0;         // outputs
    std::int64_t k = 0;         // inputs
    at::Tensor panels;          // [P, k, panelColumns] float32, bfloat16, int8 or float8_e4m3fn
    at::Tensor bias;            // [n] float32; undefined: none
    bool gated = false;         // two halves, for SwiGlu
    at::Tensor channelScale {}; // [n] float32, with 8-bit panels only

    std::int64_t bytes() const;
};

struct PackOptions
{
    at::ScalarType type =
        at::kFloat; // or bfloat16, rounded to nearest even; int8 and float8_e4m3fn: quantise()
    at::Device device = at::kCPU;
    bool gated = false;
};

/** matrix [n, k] float32, or for a GPU also in the type that is packed, on any device → a Weight where and as the
    options say. */
Weight pack (const at::Tensor& matrix, const at::Tensor& bias, const PackOptions& options = {});

/** The same for a matrix that is in 8 bits already: its values are kept. options.type is ignored. */
Weight pack (const ByteMatrix& matrix, const at::Tensor& bias, const PackOptions& options = {});

/** The prologue, applied to each row before the product: RMSNorm, then · (1 + scale) + shift. */
struct RowNorm
{
    at::Tensor weight; // [k]; undefined: 1
    double eps = 0;
    at::Tensor shift {}, scale {}; // [M, k], any stride between rows; undefined: none
};

enum class Activation
{
    None,
    Gelu,  // exact (erf) form
    SwiGlu // the outputs are halves: silu (first) · second, n / 2 of them
};

/** The epilogue: an activation, then, if there is a residual, residual += gate · result. */
struct LinearResult
{
    Activation activation = Activation::None;
    at::Tensor residual {}; // [M, n], changed in place
    at::Tensor gate {};     // [n] for all rows or [M, n], any stride between rows; undefined: 1
    bool rounded = false; // without a residual, on a GPU, weights not float32: in bf16, as input of a product
};

/** Whether linear() rounds rows to bf16 before the product, so that x may be in bf16. */
bool roundsRows (const Weight& weight);

/** x [M, k] or [B, T, k] float32, each row contiguous, any stride between rows → [M, n] float32 (M = B · T), or the residual.
    On a GPU x may be in bf16, to which rows are rounded there anyway (unless weights are float32), with rows aligned to 16
    bytes. norm: null for none. A row's bits depend on nothing but the row: not on M, its index, or the number of threads.
    CPU oracle: Cpu/Linear.cpp. Devices: CPU, CUDA. */
at::Tensor linear (const at::Tensor& x, const Weight& weight, const RowNorm* norm = nullptr,
                   const LinearResult& result = {});
} // namespace tableread::engine::kernels
