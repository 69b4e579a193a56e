// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <cuda_bf16.h>
#include <cuda_fp8.h>

#include "Kernels/GpuKernels.h"

// What the products on a GPU are made of: tiles of stored weights and how they become tensor-core operands, the rows
// before the product and the outputs after it. Included by LinearCuda.cu only.
namespace tableread::engine::kernels
{
namespace
{
constexpr int warps = 8;
constexpr int threads = warps * 32;
constexpr int tileOutputs = 16;
constexpr int tileDepth = 16;
constexpr int stepDepth = warps * tileDepth; // k that the warps of a block take together

struct Fragment
{
    unsigned r[4];
};

__device__ inline void mma (float (&c)[4], const Fragment& a, unsigned b0, unsigned b1)
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, "
                 "{%0,%1,%2,%3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a.r[0]), "r"(a.r[1]), "r"(a.r[2]), "r"(a.r[3]), "r"(b0), "r"(b1));
}
__device__ inline uint4 stream16 (const void* p)
{
    uint4 v;
    asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0,%1,%2,%3}, [%4];"
                 : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
                 : "l"(p));
    return v;
}
__device__ inline uint2 stream8 (const void* p)
{
    uint2 v;
    asm volatile("ld.global.nc.L1::no_allocate.v2.u32 {%0,%1}, [%2];" : "=r"(v.x), "=r"(v.y) : "l"(p));
    return v;
}

template <GpuElement E>
struct Raw
{
    using Type = uint4;
};
template <>
struct Raw<GpuElement::Int8>
{
    using Type = uint2;
};
template <>
struct Raw<GpuElement::Float8E4M3>
{
    using Type = uint2;
};

template <GpuElement E>
__device__ inline typename Raw<E>::Type fetch (const void* weight, std::int64_t tile, int lane)
{
    if constexpr (E == GpuElement::BFloat16)
        return stream16 (static_cast<const uint4*> (weight) + tile * 32 + lane);
    else
        return stream8 (static_cast<const uint2*> (weight) + tile * 32 + lane);
}

__device__ inline unsigned pairOf (float low, float high)
{
    const __nv_bfloat162 p = __floats2bfloat162_rn (low, high);
    return *reinterpret_cast<const unsigned*> (&p);
}

template <GpuElement E>
__device__ inline Fragment expand (typename Raw<E>::Type raw)
{
    if constexpr (E == GpuElement::BFloat16)
        return { { raw.x, raw.y, raw.z, raw.w } };
    else
    {
        Fragment f;
        const unsigned words[2] = { raw.x, raw.y };
#pragma unroll
        for (int i = 0; i < 2; ++i)
        {
            if constexpr (E == GpuElement::Int8)
            {
                const unsigned w = words[i];
                f.r[2 * i] =
                    pairOf ((float) (signed char) (w & 0xff), (float) (signed char) ((w >> 8) & 0xff));
                f.r[2 * i + 1] =
                    pairOf ((float) (signed char) ((w >> 16) & 0xff), (float) (signed char) (w >> 24));
            }
            else
            {
#pragma unroll
                for (int h = 0; h < 2; ++h)
                {
                    const __half2_raw two =
                        __nv_cvt_fp8x2_to_halfraw2 ((__nv_fp8x2_storage_t) (words[i] >> (16 * h)), __NV_E4M3);
                    const float2 v = __half22float2 (*reinterpret_cast<const __half2*> (&two));
                    f.r[2 * i + h] = pairOf (v.x, v.y);
                }
            }
        }
        return f;
    }
}

__device__ inline float geluOf (float x)
{
    return 0.5f * x * (1.0f + erff (x * 0.70710678f));
}
__device__ inline float siluOf (float x)
{
    return x / (1.0f + __expf (-x));
}

__device__ inline void emit (const GpuLinear& a, std::int64_t row, std::int64_t column, std::int64_t width,
                             float value)
{
    if (a.residual != nullptr)
        a.residual[row * width + column] +=
            value * (a.gate == nullptr ? 1.0f : a.gate[row * a.gateStride + column]);
    else
        a.out[row * width + column] = value;
}

/** The whole sums of outputs r and r + 8 of a tile. With SwiGlu those are a gate and its partner: packed in turns of eight. */
__device__ inline void finish (const GpuLinear& a, std::int64_t row, std::int64_t tile, int r, float first,
                               float second)
{
    const bool gated = a.activation == GpuActivation::SwiGlu;
    const std::int64_t width = gated ? a.n / 2 : a.n, column = gated ? tile * 8 + r : tile * tileOutputs + r;
    const std::int64_t partner = gated ? width + column : column + 8;
    if (column >= width)
        return;
    const bool both = partner < a.n;
    if (a.channelScale != nullptr)
    {
        first *= a.channelScale[column];
        if (both)
            second *= a.channelScale[partner];
    }
    if (a.bias != nullptr)
    {
        first += a.bias[column];
        if (both)
            second += a.bias[partner];
    }
    if (gated)
        return emit (a, row, column, width, siluOf (first) * second);
    const bool gelu = a.activation == GpuActivation::Gelu;
    emit (a, row, column, width, gelu ? geluOf (first) : first);
    if (both)
        emit (a, row, partner, width, gelu ? geluOf (second) : second);
}

__device__ inline const float* sourceRow (const GpuLinear& a, std::int64_t row)
{
    const unsigned r = (unsigned) row, t = (unsigned) a.rowsOfABatch, b = r / t;
    return a.x + b * a.batchStride + (r - b * t) * a.rowStride;
}

__device__ inline float normFactor (const GpuLinear& a, const float* x, int lane)
{
    float total = 0;
    for (std::int64_t i = lane; i < a.k; i += 32)
        total += x[i] * x[i];
    for (int offset = 16; offset > 0; offset /= 2)
        total += __shfl_xor_sync (~0u, total, offset);
    return rsqrtf (total / (float) a.k + a.eps);
}

__device__ inline float prepared (const GpuLinear& a, const float* x, std::int64_t row, int k, float factor)
{
    if (k >= a.k)
        return 0.0f;
    float v = x[k];
    if (a.normalise)
    {
        v *= factor;
        if (a.normWeight != nullptr)
            v *= a.normWeight[k];
        if (a.scale != nullptr)
            v = v * (1.0f + a.scale[row * a.modulationStride + k]) + a.shift[row * a.modulationStride + k];
    }
    return v;
}
} // namespace
} // namespace tableread::engine::kernels
