// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Attention.h"
#include "Kernels/Codec.h"
#include "Kernels/Linear.h"

// What the contracts in Linear.h, Attention.h, Rows.h and Codec.h do with tensors on a GPU.
namespace tableread::engine::kernels
{
Weight packForGpu (const at::Tensor& matrix, const at::Tensor& bias, const PackOptions& options);
Weight packForGpu (const ByteMatrix& matrix, const at::Tensor& bias, const PackOptions& options);
at::Tensor linearOnGpu (const at::Tensor& x, const Weight& weight, const RowNorm* norm,
                        const LinearResult& result);

at::Tensor codecBlockOnGpu (const at::Tensor& x, const CodecBlockWeights& weights, at::Tensor& context,
                            const at::Tensor& active);
at::Tensor extendOnGpu (const at::Tensor& x, at::Tensor& context, const at::Tensor& active, bool rounded);

/** gpuCounterCount zeros that whoever counts on them leaves as zeros. */
unsigned* gpuCounters (at::Device device);

at::Tensor attentionTable (const std::vector<AttentionGroup>& groups);
at::Tensor attentionOnGpu (at::Tensor& qkv, std::int64_t heads, std::int64_t kvHeads,
                           const RotaryTable& rotary, const AttentionRows& rows, std::int64_t layer);
} // namespace tableread::engine::kernels
