// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Attention.h"
#include "Kernels/CodecBlock.h"
#include "Kernels/Linear.h"

// The operations of Linear.h, Attention.h, CodecBlock.h and Extend.h on tensors on a GPU.
namespace tableread::engine::kernels
{
Weight packForGpu (const at::Tensor& matrix, const at::Tensor& bias, const PackOptions& options);
Weight packForGpu (const ByteMatrix& matrix, const at::Tensor& bias, const PackOptions& options);
at::Tensor linearOnGpu (const at::Tensor& x, const Weight& weight, const RowNorm* norm,
                        const LinearResult& result);

at::Tensor codecBlockOnGpu (const at::Tensor& x, const CodecBlockWeights& weights, at::Tensor& context,
                            const at::Tensor& active);
at::Tensor extendOnGpu (const at::Tensor& x, at::Tensor& context, const at::Tensor& active, bool rounded);

/** gpuCounterCount zeros on this GPU; every kernel leaves them zero. */
unsigned* gpuCounters (at::Device device);

at::Tensor attentionTable (const std::vector<AttentionGroup>& groups);
at::Tensor attentionOnGpu (at::Tensor& qkv, const AttentionRows& rows, const AttentionLayer& layer);
} // namespace tableread::engine::kernels
