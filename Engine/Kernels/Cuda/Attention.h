// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cuda_bf16.h>
#include <type_traits>

#include "Device/KernelSizes.h"
#include "Kernels/Cuda/AsyncCopy.h"
#include "Kernels/Cuda/WarpGroups.h"
#include "Kernels/Gpu/Kernels.h"

// Split-KV attention: warp groups share the positions of a row. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
/** A row of GpuAttention's table. A position below 0: the row is not in use. */
struct TableRow
{
    void *keys, *values; // [layers, kv heads, capacity, dim]
    std::int64_t capacity, position;
};

template <typename T>
__device__ inline float toFloat (T v)
{
    return (float) v;
}

static_assert (attentionSplit == 32, "a lane a position");

/** GpuAttention as its kernels take it. */
struct AttentionCall
{
    float* qkv;
    int heads, kvHeads, dim;
    const float *cosine, *sine;
    const TableRow* table;
    std::int64_t layer;
    float scale;
    float* partials;
    int splits;
    unsigned* counters;
    void* out;
    int splitsAtOnce = 1;      // in shared memory when they are combined
    int bytesOfAWarpGroup = 0; // of shared memory
};

__device__ inline float highestOfWarp (float value)
{
#pragma unroll 1
    for (int offset = 16; offset > 0; offset /= 2)
        value = fmaxf (value, __shfl_xor_sync (~0u, value, offset));
    return value;
}

/** What a split computes. */
struct AttentionPart
{
    int row, kvHead, split;
};

/** The attention of one row over one split: up to `attentionSplit` positions of one KV head, for all query heads that share it.
    Writes each head's unnormalised output, its highest score and the sum of its weights. The last split of a row and KV head
    to finish combines them in the order of the splits. All keys and values are loaded at once, in pieces of Vec, so their
    latency counts once. The order of every sum depends on the split alone.
    Append: a row is the newest position of its store; its key is rotated and stored here. */
template <typename T, typename Vec, bool Append>
class SplitAttention
{
public:
    __device__ SplitAttention (const AttentionCall& call, const AttentionPart& part, unsigned char* memory)
        : a (call)
        , row (part.row)
        , kv (part.kvHead)
        , split (part.split)
        , dim (call.dim)
        , half (call.dim / 2)
        , groupHeads (call.heads / call.kvHeads)
        , pitch (call.dim + width)
        , entry (call.table[part.row])
        , length ((int) entry.position + 1)
        , from (split * attentionSplit)
        , count (min (attentionSplit, length - from))
        , stored (Append && from + count == length ? count - 1 : count)
        , shared (reinterpret_cast<float*> (memory))
    {
        scores = shared + groupHeads * dim;
        keys = reinterpret_cast<T*> (scores + groupHeads * attentionSplit);
        values = keys + attentionSplit * pitch;
        const std::int64_t offset = ((a.layer * a.kvHeads + kv) * entry.capacity + from) * dim;
        storedKeys = static_cast<T*> (entry.keys) + offset;
        storedValues = static_cast<T*> (entry.values) + offset;
    }

    /** Starts the loads of keys and values that were stored before. */
    __device__ void prefetch() const
    {
        const int pieces = dim / width, rowsAtOnce = threads / pieces;
        const int firstRow = threadOfWarpGroup() / pieces,
                  d = (threadOfWarpGroup() - firstRow * pieces) * width;
        if (firstRow < rowsAtOnce)
#pragma unroll 1
            for (int p = firstRow; p < stored; p += rowsAtOnce)
            {
                copyAsync<sizeof (Vec)> (keys + p * pitch + d, storedKeys + p * dim + d);
                copyAsync<sizeof (Vec)> (values + p * pitch + d, storedValues + p * dim + d);
            }
        commitGroup();
    }

    /** Comes after prefetch(), once the row is there. */
    __device__ void run() const
    {
        T* out = static_cast<T*> (a.out) + ((std::int64_t) row * a.heads + kv * groupHeads) * dim;
        if (length <= 0 && split == 0)
#pragma unroll 1
            for (int i = threadOfWarpGroup(); i < groupHeads * dim; i += threads)
                out[i] = (T) 0.0f;
        if (from >= length)
            return;
        const int pairGroups = threads / half, group = threadOfWarpGroup() / half;
        const ThreadPair mine { pairGroups, group, threadOfWarpGroup() - group * half };
        loadRow (mine);
        waitForGroups<0>();
        syncWarpGroup();

        const std::int64_t stride = (std::int64_t) groupHeads * (dim + 2);
        float* partials = a.partials + ((std::int64_t) row * a.kvHeads + kv) * a.splits * stride;
        scorePositions (partials + split * stride);
        syncWarpGroup();
        if (! mine.isIdle())
            addValues (partials + split * stride, mine);
        const int used = (length + attentionSplit - 1) / attentionSplit;
        if (isLast (used))
            combineSplits (partials, used, mine, out);
    }

private:
    /** A thread's pair of dimensions. The groups of threads that have all pairs share the heads; what is left is idle. */
    struct ThreadPair
    {
        int groups, group, pair;

        __device__ bool isIdle() const { return group >= groups; }
    };

    /** Loads the row's queries, rotated, and its own key and value if this split has them. */
    __device__ void loadRow (const ThreadPair& mine) const
    {
        if (mine.isIdle())
            return;
        const int pair = mine.pair;
        const float* own = a.qkv + (std::int64_t) row * (a.heads + 2 * a.kvHeads) * dim;
        const float* q = own + kv * groupHeads * dim;
        float* query = shared;
        const float c = Append ? a.cosine[entry.position * half + pair] : 1.0f;
        const float s = Append ? a.sine[entry.position * half + pair] : 0.0f;
        const bool isNewest = stored < count && mine.group == 0;
        const float *k = own + (a.heads + kv) * dim, *v = k + a.kvHeads * dim;
        float k0 = 0, k1 = 0, v0 = 0, v1 = 0;
        if (isNewest)
        {
            k0 = k[pair];
            k1 = k[pair + half];
            v0 = v[pair];
            v1 = v[pair + half];
        }
#pragma unroll 2
        for (int h = mine.group; h < groupHeads; h += mine.groups)
        {
            const float x = q[h * dim + pair], y = q[h * dim + pair + half];
            query[h * dim + pair] = (x * c - y * s) * a.scale;
            query[h * dim + pair + half] = (y * c + x * s) * a.scale;
        }
        if (isNewest)
        {
            const int at = stored * pitch + pair, to = stored * dim + pair;
            keys[at] = storedKeys[to] = (T) (k0 * c - k1 * s);
            keys[at + half] = storedKeys[to + half] = (T) (k1 * c + k0 * s);
            values[at] = storedValues[to] = (T) v0;
            values[at + half] = storedValues[to + half] = (T) v1;
        }
    }

    /** Scores and softmax weights: one warp a head, one lane a position. */
    __device__ void scorePositions (float* partial) const
    {
        const int lane = threadIdx.x % 32;
#pragma unroll 1
        for (int h = threadOfWarpGroup() / 32; h < groupHeads; h += threads / 32)
        {
            float total[2] = {};
            if (lane < count)
#pragma unroll 4
                for (int d = 0; d < dim; d += width)
                {
                    const Vec piece = *reinterpret_cast<const Vec*> (keys + lane * pitch + d);
                    const T* k = reinterpret_cast<const T*> (&piece);
#pragma unroll
                    for (int u = 0; u < width; u += 2)
                    {
                        const float2 q2 = *reinterpret_cast<const float2*> (shared + h * dim + d + u);
                        total[0] += q2.x * toFloat (k[u]);
                        total[1] += q2.y * toFloat (k[u + 1]);
                    }
                }
            const float score = lane < count ? total[0] + total[1] : -INFINITY;
            const float highest = highestOfWarp (score), weight = __expf (score - highest);
            scores[h * attentionSplit + lane] = weight;
            const float sum = sumOfWarp (weight);
            if (lane == 0)
            {
                partial[h * (dim + 2) + dim] = highest;
                partial[h * (dim + 2) + dim + 1] = sum;
            }
        }
    }

    __device__ void addValues (float* partial, const ThreadPair& mine) const
    {
        const int pair = mine.pair;
#pragma unroll 1
        for (int h = mine.group; h < groupHeads; h += mine.groups)
        {
            float2 sum {};
#pragma unroll 8
            for (int p = 0; p < count; ++p)
            {
                const float weight = scores[h * attentionSplit + p];
                sum.x += weight * toFloat (values[p * pitch + 2 * pair]);
                sum.y += weight * toFloat (values[p * pitch + 2 * pair + 1]);
            }
            *reinterpret_cast<float2*> (partial + h * (dim + 2) + 2 * pair) = sum;
        }
    }

    /** @returns whether this split is the last of its row and KV head to finish. */
    __device__ bool isLast (int used) const
    {
        __shared__ bool ofWarpGroups[warpGroups];
        bool& last = ofWarpGroups[warpGroup()];
        syncWarpGroup();
        if (threadOfWarpGroup() == 0)
        {
            unsigned* counter = a.counters + row * a.kvHeads + kv;
            last = arriveAt (counter) == (unsigned) used - 1;
            if (last)
                *counter = 0; // ready for the next launch
        }
        syncWarpGroup();
        return last;
    }

    /** The weights of a row's splits in the softmax, computed by one warp for one head. */
    __device__ void weighSplits (const float* partials, int used, float* weights) const
    {
        const int lane = threadIdx.x % 32, stride = groupHeads * (dim + 2);
        float highest = -INFINITY;
#pragma unroll 1
        for (int s = lane; s < used; s += 32)
            highest = fmaxf (highest, weights[s] = __ldcg (partials + (std::int64_t) s * stride + dim));
        highest = highestOfWarp (highest);
#pragma unroll 1
        for (int s = lane; s < used; s += 32)
            weights[s] = __expf (weights[s] - highest);
    }

    /** Loads splitsAtOnce partial results at a time into shared memory; the first ones while the weights are computed. */
    __device__ void combineSplits (const float* partials, int used, const ThreadPair& mine, T* out) const
    {
        const int pair = mine.pair, stride = groupHeads * (dim + 2);
        float* loaded = shared;                            // [splitsAtOnce, groupHeads, dim + 2]
        float* weights = shared + a.splitsAtOnce * stride; // [groupHeads, used]
        const auto loadPartials = [&] (int first) {
            const float* from = partials + (std::int64_t) first * stride;
            const int floats = min (a.splitsAtOnce, used - first) * stride;
#pragma unroll 4
            for (int i = threadOfWarpGroup() * 2; i < floats; i += threads * 2)
                copyAsync<8> (loaded + i, from + i);
            commitGroup();
        };
        loadPartials (0);
#pragma unroll 1
        for (int h = threadOfWarpGroup() / 32; h < groupHeads; h += threads / 32)
            weighSplits (partials + h * (dim + 2), used, weights + h * used);
        constexpr int most = 2; // heads that a thread computes together
#pragma unroll 1
        for (int firstHead = 0; firstHead < groupHeads; firstHead += most * mine.groups)
        {
            float2 sums[most] = {};
            float totals[most] = {};
#pragma unroll 1
            for (int first = 0; first < used; first += a.splitsAtOnce)
            {
                if (first + firstHead > 0)
                    loadPartials (first);
                waitForGroups<0>();
                syncWarpGroup();
                const int count = min (a.splitsAtOnce, used - first);
#pragma unroll
                for (int i = 0; i < most; ++i)
                {
                    const int h = firstHead + mine.group + i * mine.groups;
                    if (mine.isIdle() || h >= groupHeads)
                        continue;
                    const float* from = loaded + h * (dim + 2);
#pragma unroll 4
                    for (int s = 0; s < count; ++s)
                    {
                        const float weight = weights[h * used + first + s];
                        const float2 two = *reinterpret_cast<const float2*> (from + s * stride + 2 * pair);
                        sums[i].x += weight * two.x;
                        sums[i].y += weight * two.y;
                        totals[i] += weight * from[s * stride + dim + 1];
                    }
                }
                syncWarpGroup();
            }
#pragma unroll
            for (int i = 0; i < most; ++i)
            {
                const int h = firstHead + mine.group + i * mine.groups;
                if (mine.isIdle() || h >= groupHeads)
                    continue;
                out[h * dim + 2 * pair] = (T) (sums[i].x / totals[i]);
                out[h * dim + 2 * pair + 1] = (T) (sums[i].y / totals[i]);
            }
        }
    }

    static constexpr int width = sizeof (Vec) / sizeof (T);
    const AttentionCall& a;
    int row, kv, split, dim, half, groupHeads, pitch;
    TableRow entry;
    int length, from, count, stored;
    float* shared;    // queries [groupHeads, dim], then scores, keys and values; in the end partial results
    float* scores;    // [groupHeads, attentionSplit]
    T *keys, *values; // [attentionSplit, pitch]
    T *storedKeys, *storedValues;
};

/** Shared memory of a split: what its keys and values take, and at least `least` bytes for partial results. Sets
    a.splitsAtOnce. */
template <typename T, typename Vec>
std::size_t attentionSharedBytes (AttentionCall& a, std::size_t least)
{
    const int groupHeads = a.heads / a.kvHeads;
    const std::size_t ofASplit =
        (std::size_t) (groupHeads * (a.dim + attentionSplit)) * sizeof (float) +
        2 * (std::size_t) attentionSplit * ((std::size_t) a.dim * sizeof (T) + sizeof (Vec));
    const std::size_t each = (std::size_t) (groupHeads * (a.dim + 2)) * sizeof (float);
    a.splitsAtOnce = std::clamp ((int) (std::max (ofASplit, least) / each), 1, a.splits);
    const std::size_t weights = (std::size_t) (groupHeads * a.splits) * sizeof (float);
    return std::max (ofASplit, (std::size_t) a.splitsAtOnce * each + weights);
}
} // namespace
} // namespace tableread::engine::kernels
