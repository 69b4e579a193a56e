// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

namespace tableread::engine::kernels
{
/** Keys and values of one branch: [layers, kv heads, capacity, head dim] each, allocated once. float32 on a CPU; on a GPU
    float32 or bf16. */
struct KvStore
{
    at::Tensor keys, values;
};

/** Consecutive rows of one branch, at positions `length`, `length + 1`, …: behind what its store holds. */
struct AttentionGroup
{
    KvStore store;
    std::int64_t rows = 0;
    std::int64_t length = 0; // positions that the store holds before these rows
};

/** The rows of one pass, the groups one after the other. */
struct AttentionRows
{
    std::vector<AttentionGroup> groups;
    std::int64_t count = 0;   // M, of all groups
    std::int64_t longest = 0; // positions that any row sees
    std::int64_t seen = 0;    // positions that each row sees, of all rows
    bool oneEach = true;      // no group has several rows
    at::Tensor table {};      // on a GPU: [M, 4] int64 there: each row's keys, values, capacity and position
};

/** @throws Exception Internal if a store has no room for its rows. */
AttentionRows makeAttentionRows (std::vector<AttentionGroup> groups);

/** Cosines and sines of rotary positions: each [positions, head dim / 2] float32. */
struct RotaryTable
{
    at::Tensor cosine, sine;
};

RotaryTable makeRotaryTable (std::int64_t positions, std::int64_t headDim, double theta,
                             at::Device device = at::kCPU);

/** The attention of one layer. */
struct AttentionLayer
{
    std::int64_t heads = 0, kvHeads = 0;
    const RotaryTable& rotary;
    std::int64_t index = 0; // of the layer in the stores
};

/** qkv [M, (heads + 2 · kv heads) · d] float32 → attention output [M, heads · d] of one layer, on a GPU in the type of the
    stores. May rotate q and k in place. Puts k and v into each group's store. Attention is causal: a row sees the positions of
    its own branch up to itself. A row's bits do not depend on the other groups.
    CPU oracle: Cpu/Attention.cpp. Devices: CPU, CUDA. */
at::Tensor attention (at::Tensor& qkv, const AttentionRows& rows, const AttentionLayer& layer);
} // namespace tableread::engine::kernels
