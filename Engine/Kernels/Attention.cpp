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
        rows.seen += group.rows * group.length + group.rows * (group.rows + 1) / 2;
    }
    if (! rows.groups.empty() && rows.groups.front().store.keys.is_cuda())
        rows.table = attentionTable (rows.groups);
    return rows;
}

namespace
{
constexpr std::int64_t mostQueries = 16;        // of a tile
constexpr std::int64_t scoresInCache = 1 << 16; // of a tile: a part of a second-level cache
constexpr std::int64_t tilesOfAThread = 4;      // at least, if there are so many queries

/** A group's rows in this layer. */
struct Branch
{
    float *keys, *values; // [kv heads, capacity, dim]
    std::int64_t capacity, length, rows;
    std::int64_t firstRow; // of all groups' rows
};

/** Some of a branch's queries with one kv head, in the order of rows, and of heads in a row. */
struct Tile
{
    const Branch& branch;
    std::int64_t kvHead, first, count;
};

/** The sizes and places of a pass. */
struct Pass
{
    const AttentionLayer& layer;
    std::int64_t dim, width; // of a head, of a row of qkv
    float *qkv, *out;

    std::int64_t shared() const { return layer.heads / layer.kvHeads; } // heads of a kv head
};

/** Rotates a branch's rows, and puts their keys and values into its store. */
void storeRows (const Pass& pass, const Branch& branch)
{
    const auto dim = pass.dim, heads = pass.layer.heads, kvHeads = pass.layer.kvHeads;
    const auto& rotary = pass.layer.rotary;
    const auto* cosine = rotary.cosine.const_data_ptr<float>();
    const auto* sine = rotary.sine.const_data_ptr<float>();
    const auto bytes = (std::size_t) dim * sizeof (float);
    parallelFor (branch.rows, serialProducts / pass.width, [&] (std::int64_t begin, std::int64_t end) {
        for (auto i = begin; i < end; ++i)
        {
            const auto position = branch.length + i;
            auto* row = pass.qkv + (branch.firstRow + i) * pass.width;
            cpu().rotary (row, heads + kvHeads,
                          { dim, cosine + position * dim / 2, sine + position * dim / 2 });
            const auto* k = row + heads * dim;
            const auto* v = k + kvHeads * dim;
            for (std::int64_t h = 0; h < kvHeads; ++h)
            {
                const auto place = (h * branch.capacity + position) * dim;
                std::memcpy (branch.keys + place, k + h * dim, bytes);
                std::memcpy (branch.values + place, v + h * dim, bytes);
            }
        }
    });
}

void attend (const Pass& pass, const Tile& tile, CpuAttention attention)
{
    const auto dim = pass.dim, shared = pass.shared();
    const auto& branch = tile.branch;
    CpuQuery queries[mostQueries];
    for (std::int64_t i = 0; i < tile.count; ++i)
    {
        const auto row = (tile.first + i) / shared, head = tile.kvHead * shared + (tile.first + i) % shared;
        const auto ofAll = branch.firstRow + row;
        queries[i] = { .query = pass.qkv + ofAll * pass.width + head * dim,
                       .length = branch.length + row + 1,
                       .out = pass.out + (ofAll * pass.layer.heads + head) * dim };
    }
    attention.queries = queries;
    attention.count = tile.count;
    attention.dim = dim;
    attention.keys = branch.keys + tile.kvHead * branch.capacity * dim;
    attention.values = branch.values + tile.kvHead * branch.capacity * dim;
    attention.scale = 1.0f / std::sqrt ((float) dim);
    cpu().attend (attention);
}

/** Many share what they read. But the scores have to stay in a cache, and each thread needs tiles. */
std::int64_t queriesOfATile (const AttentionRows& rows, std::int64_t heads)
{
    const auto most = std::clamp<std::int64_t> (scoresInCache / rows.longest, 4, mostQueries);
    return std::clamp<std::int64_t> (rows.count * heads / (threads() * tilesOfAThread), 1, most);
}

/** All tiles, a late one after an early one, so that any range of them takes about as long as another: a late row sees
    more. */
std::vector<Tile> tilesOf (const Pass& pass, const std::vector<Branch>& branches, std::int64_t queriesOfATile)
{
    std::vector<Tile> all;
    for (const auto& branch : branches)
    {
        const auto queries = branch.rows * pass.shared();
        const auto tiles = (queries + queriesOfATile - 1) / queriesOfATile;
        for (std::int64_t h = 0; h < pass.layer.kvHeads; ++h)
            for (std::int64_t i = 0; i < tiles; ++i)
            {
                const auto first = (i % 2 == 0 ? i / 2 : tiles - 1 - i / 2) * queriesOfATile;
                all.push_back ({ branch, h, first, std::min (queriesOfATile, queries - first) });
            }
    }
    return all;
}
} // namespace

at::Tensor attention (at::Tensor& qkv, const AttentionRows& all, const AttentionLayer& layer)
{
    const auto dim = layer.rotary.cosine.size (1) * 2;
    const auto width = (layer.heads + 2 * layer.kvHeads) * dim;
    TORCH_CHECK (qkv.is_contiguous() && qkv.size (0) == all.count && qkv.size (1) == width);
    if (qkv.is_cuda())
        return attentionOnGpu (qkv, all, layer);
    auto out = at::empty ({ all.count, layer.heads * dim }, qkv.options());
    const Pass pass { layer, dim, width, qkv.mutable_data_ptr<float>(), out.mutable_data_ptr<float>() };
    std::vector<Branch> branches;
    std::int64_t firstRow = 0;
    for (const auto& group : all.groups)
    {
        const auto capacity = group.store.keys.size (2);
        const auto ofLayer = layer.index * layer.kvHeads * capacity * dim;
        branches.push_back ({ group.store.keys.mutable_data_ptr<float>() + ofLayer,
                              group.store.values.mutable_data_ptr<float>() + ofLayer, capacity, group.length,
                              group.rows, firstRow });
        storeRows (pass, branches.back());
        firstRow += group.rows;
    }

    const auto queries = queriesOfATile (all, layer.heads);
    const auto stride =
        (all.longest + 31) / 32 * 32 + 16; // never a multiple of 4096 bytes, which a cache dislikes
    auto scratch = at::empty ({ threads(), queries, stride }, at::kFloat);
    auto* scores = scratch.mutable_data_ptr<float>();
    const auto tiles = tilesOf (pass, branches, queries);
    parallelFor ((std::int64_t) tiles.size(), serialProducts / (all.longest * dim * queries),
                 [&] (std::int64_t begin, std::int64_t end) {
                     auto* own = scores + threadIndex() * queries * stride;
                     for (auto i = begin; i < end; ++i)
                         attend (pass, tiles[(std::size_t) i], { .scores = own, .scoresStride = stride });
                 });
    return out;
}
} // namespace tableread::engine::kernels
