// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Linear.h"

namespace tableread::engine::kernels
{
/** A codec block with C channels: x += gamma · depthwise (RMSNorm x), then x += ffnGamma · down (GELU (up (RMSNorm x))). */
struct CodecBlockWeights
{
    at::Tensor norm;              // [C], of the first half
    at::Tensor mixer, mixerBias;  // [7, C] and [C]: a causal depthwise convolution
    at::Tensor gamma;             // [C]
    at::Tensor ffnNorm, ffnGamma; // [C], of the second half
    Weight up, down;              // C → 4C → C
    double eps = 0;
};

/** x [B, T, C] float32, contiguous → the same shape; x may be overwritten. context [B, 6, C] float32: the last
    normed columns before x; after the call, the last ones of x where active [B] int32 is not 0 or undefined.
    CPU oracle: CodecBlock.cpp with Cpu/Depthwise.cpp. Devices: CPU, CUDA. */
at::Tensor codecBlock (at::Tensor x, const CodecBlockWeights& weights, at::Tensor& context,
                       const at::Tensor& active);
} // namespace tableread::engine::kernels
