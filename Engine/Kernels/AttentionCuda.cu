// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <type_traits>

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

template <typename T>
__global__ void appendKernel (float* qkv, int heads, int kvHeads, int dim, const float* cosine,
                              const float* sine, const Row* table, std::int64_t layer)
{
    letNextStart();
    waitForInputs();
    const int row = blockIdx.x;
    const Row entry = table[row];
    if (entry.position < 0)
        return;
    const int half = dim / 2;
    float* base = qkv + (std::int64_t) row * (heads + 2 * kvHeads) * dim;
    const float *c = cosine + entry.position * half, *s = sine + entry.position * half;
    const std::int64_t layerOffset = layer * kvHeads * entry.capacity * dim;
    T* keys = static_cast<T*> (entry.keys) + layerOffset;
    T* values = static_cast<T*> (entry.values) + layerOffset;
    for (int i = threadIdx.x; i < (heads + kvHeads) * half; i += blockDim.x)
    {
        const int h = i / half, j = i % half;
        const float a = base[h * dim + j], b = base[h * dim + j + half];
        const float x = a * c[j] - b * s[j], y = b * c[j] + a * s[j];
        if (h < heads)
        {
            base[h * dim + j] = x;
            base[h * dim + j + half] = y;
        }
        else
        {
            T* to = keys + ((std::int64_t) (h - heads) * entry.capacity + entry.position) * dim;
            to[j] = (T) x;
            to[j + half] = (T) y;
        }
    }
    for (int i = threadIdx.x; i < kvHeads * dim; i += blockDim.x)
        values[((std::int64_t) (i / dim) * entry.capacity + entry.position) * dim + i % dim] =
            (T) base[(heads + kvHeads) * dim + i];
}

constexpr int partThreads = 256;
constexpr int headsAtOnce = 8; // sums that a thread keeps in registers

/** The weights of a row's parts, worked out by a warp for one head; @returns their sum. */
__device__ inline float weighParts (const float* parts, int used, std::int64_t stride, int dim,
                                    float* weights)
{
    const int lane = threadIdx.x % 32;
    float highest = -INFINITY, total = 0;
    for (int s = lane; s < used; s += 32)
        highest = fmaxf (highest, __ldcg (parts + s * stride + dim));
    for (int o = 16; o > 0; o /= 2)
        highest = fmaxf (highest, __shfl_xor_sync (~0u, highest, o));
    for (int s = lane; s < used; s += 32)
    {
        weights[s] = __expf (__ldcg (parts + s * stride + dim) - highest);
        total += weights[s] * __ldcg (parts + s * stride + dim + 1);
    }
    for (int o = 16; o > 0; o /= 2)
        total += __shfl_xor_sync (~0u, total, o);
    return total;
}

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

/** Part of a row's attention: up to `chunkPositions` positions of one kv head, for all query heads that share it. Writes
    each head's unnormalised output, its highest score and the sum of its weights; the last part of a row and kv head to
    be done puts them together, in the order of the parts. Keys and values come into shared memory at once, in pieces of
    Vec, so that their way from memory is waited for once. The order of every sum depends on the part alone.
    Append: a row is the newest position of its store, is rotated here and put there. */
template <typename T, typename Vec, bool Append>
__global__ void __launch_bounds__ (partThreads) partKernel (PartCall a)
{
    extern __shared__ __align__ (16) float shared[];
    constexpr int width = sizeof (Vec) / sizeof (T);
    const int row = blockIdx.x, kv = blockIdx.y, split = blockIdx.z, dim = a.dim, half = dim / 2;
    letNextStart();
    waitForInputs();
    const Row entry = a.table[row];
    const int length = (int) entry.position + 1, from = split * chunkPositions;
    const int groupHeads = a.heads / a.kvHeads;
    T* out = static_cast<T*> (a.out) + ((std::int64_t) row * a.heads + kv * groupHeads) * dim;
    if (length <= 0 && split == 0)
        for (int i = threadIdx.x; i < groupHeads * dim; i += partThreads)
            out[i] = (T) 0.0f;
    if (from >= length)
        return;
    const int count = min (chunkPositions, length - from);
    const int stored = Append && from + count == length ? count - 1 : count;
    const int pairs = dim / 2, groups = partThreads / pairs, pitch = dim + width;
    float* query = shared;                                              // [groupHeads, dim]
    float* scores = query + groupHeads * dim;                           // [groupHeads, chunkPositions]
    float* sums = scores + groupHeads * chunkPositions;                 // [groups, headsAtOnce, dim]
    T* keys = reinterpret_cast<T*> (sums + groups * headsAtOnce * dim); // [chunkPositions, pitch]
    T* values = keys + chunkPositions * pitch;
    T* storedKeys = static_cast<T*> (entry.keys) + ((a.layer * a.kvHeads + kv) * entry.capacity + from) * dim;
    T* storedValues =
        static_cast<T*> (entry.values) + ((a.layer * a.kvHeads + kv) * entry.capacity + from) * dim;
    const int pieces = dim / width;
#pragma unroll 4
    for (int i = threadIdx.x; i < stored * pieces; i += partThreads)
    {
        const int p = i / pieces, d = (i - p * pieces) * width;
        const Vec k = reinterpret_cast<const Vec*> (storedKeys)[i],
                  v = reinterpret_cast<const Vec*> (storedValues)[i];
        *reinterpret_cast<Vec*> (keys + p * pitch + d) = k;
        *reinterpret_cast<Vec*> (values + p * pitch + d) = v;
    }
    const float* own = a.qkv + (std::int64_t) row * (a.heads + 2 * a.kvHeads) * dim;
    const float* q = own + kv * groupHeads * dim;
    if constexpr (Append)
    {
        const float *c = a.cosine + entry.position * half, *s = a.sine + entry.position * half;
        for (int i = threadIdx.x; i < groupHeads * half; i += partThreads)
        {
            const int h = i / half, j = i - h * half;
            const float x = q[h * dim + j], y = q[h * dim + j + half];
            query[h * dim + j] = (x * c[j] - y * s[j]) * a.scale;
            query[h * dim + j + half] = (y * c[j] + x * s[j]) * a.scale;
        }
        if (stored < count)
        {
            const float *k = own + (a.heads + kv) * dim, *v = k + a.kvHeads * dim;
            for (int j = threadIdx.x; j < half; j += partThreads)
            {
                const T x = (T) (k[j] * c[j] - k[j + half] * s[j]),
                        y = (T) (k[j + half] * c[j] + k[j] * s[j]);
                keys[stored * pitch + j] = storedKeys[stored * dim + j] = x;
                keys[stored * pitch + j + half] = storedKeys[stored * dim + j + half] = y;
            }
            for (int d = threadIdx.x; d < dim; d += partThreads)
                values[stored * pitch + d] = storedValues[stored * dim + d] = (T) v[d];
        }
    }
    else
        for (int i = threadIdx.x; i < groupHeads * dim; i += partThreads)
            query[i] = q[i] * a.scale;
    __syncthreads();
    for (int i = threadIdx.x; i < groupHeads * chunkPositions; i += partThreads)
    {
        const int h = i / chunkPositions, p = i % chunkPositions;
        if (p >= count)
            continue;
        float total[2] = {};
#pragma unroll 4
        for (int d = 0; d < dim; d += width)
        {
            const Vec piece = *reinterpret_cast<const Vec*> (keys + p * pitch + d);
            const T* k = reinterpret_cast<const T*> (&piece);
#pragma unroll
            for (int u = 0; u < width; ++u)
                total[u % 2] += query[h * dim + d + u] * wide (k[u]);
        }
        scores[i] = total[0] + total[1];
    }
    __syncthreads();
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const std::int64_t stride = (std::int64_t) groupHeads * (dim + 2);
    float* parts = a.parts + ((std::int64_t) row * a.kvHeads + kv) * a.splits * stride;
    float* part = parts + split * stride;
    for (int h = warp; h < groupHeads; h += partThreads / 32)
    {
        float highest = -INFINITY, total = 0;
        for (int p = lane; p < count; p += 32)
            highest = fmaxf (highest, scores[h * chunkPositions + p]);
        for (int o = 16; o > 0; o /= 2)
            highest = fmaxf (highest, __shfl_xor_sync (~0u, highest, o));
        for (int p = lane; p < count; p += 32)
        {
            const float e = __expf (scores[h * chunkPositions + p] - highest);
            scores[h * chunkPositions + p] = e;
            total += e;
        }
        for (int o = 16; o > 0; o /= 2)
            total += __shfl_xor_sync (~0u, total, o);
        if (lane == 0)
        {
            part[h * (dim + 2) + dim] = highest;
            part[h * (dim + 2) + dim + 1] = total;
        }
    }
    __syncthreads();
    const int group = threadIdx.x / pairs, d = threadIdx.x % pairs * 2;
    for (int h0 = 0; h0 < groupHeads; h0 += headsAtOnce)
    {
        float2 mine[headsAtOnce] = {};
        if (group < groups)
        {
            for (int p = group; p < count; p += groups)
            {
                const float x = wide (values[p * pitch + d]), y = wide (values[p * pitch + d + 1]);
#pragma unroll
                for (int h = 0; h < headsAtOnce; ++h)
                    if (h0 + h < groupHeads)
                    {
                        const float weight = scores[(h0 + h) * chunkPositions + p];
                        mine[h].x += weight * x;
                        mine[h].y += weight * y;
                    }
            }
#pragma unroll
            for (int h = 0; h < headsAtOnce; ++h)
            {
                sums[(group * headsAtOnce + h) * dim + d] = mine[h].x;
                sums[(group * headsAtOnce + h) * dim + d + 1] = mine[h].y;
            }
        }
        __syncthreads();
        for (int i = threadIdx.x; i < min (headsAtOnce, groupHeads - h0) * dim; i += partThreads)
        {
            float total = 0;
            for (int g = 0; g < groups; ++g)
                total += sums[g * headsAtOnce * dim + i];
            part[(h0 + i / dim) * (dim + 2) + i % dim] = total;
        }
        __syncthreads();
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
    for (int h = warp; h < groupHeads; h += partThreads / 32)
    {
        const float total = weighParts (parts + h * (dim + 2), used, stride, dim, weights + h * used);
        if (lane == 0)
            whole[h] = total;
    }
    __syncthreads();
    for (int i = threadIdx.x; i < groupHeads * dim; i += partThreads)
    {
        const int h = i / dim;
        const float* from = parts + h * (dim + 2) + i % dim;
        float sum = 0;
#pragma unroll 8
        for (int s = 0; s < used; ++s)
            sum += weights[h * used + s] * __ldcg (from + s * stride);
        out[i] = (T) (sum / whole[h]);
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
    const int groupHeads = a.heads / a.kvHeads, groups = partThreads / (a.dim / 2);
    const std::size_t ofAPart =
        (std::size_t) (groupHeads * (a.dim + chunkPositions) + groups * headsAtOnce * a.dim) *
            sizeof (float) +
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
