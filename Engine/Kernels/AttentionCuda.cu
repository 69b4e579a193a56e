// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <type_traits>

#include "Kernels/CudaParts.h"

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

/** Part of a row's attention: up to `chunkPositions` positions of one kv head, for all query heads that share it. Writes
    each head's unnormalised output, its highest score and the sum of its weights. Keys and values come into shared memory
    at once, so that their way from memory is waited for once. The order of every sum depends on the part alone. */
template <typename T>
__global__ void __launch_bounds__ (partThreads)
    partKernel (const float* qkv, int heads, int kvHeads, int dim, const Row* table, std::int64_t layer,
                float scale, float* parts, int splits)
{
    extern __shared__ float shared[];
    const int row = blockIdx.x, kv = blockIdx.y, split = blockIdx.z;
    const Row entry = table[row];
    const int length = (int) entry.position + 1, from = split * chunkPositions;
    if (from >= length)
        return;
    const int count = min (chunkPositions, length - from), groupHeads = heads / kvHeads;
    const int pairs = dim / 2, groups = partThreads / pairs,
              pitch = dim + 2;                          // an odd number of words: rows lie in other banks
    float* query = shared;                              // [groupHeads, dim]
    float* scores = query + groupHeads * dim;           // [groupHeads, chunkPositions]
    float* sums = scores + groupHeads * chunkPositions; // [groups, headsAtOnce, dim]
    T* keys = reinterpret_cast<T*> (sums + groups * headsAtOnce * dim); // [chunkPositions, pitch]
    T* values = keys + chunkPositions * pitch;
    const std::int64_t offset = ((layer * kvHeads + kv) * entry.capacity + from) * dim;
    using Pair = typename std::conditional<sizeof (T) == 2, unsigned, float2>::type;
    const auto* storedKeys = reinterpret_cast<const Pair*> (static_cast<const T*> (entry.keys) + offset);
    const auto* storedValues = reinterpret_cast<const Pair*> (static_cast<const T*> (entry.values) + offset);
#pragma unroll 4
    for (int i = threadIdx.x; i < count * pairs; i += partThreads)
    {
        const int p = i / pairs, d = i - p * pairs;
        const Pair k = storedKeys[i], v = storedValues[i];
        *reinterpret_cast<Pair*> (keys + p * pitch + 2 * d) = k;
        *reinterpret_cast<Pair*> (values + p * pitch + 2 * d) = v;
    }
    const float* q = qkv + ((std::int64_t) row * (heads + 2 * kvHeads) + kv * groupHeads) * dim;
    for (int i = threadIdx.x; i < groupHeads * dim; i += partThreads)
        query[i] = q[i] * scale;
    __syncthreads();
    for (int i = threadIdx.x; i < groupHeads * chunkPositions; i += partThreads)
    {
        const int h = i / chunkPositions, p = i % chunkPositions;
        if (p >= count)
            continue;
        float even = 0, odd = 0;
        for (int d = 0; d < dim; d += 2)
        {
            even += query[h * dim + d] * wide (keys[p * pitch + d]);
            odd += query[h * dim + d + 1] * wide (keys[p * pitch + d + 1]);
        }
        scores[i] = even + odd;
    }
    __syncthreads();
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    float* out = parts + (((std::int64_t) row * kvHeads + kv) * splits + split) * groupHeads * (dim + 2);
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
            out[h * (dim + 2) + dim] = highest;
            out[h * (dim + 2) + dim + 1] = total;
        }
    }
    __syncthreads();
    const int group = threadIdx.x / pairs, d = threadIdx.x % pairs * 2;
    for (int h0 = 0; h0 < groupHeads; h0 += headsAtOnce)
    {
        float2 own[headsAtOnce] = {};
        if (group < groups)
        {
            for (int p = group; p < count; p += groups)
            {
                const float a = wide (values[p * pitch + d]), b = wide (values[p * pitch + d + 1]);
#pragma unroll
                for (int h = 0; h < headsAtOnce; ++h)
                    if (h0 + h < groupHeads)
                    {
                        const float weight = scores[(h0 + h) * chunkPositions + p];
                        own[h].x += weight * a;
                        own[h].y += weight * b;
                    }
            }
#pragma unroll
            for (int h = 0; h < headsAtOnce; ++h)
            {
                sums[(group * headsAtOnce + h) * dim + d] = own[h].x;
                sums[(group * headsAtOnce + h) * dim + d + 1] = own[h].y;
            }
        }
        __syncthreads();
        for (int i = threadIdx.x; i < min (headsAtOnce, groupHeads - h0) * dim; i += partThreads)
        {
            float total = 0;
            for (int g = 0; g < groups; ++g)
                total += sums[g * headsAtOnce * dim + i];
            out[(h0 + i / dim) * (dim + 2) + i % dim] = total;
        }
        __syncthreads();
    }
}

/** A warp for each 32 dimensions; the parts' weights first, together, then their sum. */
__global__ void combineKernel (const float* parts, int heads, int kvHeads, int dim, const Row* table,
                               int splits, float* out)
{
    extern __shared__ float weights[]; // [splits]
    __shared__ float whole;
    const int row = blockIdx.x, head = blockIdx.y, groupHeads = heads / kvHeads;
    const Row entry = table[row];
    const int used = entry.position < 0 ? 0 : (int) (entry.position / chunkPositions) + 1;
    const std::int64_t stride = (std::int64_t) groupHeads * (dim + 2);
    const float* from = parts + ((std::int64_t) row * kvHeads + head / groupHeads) * splits * stride +
                        head % groupHeads * (dim + 2);
    if (threadIdx.x < 32)
    {
        float highest = -INFINITY, total = 0;
        for (int s = (int) threadIdx.x; s < used; s += 32)
            highest = fmaxf (highest, from[s * stride + dim]);
        for (int o = 16; o > 0; o /= 2)
            highest = fmaxf (highest, __shfl_xor_sync (~0u, highest, o));
        for (int s = (int) threadIdx.x; s < used; s += 32)
        {
            weights[s] = __expf (from[s * stride + dim] - highest);
            total += weights[s] * from[s * stride + dim + 1];
        }
        for (int o = 16; o > 0; o /= 2)
            total += __shfl_xor_sync (~0u, total, o);
        if (threadIdx.x == 0)
            whole = total;
    }
    __syncthreads();
    for (int d = threadIdx.x; d < dim; d += blockDim.x)
    {
        float sum = 0;
#pragma unroll 8
        for (int s = 0; s < used; ++s)
            sum += weights[s] * from[s * stride + d];
        out[((std::int64_t) row * heads + head) * dim + d] = used > 0 ? sum / whole : 0.0f;
    }
}

template <typename T>
void run (const GpuAttention& a, cudaStream_t stream)
{
    const auto* table = reinterpret_cast<const Row*> (a.table);
    const auto rows = (unsigned) a.rows;
    const int groupHeads = a.heads / a.kvHeads, groups = partThreads / (a.dim / 2);
    const std::size_t bytes =
        (std::size_t) (groupHeads * (a.dim + chunkPositions) + groups * headsAtOnce * a.dim) *
            sizeof (float) +
        2 * (std::size_t) chunkPositions * (std::size_t) (a.dim + 2) * sizeof (T);
    if (bytes > 48 * 1024)
        check (
            cudaFuncSetAttribute (partKernel<T>, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) bytes));
    appendKernel<T>
        <<<rows, 256, 0, stream>>> (a.qkv, a.heads, a.kvHeads, a.dim, a.cosine, a.sine, table, a.layer);
    partKernel<T><<<dim3 (rows, (unsigned) a.kvHeads, (unsigned) a.parts), partThreads, bytes, stream>>> (
        a.qkv, a.heads, a.kvHeads, a.dim, table, a.layer, 1.0f / sqrtf ((float) a.dim), a.scratch, a.parts);
    // The compiler reads weights ahead, eight at a time: none of that may lie behind the end.
    const std::size_t weightBytes = (std::size_t) (a.parts + 7) / 8 * 8 * sizeof (float);
    combineKernel<<<dim3 (rows, (unsigned) a.heads), 128, weightBytes, stream>>> (
        a.scratch, a.heads, a.kvHeads, a.dim, table, a.parts, a.out);
    check (cudaGetLastError());
}
} // namespace

void cudaAttention (const GpuAttention& call, void* stream)
{
    if (call.bfloat16)
        run<__nv_bfloat16> (call, static_cast<cudaStream_t> (stream));
    else
        run<float> (call, static_cast<cudaStream_t> (stream));
}
} // namespace tableread::engine::kernels
