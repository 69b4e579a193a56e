// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Linear.h"

namespace tableread::engine::kernels
{
/** A codec block of C channels: x += gamma · depthwise (RMSNorm x), then x += ffnGamma · down (GELU (up (RMSNorm x))). */
struct CodecBlockWeights
{
    at::Tensor norm;              // [C], of the first half
    at::Tensor mixer, mixerBias;  // [7, C] and [C]: a causal convolution of each channel on its own
    at::Tensor gamma;             // [C]
    at::Tensor ffnNorm, ffnGamma; // [C], of the second half
    Weight up, down;              // C → 4C → C
    double eps = 0;
};

/** x [B, T, C] float32, contiguous → the same shape; x may be overwritten. context [B, 6, C] float32: the last
    normed columns before x, and behind the call the last ones of it where active [B] int32 is not 0 or undefined. */
at::Tensor codecBlock (at::Tensor x, const CodecBlockWeights& weights, at::Tensor& context,
                       const at::Tensor& active);

/** [context; x]: x [B, T, C] and context [B, n, C], float32, contiguous → [B, n + T, C]. Its last n columns become the
    context where active [B] int32 is not 0 or undefined. rounded: on a GPU in bf16, as products take it there. */
at::Tensor extend (const at::Tensor& x, at::Tensor& context, const at::Tensor& active, bool rounded = false);
} // namespace tableread::engine::kernels
