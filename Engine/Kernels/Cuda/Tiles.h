// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <cuda_bf16.h>

#include "Device/KernelSizes.h"
#include "Kernels/Cuda/Teams.h"
#include "Kernels/Gpu/Kernels.h"

// What the products on a GPU are made of: tiles of stored weights and how they become tensor-core operands, the rows
// before the product and the outputs after it. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
constexpr int stepDepth = warps * tileDepth; // k that the warps of a block take together
constexpr int mostSteps = 18;                // of a part of k

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

/** Four 8 × 8 matrices out of shared memory, as mma takes them; a lane says where one of their 32 rows is. */
__device__ inline Fragment matrices (const __nv_bfloat16* row)
{
    const unsigned address = (unsigned) __cvta_generic_to_shared (row);
    Fragment b;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(b.r[0]), "=r"(b.r[1]), "=r"(b.r[2]), "=r"(b.r[3])
                 : "r"(address));
    return b;
}

/** Of rows 0 to 7 and 8 to 15 the k halves 0 and 1 each. */
__device__ inline Fragment twoRowTiles (const __nv_bfloat16* rows, int pitch, int lane)
{
    return matrices (rows + (lane / 16 * 8 + lane % 8) * pitch + lane / 8 % 2 * 8);
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

/** What a lane holds of one tile. */
template <GpuElement E>
__device__ inline typename Raw<E>::Type fetch (const typename Raw<E>::Type* tile)
{
    if constexpr (E == GpuElement::BFloat16)
        return stream16 (tile);
    else
        return stream8 (tile);
}

/** Where a lane's part of a tile is; those of the next tiles along k follow `tileLanes` apart. */
constexpr int tileLanes = 32;
template <GpuElement E>
__device__ inline const typename Raw<E>::Type* laneOf (const void* weight, std::int64_t tile, int lane)
{
    return static_cast<const typename Raw<E>::Type*> (weight) + tile * tileLanes + lane;
}

/** Bytes of a word in the order that the selector's digits say: 4 is `filler`, and 8 more a byte's sign, eight times. */
template <unsigned Selector>
__device__ inline unsigned permute (unsigned word, unsigned filler)
{
    unsigned result;
    asm("prmt.b32 %0, %1, %2, %3;" : "=r"(result) : "r"(word), "r"(filler), "n"(Selector));
    return result;
}

__device__ inline __nv_bfloat162 asPair (unsigned bits)
{
    return *reinterpret_cast<const __nv_bfloat162*> (&bits);
}

__device__ inline unsigned bitsOf (__nv_bfloat162 pair)
{
    return *reinterpret_cast<const unsigned*> (&pair);
}

__device__ inline unsigned pairOf (float low, float high)
{
    return bitsOf (__floats2bfloat162_rn (low, high));
}

/** The lower or the upper two bytes of a word as bf16, exactly. */
template <GpuElement E, bool Upper>
__device__ inline unsigned pairOfBytes (unsigned word)
{
    if constexpr (E == GpuElement::Int8)
    {
        // 0x4300 is 128 and the lower seven bits add what they are; the byte's sign is the bit that makes it 256.
        const unsigned bits = permute < Upper ? 0x4342 : 0x4140 > (word, 0x43);
        return bitsOf (__hsub2 (asPair (bits & 0xff7fff7f), asPair (bits & 0xff80ff80)));
    }
    else
    {
        // Exponent and mantissa to where bf16 has them; its exponent counts from 127 and not from 7.
        const unsigned bits = permute < Upper ? 0xb3a2 : 0x9180 > (word, 0) << 4 & 0x87f087f0;
        return bitsOf (__hmul2 (asPair (bits), asPair (0x7b807b80))); // 2^120
    }
}

template <GpuElement E>
__device__ inline Fragment expand (typename Raw<E>::Type raw)
{
    if constexpr (E == GpuElement::BFloat16)
        return { { raw.x, raw.y, raw.z, raw.w } };
    else
        return { { pairOfBytes<E, false> (raw.x), pairOfBytes<E, true> (raw.x), pairOfBytes<E, false> (raw.y),
                   pairOfBytes<E, true> (raw.y) } };
}

__device__ inline float geluOf (float x)
{
    return 0.5f * x * (1.0f + erff (x * 0.70710678f));
}
__device__ inline float siluOf (float x)
{
    return x / (1.0f + __expf (-x));
}

/** Outputs r and r + 8 of a tile, and what is the same for them in every row. With SwiGlu they are a gate and its partner:
    packed in turns of eight. */
struct OutputPair
{
    std::int64_t column, partner;
    bool first, second; // there at all
    float scale0 = 1, scale1 = 1, bias0 = 0, bias1 = 0;
};

__device__ inline std::int64_t outputsOf (const GpuLinear& a)
{
    return a.activation == GpuActivation::SwiGlu ? a.n / 2 : a.n;
}

__device__ inline OutputPair outputPair (const GpuLinear& a, std::int64_t tile, int r)
{
    const bool gated = a.activation == GpuActivation::SwiGlu;
    const std::int64_t column = gated ? tile * 8 + r : tile * tileOutputs + r;
    OutputPair pair { column, gated ? a.n / 2 + column : column + 8, column < outputsOf (a), false };
    pair.second = pair.first && pair.partner < a.n;
    if (a.channelScale != nullptr)
    {
        pair.scale0 = pair.first ? a.channelScale[column] : 0.0f;
        pair.scale1 = pair.second ? a.channelScale[pair.partner] : 0.0f;
    }
    if (a.bias != nullptr)
    {
        pair.bias0 = pair.first ? a.bias[column] : 0.0f;
        pair.bias1 = pair.second ? a.bias[pair.partner] : 0.0f;
    }
    return pair;
}

/** What an output is added to, times what. */
struct Target
{
    float value = 0, gate = 1;
};

__device__ inline Target targetOf (const GpuLinear& a, std::int64_t row, std::int64_t column, bool isThere)
{
    if (a.residual == nullptr || ! isThere)
        return {};
    return { a.residual[row * outputsOf (a) + column],
             a.gate == nullptr ? 1.0f : a.gate[row * a.gateStride + column] };
}

/** Those of a pair in one row: asked for before the sums are there. */
struct TargetPair
{
    Target first, second;

    __device__ TargetPair (const GpuLinear& a, const OutputPair& pair, std::int64_t row, bool isIn)
        : first (targetOf (a, row, pair.column, isIn && pair.first))
        , second (targetOf (a, row, pair.partner, isIn && pair.second))
    {}
};

__device__ inline void emit (const GpuLinear& a, const Target& target, std::int64_t row, std::int64_t column,
                             float value)
{
    const std::int64_t at = row * outputsOf (a) + column;
    if (a.residual != nullptr)
        a.residual[at] = target.value + value * target.gate;
    else if (a.readyOut != nullptr)
        static_cast<__nv_bfloat16*> (a.readyOut)[at] = __float2bfloat16 (value);
    else
        a.out[at] = value;
}

/** What becomes of a pair's sums in one row. */
__device__ inline void finish (const GpuLinear& a, const OutputPair& pair, const TargetPair& targets,
                               std::int64_t row, float first, float second)
{
    if (! pair.first)
        return;
    first = first * pair.scale0 + pair.bias0;
    second = second * pair.scale1 + pair.bias1;
    if (a.activation == GpuActivation::SwiGlu)
        return emit (a, targets.first, row, pair.column, siluOf (first) * second);
    const bool gelu = a.activation == GpuActivation::Gelu;
    emit (a, targets.first, row, pair.column, gelu ? geluOf (first) : first);
    if (pair.second)
        emit (a, targets.second, row, pair.partner, gelu ? geluOf (second) : second);
}

__device__ inline const float* sourceRow (const GpuLinear& a, std::int64_t row)
{
    const unsigned r = (unsigned) row, t = (unsigned) a.rowsOfABatch, b = r / t;
    return a.x + b * a.batchStride + (r - b * t) * a.rowStride;
}

__device__ inline const __nv_bfloat16* readyRow (const GpuLinear& a, std::int64_t row)
{
    const unsigned r = (unsigned) row, t = (unsigned) a.rowsOfABatch, b = r / t;
    return static_cast<const __nv_bfloat16*> (a.ready) + b * a.readyBatchStride +
           (r - b * t) * a.readyRowStride;
}
} // namespace
} // namespace tableread::engine::kernels
