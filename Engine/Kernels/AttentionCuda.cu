// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <type_traits>

#include "Kernels/CudaCopies.h"
#include "Kernels/CudaLaunch.h"

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

constexpr int chunkPositions = (int) gpuPositionsOfAPart;

template <typename T>
__device__ inline float wide (T v)
{
    return (float) v;
}

/** Rotates a row's queries in place and puts its keys, rotated, and values into its store. */
template <typename T>
__global__ void appendKernel (float* qkv, int heads, int kvHeads, int dim, const float* cosine,
                              const float* sine, const Row* table, std::int64_t layer)
{
    letNextStart();
    waitForInputs();
    const int row = blockIdx.x, half = dim / 2;
    const Row entry = table[row];
    if (entry.position < 0)
        return;
    float* base = qkv + (std::int64_t) row * (heads + 2 * kvHeads) * dim;
    const float *c = cosine + entry.position * half, *s = sine + entry.position * half;
    const auto placeOf = [&] (int h) {
        return ((layer * kvHeads + h) * entry.capacity + entry.position) * dim;
    };
    T *keys = static_cast<T*> (entry.keys), *values = static_cast<T*> (entry.values);
    for (int i = threadIdx.x; i < (heads + kvHeads) * half; i += blockDim.x)
    {
        const int h = i / half, j = i % half;
        const float a = base[h * dim + j], b = base[h * dim + j + half];
        const float x = a * c[j] - b * s[j], y = b * c[j] + a * s[j];
        if (h < heads)
        {
            base[h * dim + j] = x;
            base[h * dim + j + half] = y;
            continue;
        }
        T* to = keys + placeOf (h - heads);
        to[j] = (T) x;
        to[j + half] = (T) y;
    }
    for (int i = threadIdx.x; i < kvHeads * dim; i += blockDim.x)
        values[placeOf (i / dim) + i % dim] = (T) base[(heads + kvHeads) * dim + i];
}

constexpr int partThreads = 256;
static_assert (chunkPositions == 32, "a lane a position");

struct PartCall
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
};

template <typename Combine>
__device__ inline float overWarp (float value, Combine&& combine)
{
#pragma unroll 1
    for (int o = 16; o > 0; o /= 2)
        value = combine (value, __shfl_xor_sync (~0u, value, o));
    return value;
}

__device__ inline float highestOf (float a, float b)
{
    return fmaxf (a, b);
}

__device__ inline float sumOf (float a, float b)
{
    return a + b;
}

/** The weights of a row's parts, worked out by a warp for one head; @returns their sum. */
__device__ inline float weighParts (const float* parts, int used, std::int64_t stride, int dim,
                                    float* weights)
{
    const int lane = threadIdx.x % 32;
    float highest = -INFINITY, total = 0;
#pragma unroll 1
    for (int s = lane; s < used; s += 32)
        highest = fmaxf (highest, weights[s] = __ldcg (parts + s * stride + dim));
    highest = overWarp (highest, highestOf);
#pragma unroll 1
    for (int s = lane; s < used; s += 32)
    {
        weights[s] = __expf (weights[s] - highest);
        total += weights[s] * __ldcg (parts + s * stride + dim + 1);
    }
    return overWarp (total, sumOf);
}

/** Part of a row's attention: up to `chunkPositions` positions of one kv head, for all query heads that share it. Writes
    each head's unnormalised output, its highest score and the sum of its weights; the last part of a row and kv head to
    be done puts them together, in the order of the parts. Keys and values come into shared memory at once, in pieces of
    Vec, so that their way from memory is waited for once. The order of every sum depends on the part alone. Loops stay
    loops: what takes long here is fetching instructions.
    Append: a row is the newest position of its store, is rotated here and put there. */
template <typename T, typename Vec, bool Append>
__global__ void __launch_bounds__ (partThreads) partKernel (PartCall a)
{
    extern __shared__ __align__ (16) float shared[];
    constexpr int width = sizeof (Vec) / sizeof (T);
    const int row = blockIdx.x, kv = blockIdx.y, split = blockIdx.z, dim = a.dim, half = dim / 2;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    letNextStart();
    if constexpr (! Append)
        waitForInputs(); // for keys and values too, which the kernel before has put there
    const Row entry = a.table[row];
    const int length = (int) entry.position + 1, from = split * chunkPositions;
    const int groupHeads = a.heads / a.kvHeads;
    T* out = static_cast<T*> (a.out) + ((std::int64_t) row * a.heads + kv * groupHeads) * dim;
    if (from >= length)
    {
        if constexpr (Append)
            waitForInputs();
        if (length <= 0 && split == 0)
#pragma unroll 1
            for (int i = threadIdx.x; i < groupHeads * dim; i += partThreads)
                out[i] = (T) 0.0f;
        return;
    }
    const int count = min (chunkPositions, length - from);
    const int stored = Append && from + count == length ? count - 1 : count;
    const int pitch = dim + width;
    float* query = shared;                                                 // [groupHeads, dim]
    float* scores = query + groupHeads * dim;                              // [groupHeads, chunkPositions]
    T* keys = reinterpret_cast<T*> (scores + groupHeads * chunkPositions); // [chunkPositions, pitch]
    T* values = keys + chunkPositions * pitch;
    const std::int64_t offset = ((a.layer * a.kvHeads + kv) * entry.capacity + from) * dim;
    T *storedKeys = static_cast<T*> (entry.keys) + offset,
      *storedValues = static_cast<T*> (entry.values) + offset;
    {
        const int pieces = dim / width, rowsAtOnce = partThreads / pieces;
        const int firstRow = threadIdx.x / pieces, d = (threadIdx.x - firstRow * pieces) * width;
        if (firstRow < rowsAtOnce)
#pragma unroll 1
            for (int p = firstRow; p < stored; p += rowsAtOnce)
            {
                copyAsync<sizeof (Vec)> (keys + p * pitch + d, storedKeys + p * dim + d);
                copyAsync<sizeof (Vec)> (values + p * pitch + d, storedValues + p * dim + d);
            }
        endGroup();
    }
    if constexpr (Append)
        waitForInputs();

    // A thread a pair of dimensions, for some of the heads.
    const int pairGroups = partThreads / half, group = threadIdx.x / half, pair = threadIdx.x - group * half;
    const float* own = a.qkv + (std::int64_t) row * (a.heads + 2 * a.kvHeads) * dim;
    const float* q = own + kv * groupHeads * dim;
    if (group < pairGroups)
    {
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
    waitForGroups<0>();
    __syncthreads();

    const std::int64_t stride = (std::int64_t) groupHeads * (dim + 2);
    float* parts = a.parts + ((std::int64_t) row * a.kvHeads + kv) * a.splits * stride;
    float* part = parts + split * stride;
#pragma unroll 1
    for (int h = warp; h < groupHeads; h += partThreads / 32)
    {
        float total[2] = {};
        if (lane < count)
#pragma unroll 1
            for (int d = 0; d < dim; d += width)
            {
                const Vec piece = *reinterpret_cast<const Vec*> (keys + lane * pitch + d);
                const T* k = reinterpret_cast<const T*> (&piece);
#pragma unroll
                for (int u = 0; u < width; u += 2)
                {
                    const float2 q2 = *reinterpret_cast<const float2*> (query + h * dim + d + u);
                    total[0] += q2.x * wide (k[u]);
                    total[1] += q2.y * wide (k[u + 1]);
                }
            }
        const float score = lane < count ? total[0] + total[1] : -INFINITY;
        const float highest = overWarp (score, highestOf), weight = __expf (score - highest);
        scores[h * chunkPositions + lane] = weight;
        const float sum = overWarp (weight, sumOf);
        if (lane == 0)
        {
            part[h * (dim + 2) + dim] = highest;
            part[h * (dim + 2) + dim + 1] = sum;
        }
    }
    __syncthreads();
    if (group < pairGroups)
#pragma unroll 1
        for (int h = group; h < groupHeads; h += pairGroups)
        {
            float2 sum {};
#pragma unroll 4
            for (int p = 0; p < count; ++p)
            {
                const float weight = scores[h * chunkPositions + p];
                sum.x += weight * wide (values[p * pitch + 2 * pair]);
                sum.y += weight * wide (values[p * pitch + 2 * pair + 1]);
            }
            *reinterpret_cast<float2*> (part + h * (dim + 2) + 2 * pair) = sum;
        }

    const int used = (length + chunkPositions - 1) / chunkPositions;
    __shared__ bool last;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0)
    {
        unsigned* counter = a.counters + row * a.kvHeads + kv;
        last = atomicAdd (counter, 1u) == (unsigned) used - 1;
        if (last)
            *counter = 0; // ready for the next launch
    }
    __syncthreads();
    if (! last)
        return;
    __threadfence();
    float* whole = shared;               // [groupHeads]
    float* weights = whole + groupHeads; // [groupHeads, used]
#pragma unroll 1
    for (int h = warp; h < groupHeads; h += partThreads / 32)
    {
        const float total = weighParts (parts + h * (dim + 2), used, stride, dim, weights + h * used);
        if (lane == 0)
            whole[h] = total;
    }
    __syncthreads();
    if (group < pairGroups)
#pragma unroll 1
        for (int h = group; h < groupHeads; h += pairGroups)
        {
            const float* from = parts + h * (dim + 2) + 2 * pair;
            float2 sum {};
#pragma unroll 4
            for (int s = 0; s < used; ++s)
            {
                const float2 two = __ldcg (reinterpret_cast<const float2*> (from + s * stride));
                sum.x += weights[h * used + s] * two.x;
                sum.y += weights[h * used + s] * two.y;
            }
            out[h * dim + 2 * pair] = (T) (sum.x / whole[h]);
            out[h * dim + 2 * pair + 1] = (T) (sum.y / whole[h]);
        }
}

template <typename T, typename Vec>
void run (const GpuAttention& a, void* stream)
{
    const PartCall call { a.qkv,
                          a.heads,
                          a.kvHeads,
                          a.dim,
                          a.cosine,
                          a.sine,
                          reinterpret_cast<const Row*> (a.table),
                          a.layer,
                          1.0f / sqrtf ((float) a.dim),
                          a.scratch,
                          a.parts,
                          a.counters,
                          a.out };
    const auto rows = (unsigned) a.rows;
    const int groupHeads = a.heads / a.kvHeads;
    const std::size_t ofAPart =
        (std::size_t) (groupHeads * (a.dim + chunkPositions)) * sizeof (float) +
        2 * (std::size_t) chunkPositions * ((std::size_t) a.dim * sizeof (T) + sizeof (Vec));
    const std::size_t ofTheSum = (std::size_t) groupHeads * (std::size_t) (1 + a.parts) * sizeof (float);
    const dim3 grid (rows, (unsigned) a.kvHeads, (unsigned) a.parts);
    if (! a.append)
        launch (appendKernel<T>, dim3 (rows), partThreads, 0, stream, a.qkv, a.heads, a.kvHeads, a.dim,
                a.cosine, a.sine, call.table, a.layer);
    launch (a.append ? partKernel<T, Vec, true> : partKernel<T, Vec, false>, grid, partThreads,
            std::max (ofAPart, ofTheSum), stream, call);
}

template <typename T>
void chooseVec (const GpuAttention& a, void* stream)
{
    if (a.dim * sizeof (T) % sizeof (uint4) == 0)
        run<T, uint4> (a, stream);
    else
        run<T, typename std::conditional<sizeof (T) == 2, unsigned, float2>::type> (a, stream);
}
} // namespace

void cudaAttention (const GpuAttention& call, void* stream)
{
    if (call.bfloat16)
        chooseVec<__nv_bfloat16> (call, stream);
    else
        chooseVec<float> (call, stream);
}
} // namespace tableread::engine::kernels
