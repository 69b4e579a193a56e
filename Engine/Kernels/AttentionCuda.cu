// SPDX-License-Identifier: Apache-2.0
#include <cuda_bf16.h>
#include <cuda_runtime.h>
#include <cstdint>

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

template <typename T> __device__ inline float wide (T v) { return (float) v; }

template <typename T>
__global__ void appendKernel (float* qkv, int heads, int kvHeads, int dim, const float* cosine, const float* sine, const Row* table, std::int64_t layer)
{
    const int row = blockIdx.x;
    const Row entry = table[row];
    if (entry.position < 0) return;
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
        if (h < heads) { base[h * dim + j] = x; base[h * dim + j + half] = y; }
        else
        {
            T* to = keys + ((std::int64_t) (h - heads) * entry.capacity + entry.position) * dim;
            to[j] = (T) x; to[j + half] = (T) y;
        }
    }
    for (int i = threadIdx.x; i < kvHeads * dim; i += blockDim.x)
        values[((std::int64_t) (i / dim) * entry.capacity + entry.position) * dim + i % dim] = (T) base[(heads + kvHeads) * dim + i];
}

/** Part of a row's attention: `chunkPositions` positions of one kv head for all query heads that share it. Writes the part's maximum, sum and unnormalised output. */
template <typename T>
__global__ void partKernel (const float* qkv, int heads, int kvHeads, int dim, const Row* table, std::int64_t layer, float scale, float* parts, int splits)
{
    extern __shared__ float shared[];
    const int row = blockIdx.x, kv = blockIdx.y, split = blockIdx.z;
    const Row entry = table[row];
    const int length = (int) entry.position + 1, from = split * chunkPositions;
    if (from >= length) return;
    const int count = min (chunkPositions, length - from), groupHeads = heads / kvHeads;
    float* query = shared;                       // [groupHeads, dim]
    float* scores = shared + groupHeads * dim;   // [groupHeads, chunkPositions]
    const float* q = qkv + (std::int64_t) row * (heads + 2 * kvHeads) * dim + kv * groupHeads * dim;
    for (int i = threadIdx.x; i < groupHeads * dim; i += blockDim.x) query[i] = q[i] * scale;
    __syncthreads();
    const std::int64_t offset = layer * kvHeads * entry.capacity * dim + ((std::int64_t) kv * entry.capacity + from) * dim;
    const T* keys = static_cast<const T*> (entry.keys) + offset;
    const T* values = static_cast<const T*> (entry.values) + offset;
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, warps = blockDim.x / 32;
    // A warp a position: its lanes share the dimensions.
    for (int p = warp; p < count; p += warps)
    {
        for (int h = 0; h < groupHeads; ++h)
        {
            float sum = 0;
            for (int i = lane; i < dim; i += 32) sum += query[h * dim + i] * wide (keys[(std::int64_t) p * dim + i]);
            for (int o = 16; o > 0; o /= 2) sum += __shfl_xor_sync (~0u, sum, o);
            if (lane == 0) scores[h * chunkPositions + p] = sum;
        }
    }
    __syncthreads();
    float* out = parts + (((std::int64_t) row * kvHeads + kv) * splits + split) * groupHeads * (dim + 2);
    for (int h = warp; h < groupHeads; h += warps)
    {
        float highest = -INFINITY, total = 0;
        for (int p = lane; p < count; p += 32) highest = fmaxf (highest, scores[h * chunkPositions + p]);
        for (int o = 16; o > 0; o /= 2) highest = fmaxf (highest, __shfl_xor_sync (~0u, highest, o));
        for (int p = lane; p < count; p += 32)
        {
            const float e = __expf (scores[h * chunkPositions + p] - highest);
            scores[h * chunkPositions + p] = e;
            total += e;
        }
        for (int o = 16; o > 0; o /= 2) total += __shfl_xor_sync (~0u, total, o);
        if (lane == 0) { out[h * (dim + 2) + dim] = highest; out[h * (dim + 2) + dim + 1] = total; }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < groupHeads * dim; i += blockDim.x)
    {
        const int h = i / dim, d = i % dim;
        float sum = 0;
        for (int p = 0; p < count; ++p) sum += scores[h * chunkPositions + p] * wide (values[(std::int64_t) p * dim + d]);
        out[h * (dim + 2) + d] = sum;
    }
}

__global__ void combineKernel (const float* parts, int heads, int kvHeads, int dim, const Row* table, int splits, float* out)
{
    const int row = blockIdx.x, head = blockIdx.y, groupHeads = heads / kvHeads;
    const Row entry = table[row];
    const int used = entry.position < 0 ? 0 : (int) (entry.position / chunkPositions) + 1;
    const float* from = parts + ((std::int64_t) row * kvHeads + head / groupHeads) * splits * groupHeads * (dim + 2) + head % groupHeads * (dim + 2);
    const std::int64_t stride = (std::int64_t) groupHeads * (dim + 2);
    float highest = -INFINITY;
    for (int s = 0; s < used; ++s) highest = fmaxf (highest, from[s * stride + dim]);
    for (int d = threadIdx.x; d < dim; d += blockDim.x)
    {
        float sum = 0, total = 0;
        for (int s = 0; s < used; ++s)
        {
            const float weight = __expf (from[s * stride + dim] - highest);
            sum += weight * from[s * stride + d];
            total += weight * from[s * stride + dim + 1];
        }
        out[((std::int64_t) row * heads + head) * dim + d] = used > 0 ? sum / total : 0.0f;
    }
}

template <typename T>
void run (const GpuAttention& a, cudaStream_t stream)
{
    const auto* table = reinterpret_cast<const Row*> (a.table);
    const auto rows = (unsigned) a.rows;
    const std::size_t bytes = (std::size_t) a.heads / (std::size_t) a.kvHeads * (std::size_t) (a.dim + chunkPositions) * sizeof (float);
    appendKernel<T><<<rows, 256, 0, stream>>> (a.qkv, a.heads, a.kvHeads, a.dim, a.cosine, a.sine, table, a.layer);
    partKernel<T><<<dim3 (rows, (unsigned) a.kvHeads, (unsigned) a.parts), 256, bytes, stream>>> (
        a.qkv, a.heads, a.kvHeads, a.dim, table, a.layer, 1.0f / sqrtf ((float) a.dim), a.scratch, a.parts);
    combineKernel<<<dim3 (rows, (unsigned) a.heads), 128, 0, stream>>> (a.scratch, a.heads, a.kvHeads, a.dim, table, a.parts, a.out);
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
