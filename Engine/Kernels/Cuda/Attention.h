// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cuda_bf16.h>
#include <type_traits>

#include "Device/KernelSizes.h"
#include "Kernels/Cuda/Copies.h"
#include "Kernels/Cuda/Teams.h"
#include "Kernels/Gpu/Kernels.h"

// The attention of a row by a team, part by part. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
/** A row of GpuAttention's table. A position below 0: the row is not in use. */
struct Row
{
    void *keys, *values; // [layers, kv heads, capacity, dim]
    std::int64_t capacity, position;
};

template <typename T>
__device__ inline float wide (T v)
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
    const Row* table;
    std::int64_t layer;
    float scale;
    float* parts;
    int splits;
    unsigned* counters;
    void* out;
    int partsAtOnce = 1;  // that the last one of a row takes into shared memory
    int bytesOfATeam = 0; // of shared memory
};

__device__ inline float highestOfWarp (float value)
{
#pragma unroll 1
    for (int offset = 16; offset > 0; offset /= 2)
        value = fmaxf (value, __shfl_xor_sync (~0u, value, offset));
    return value;
}

/** The weights of a row's parts, worked out by a warp for one head. */
__device__ inline void weighParts (const float* parts, int used, int stride, int dim, float* weights)
{
    const int lane = threadIdx.x % 32;
    float highest = -INFINITY;
#pragma unroll 1
    for (int s = lane; s < used; s += 32)
        highest = fmaxf (highest, weights[s] = __ldcg (parts + (std::int64_t) s * stride + dim));
    highest = highestOfWarp (highest);
#pragma unroll 1
    for (int s = lane; s < used; s += 32)
        weights[s] = __expf (weights[s] - highest);
}

/** Part of a row's attention: up to `attentionSplit` positions of one kv head, for all query heads that share it. Writes
    each head's unnormalised output, its highest score and the sum of its weights; the last part of a row and kv head to
    be done puts them together, in the order of the parts. Keys and values come into shared memory at once, in pieces of
    Vec, so that their way from memory is waited for once. The order of every sum depends on the part alone. 
    Append: a row is the newest position of its store, is rotated here and put there. */
template <typename T, typename Vec, bool Append>
class AttentionPart
{
public:
    __device__ AttentionPart (const AttentionCall& call, int rowIndex, int kvHead, int part,
                              unsigned char* memory)
        : a (call)
        , row (rowIndex)
        , kv (kvHead)
        , split (part)
        , dim (call.dim)
        , half (call.dim / 2)
        , groupHeads (call.heads / call.kvHeads)
        , pitch (call.dim + width)
        , entry (call.table[rowIndex])
        , length ((int) entry.position + 1)
        , from (part * attentionSplit)
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

    /** Keys and values that were there before are on their way from here on. */
    __device__ void request() const
    {
        const int pieces = dim / width, rowsAtOnce = threads / pieces;
        const int firstRow = threadOfTeam() / pieces, d = (threadOfTeam() - firstRow * pieces) * width;
        if (firstRow < rowsAtOnce)
#pragma unroll 1
            for (int p = firstRow; p < stored; p += rowsAtOnce)
            {
                copyAsync<sizeof (Vec)> (keys + p * pitch + d, storedKeys + p * dim + d);
                copyAsync<sizeof (Vec)> (values + p * pitch + d, storedValues + p * dim + d);
            }
        endGroup();
    }

    /** Behind request(), once the row is there. */
    __device__ void run() const
    {
        T* out = static_cast<T*> (a.out) + ((std::int64_t) row * a.heads + kv * groupHeads) * dim;
        if (length <= 0 && split == 0)
#pragma unroll 1
            for (int i = threadOfTeam(); i < groupHeads * dim; i += threads)
                out[i] = (T) 0.0f;
        if (from >= length)
            return;
        // A thread a pair of dimensions, for some of the heads.
        const int pairGroups = threads / half, group = threadOfTeam() / half,
                  pair = threadOfTeam() - group * half;
        takeRow (pairGroups, group, pair);
        waitForGroups<0>();
        syncTeam();

        const std::int64_t stride = (std::int64_t) groupHeads * (dim + 2);
        float* parts = a.parts + ((std::int64_t) row * a.kvHeads + kv) * a.splits * stride;
        weighPositions (parts + split * stride);
        syncTeam();
        if (group < pairGroups)
            addValues (parts + split * stride, pairGroups, group, pair);
        const int used = (length + attentionSplit - 1) / attentionSplit;
        if (isLast (used))
            putTogether (parts, used, out, pairGroups, group, pair);
    }

private:
    /** The row's queries, rotated, and its own key and value, which are the newest. */
    __device__ void takeRow (int pairGroups, int group, int pair) const
    {
        if (group >= pairGroups)
            return;
        const float* own = a.qkv + (std::int64_t) row * (a.heads + 2 * a.kvHeads) * dim;
        const float* q = own + kv * groupHeads * dim;
        float* query = shared;
        const float c = Append ? a.cosine[entry.position * half + pair] : 1.0f;
        const float s = Append ? a.sine[entry.position * half + pair] : 0.0f;
        const bool isNewest = stored < count && group == 0;
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
        for (int h = group; h < groupHeads; h += pairGroups)
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

    /** A warp a head, a lane a position. */
    __device__ void weighPositions (float* part) const
    {
        const int lane = threadIdx.x % 32;
#pragma unroll 1
        for (int h = threadOfTeam() / 32; h < groupHeads; h += threads / 32)
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
                        total[0] += q2.x * wide (k[u]);
                        total[1] += q2.y * wide (k[u + 1]);
                    }
                }
            const float score = lane < count ? total[0] + total[1] : -INFINITY;
            const float highest = highestOfWarp (score), weight = __expf (score - highest);
            scores[h * attentionSplit + lane] = weight;
            const float sum = sumOfWarp (weight);
            if (lane == 0)
            {
                part[h * (dim + 2) + dim] = highest;
                part[h * (dim + 2) + dim + 1] = sum;
            }
        }
    }

    __device__ void addValues (float* part, int pairGroups, int group, int pair) const
    {
#pragma unroll 1
        for (int h = group; h < groupHeads; h += pairGroups)
        {
            float2 sum {};
#pragma unroll 8
            for (int p = 0; p < count; ++p)
            {
                const float weight = scores[h * attentionSplit + p];
                sum.x += weight * wide (values[p * pitch + 2 * pair]);
                sum.y += weight * wide (values[p * pitch + 2 * pair + 1]);
            }
            *reinterpret_cast<float2*> (part + h * (dim + 2) + 2 * pair) = sum;
        }
    }

    /** Hands over the part. @returns whether it is the last of the row and kv head. */
    __device__ bool isLast (int used) const
    {
        __shared__ bool ofTeams[teams];
        bool& last = ofTeams[team()];
        syncTeam();
        if (threadOfTeam() == 0)
        {
            unsigned* counter = a.counters + row * a.kvHeads + kv;
            last = arriveAt (counter) == (unsigned) used - 1;
            if (last)
                *counter = 0; // ready for the next launch
        }
        syncTeam();
        return last;
    }

    /** Parts come into shared memory, some at once, the first while their weights are worked out. */
    __device__ void putTogether (const float* parts, int used, T* out, int pairGroups, int group,
                                 int pair) const
    {
        const int stride = groupHeads * (dim + 2);
        float* some = shared;                             // [partsAtOnce, groupHeads, dim + 2]
        float* weights = shared + a.partsAtOnce * stride; // [groupHeads, used]
        const auto requestParts = [&] (int first) {
            const float* from = parts + (std::int64_t) first * stride;
            const int floats = min (a.partsAtOnce, used - first) * stride;
#pragma unroll 4
            for (int i = threadOfTeam() * 2; i < floats; i += threads * 2)
                copyAsync<8> (some + i, from + i);
            endGroup();
        };
        requestParts (0);
#pragma unroll 1
        for (int h = threadOfTeam() / 32; h < groupHeads; h += threads / 32)
            weighParts (parts + h * (dim + 2), used, stride, dim, weights + h * used);
        constexpr int most = 2; // heads of a thread at once
#pragma unroll 1
        for (int firstHead = 0; firstHead < groupHeads; firstHead += most * pairGroups)
        {
            float2 sums[most] = {};
            float totals[most] = {};
#pragma unroll 1
            for (int first = 0; first < used; first += a.partsAtOnce)
            {
                if (first + firstHead > 0)
                    requestParts (first);
                waitForGroups<0>();
                syncTeam();
                const int count = min (a.partsAtOnce, used - first);
#pragma unroll
                for (int i = 0; i < most; ++i)
                {
                    const int h = firstHead + group + i * pairGroups;
                    if (group >= pairGroups || h >= groupHeads)
                        continue;
                    const float* from = some + h * (dim + 2);
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
                syncTeam();
            }
#pragma unroll
            for (int i = 0; i < most; ++i)
            {
                const int h = firstHead + group + i * pairGroups;
                if (group >= pairGroups || h >= groupHeads)
                    continue;
                out[h * dim + 2 * pair] = (T) (sums[i].x / totals[i]);
                out[h * dim + 2 * pair + 1] = (T) (sums[i].y / totals[i]);
            }
        }
    }

    static constexpr int width = sizeof (Vec) / sizeof (T);
    const AttentionCall& a;
    int row, kv, split, dim, half, groupHeads, pitch;
    Row entry;
    int length, from, count, stored;
    float* shared;    // queries [groupHeads, dim]; then what is below; in the end the parts' weights
    float* scores;    // [groupHeads, attentionSplit]
    T *keys, *values; // [attentionSplit, pitch]
    T *storedKeys, *storedValues;
};

/** Shared memory of a part: at least what its keys and values take. The last one of a row has `most` bytes for parts. */
template <typename T, typename Vec>
std::size_t attentionSharedBytes (AttentionCall& a, std::size_t most)
{
    const int groupHeads = a.heads / a.kvHeads;
    const std::size_t ofAPart =
        (std::size_t) (groupHeads * (a.dim + attentionSplit)) * sizeof (float) +
        2 * (std::size_t) attentionSplit * ((std::size_t) a.dim * sizeof (T) + sizeof (Vec));
    const std::size_t each = (std::size_t) (groupHeads * (a.dim + 2)) * sizeof (float);
    a.partsAtOnce = std::clamp ((int) (std::max (ofAPart, most) / each), 1, a.splits);
    const std::size_t weights = (std::size_t) (groupHeads * a.splits) * sizeof (float);
    return std::max (ofAPart, (std::size_t) a.partsAtOnce * each + weights);
}
} // namespace
} // namespace tableread::engine::kernels
