// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <span>

namespace tableread::engine::kernels
{
/** Keys and values of one layer of one branch: [kv heads, capacity, head dim] float32 each, reserved at the start. */
struct LayerCache
{
    at::Tensor keys, values;
};

/** Consecutive rows of one branch: they stand at positions `length`, `length + 1`, … behind what its cache holds. */
struct AttentionGroup
{
    LayerCache cache;
    std::int64_t rows = 0;
    std::int64_t length = 0; // positions that the cache holds before these rows
};

/** Cosines and sines of rotary positions: each [positions, head dim / 2] float32. */
struct RotaryTable
{
    at::Tensor cosine, sine;
};

RotaryTable makeRotaryTable (std::int64_t positions, std::int64_t headDim, double theta);

/** qkv [M, (heads + 2 · kv heads) · d] float32, the rows of all groups one after the other → attention output
    [M, heads · d]. Rotates q and k in place, appends k and v to each group's cache, and lets every row see its own
    branch up to itself. A row's bits do not depend on the other groups. */
at::Tensor attention (at::Tensor& qkv, std::int64_t heads, std::int64_t kvHeads, const RotaryTable& rotary,
                      std::span<const AttentionGroup> groups);
} // namespace tableread::engine::kernels
