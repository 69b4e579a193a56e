// SPDX-License-Identifier: Apache-2.0
#include "Kernels/ByteMatrix.h"

#include <ATen/ATen.h>
#include <cmath>

namespace tableread::engine::kernels
{
bool isByteType (at::ScalarType type)
{
    return type == at::kChar || type == at::kFloat8_e4m3fn;
}

ByteMatrix quantise (const at::Tensor& matrix, at::ScalarType type)
{
    TORCH_CHECK (matrix.dim() == 2 && matrix.scalar_type() == at::kFloat && isByteType (type));
    const double largest = type == at::kChar ? 127.0 : 448.0;
    const auto magnitude = at::linalg_vector_norm (matrix, INFINITY, at::IntArrayRef { 1 });
    auto scale =
        magnitude /
        at::full_like (magnitude, largest); // dividing by a scalar, a GPU would multiply by its inverse
    // Keeps quotients away from denormals, which some threads flush to zero.
    scale.masked_fill_ (scale < 0x1p-100, 1.0);
    auto quotients = matrix / scale.unsqueeze (1);
    if (type == at::kChar)
        quotients.round_();
    return { quotients.clamp_ (-largest, largest).to (type), scale };
}

at::Tensor dequantise (const ByteMatrix& matrix)
{
    return matrix.values.to (at::kFloat) * matrix.scale.unsqueeze (1);
}
} // namespace tableread::engine::kernels
