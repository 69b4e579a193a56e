// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>

namespace tableread::engine::kernels
{
/** A matrix in 8 bits: the element in row r and column c is values[r, c] · scale[r]. */
struct ByteMatrix
{
    at::Tensor values; // [n, k] int8 or float8_e4m3fn, no NaN
    at::Tensor scale;  // [n] float32
};

/** True of int8 and float8_e4m3fn. */
bool isByteType (at::ScalarType type);

/** matrix [n, k] float32, finite → int8 or float8_e4m3fn on the same device. The largest magnitude of each row becomes
    127 or 448, each quotient is rounded to nearest, ties to even: the same bits on every device. A row with no magnitude
    above 1e-28 becomes zeros.
    CPU oracle: ByteMatrix.cpp. Devices: CPU, CUDA (both by ATen). */
ByteMatrix quantise (const at::Tensor& matrix, at::ScalarType type);

/** values · scale, rounded once: [n, k] float32.
    CPU oracle: ByteMatrix.cpp. Devices: CPU, CUDA (both by ATen). */
at::Tensor dequantise (const ByteMatrix& matrix);
} // namespace tableread::engine::kernels
