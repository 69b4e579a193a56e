// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Attention.h"

#include <algorithm>
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <cmath>
#include <cstring>
#include <vector>

#include "Core/Error.h"
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Gpu/Tensors.h"
#include "Kernels/Parallel.h"

namespace tableread::engine::kernels
{
RotaryTable makeRotaryTable (std::int64_t positions, std::int64_t headDim, double theta, at::Device device)
{
    // With ATen, as the reference does: at far positions one bit of a frequency changes the angle.
    const auto frequency = 1.0 / at::pow (theta, at::arange (0, headDim, 2, at::kFloat) / (double) headDim);
    const auto angle = at::arange (positions, at::kFloat).unsqueeze (1) * frequency.unsqueeze (0);
    return { at::cos (angle).to (device), at::sin (angle).to (device) };
}

AttentionRows makeAttentionRows (std::vector<AttentionGroup> groups)
{
    AttentionRows rows { std::move (groups) };
    for (const auto& group : rows.groups)
    {
        if (group.length + group.rows > group.store.keys.size (2))
            fail (ErrorCode::Internal, "a KV cache is full");
        rows.count += group.rows;
        rows.oneEach = rows.oneEach && group.rows == 1;
        rows.longest = std::max (rows.longest, group.length + group.rows);
    }
    if (! rows.groups.empty() && rows.groups.front().store.keys.is_cuda())
        rows.table = attentionTable (rows.groups);
    return rows;
}

at::Tensor attention (at::Tensor& qkv, const AttentionRows& all, const AttentionLayer& layer)
{
    const auto heads = layer.heads, kvHeads = layer.kvHeads;
    const auto& rotary = layer.rotary;
    const auto dim = rotary.cosine.size (1) * 2;
    const auto width = (heads + 2 * kvHeads) * dim;
    TORCH_CHECK (qkv.is_contiguous() && qkv.size (0) == all.count && qkv.size (1) == width);
    if (qkv.is_cuda())
        return attentionOnGpu (qkv, all, layer);
    auto out = at::empty ({ qkv.size (0), heads * dim }, qkv.options());
    auto* rowsOfQkv = qkv.mutable_data_ptr<float>();
    auto* output = out.mutable_data_ptr<float>();
    const auto* cosine = rotary.cosine.const_data_ptr<float>();
    const auto* sine = rotary.sine.const_data_ptr<float>();
    const float scale = 1.0f / std::sqrt ((float) dim);
    const auto& kernels = cpu();

    struct Row
    {
        const float* query;
        const float *keys, *values; // of the group's store, this layer
        std::int64_t capacity, length;
        float* out;
    };
    std::vector<Row> rows;
    rows.reserve ((std::size_t) all.count);
    for (const auto& group : all.groups)
    {
        const auto capacity = group.store.keys.size (2);
        auto* keys = group.store.keys.mutable_data_ptr<float>() + layer.index * kvHeads * capacity * dim;
        auto* values = group.store.values.mutable_data_ptr<float>() + layer.index * kvHeads * capacity * dim;
        for (std::int64_t i = 0; i < group.rows; ++i)
        {
            const auto position = group.length + i;
            auto* row = rowsOfQkv + (std::int64_t) rows.size() * width;
            kernels.rotary (row, heads + kvHeads,
                            { dim, cosine + position * dim / 2, sine + position * dim / 2 });
            const auto* k = row + heads * dim;
            const auto* v = k + kvHeads * dim;
            for (std::int64_t h = 0; h < kvHeads; ++h)
            {
                std::memcpy (keys + (h * capacity + position) * dim, k + h * dim,
                             (std::size_t) dim * sizeof (float));
                std::memcpy (values + (h * capacity + position) * dim, v + h * dim,
                             (std::size_t) dim * sizeof (float));
            }
            rows.push_back ({ row, keys, values, capacity, position + 1,
                              output + (std::int64_t) rows.size() * heads * dim });
        }
    }

    const auto tasks = (std::int64_t) rows.size() * heads;
    const auto grain = std::max<std::int64_t> (1, 32768 / (all.longest * dim));
    auto scratch = at::empty ({ threads(), all.longest }, at::kFloat);
    auto* scores = scratch.mutable_data_ptr<float>();
    parallelFor (tasks, grain, [&] (std::int64_t begin, std::int64_t end) {
        auto* own = scores + threadIndex() * all.longest;
        for (auto task = begin; task < end; ++task)
        {
            const auto& row = rows[(std::size_t) (task / heads)];
            const auto head = task % heads;
            const auto kv = head / (heads / kvHeads) * row.capacity * dim;
            kernels.attend ({ .query = row.query + head * dim,
                              .keys = row.keys + kv,
                              .values = row.values + kv,
                              .length = row.length,
                              .dim = dim,
                              .scale = scale,
                              .scores = own,
                              .out = row.out + head * dim });
        }
    });
    return out;
}
} // namespace tableread::engine::kernels
