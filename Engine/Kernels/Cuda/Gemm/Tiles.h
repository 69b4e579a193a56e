// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <cuda_bf16.h>

#include "Device/KernelSizes.h"
#include "Kernels/Cuda/WarpGroups.h"
#include "Kernels/Gpu/Kernels.h"

// Tensor-core operands: the packed tiles of weights, and rows. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
constexpr int stepDepth = warps * tileDepth; // inputs that the warps of a warp group take together
constexpr int mostSteps = 18;                // of a split of k

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

/** Loads four 8 × 8 matrices from shared memory in the layout of mma operands (ldmatrix). Each lane passes the address of one
    of their 32 rows. */
__device__ inline Fragment matrices (const __nv_bfloat16* row)
{
    const unsigned address = (unsigned) __cvta_generic_to_shared (row);
    Fragment b;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(b.r[0]), "=r"(b.r[1]), "=r"(b.r[2]), "=r"(b.r[3])
                 : "r"(address));
    return b;
}

/** The B operands of rows 0 to 7 and 8 to 15 for 16 inputs: two registers each. */
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

/** Loads what a lane holds of one tile. */
template <GpuElement E>
__device__ inline typename Raw<E>::Type fetch (const typename Raw<E>::Type* tile)
{
    if constexpr (E == GpuElement::BFloat16)
        return stream16 (tile);
    else
        return stream8 (tile);
}

/** The address of a lane's elements of a tile; those of the next tiles along k are `tileLanes` apart. */
constexpr int tileLanes = 32;
template <GpuElement E>
__device__ inline const typename Raw<E>::Type* laneOf (const void* weight, std::int64_t tile, int lane)
{
    return static_cast<const typename Raw<E>::Type*> (weight) + tile * tileLanes + lane;
}

/** PRMT: bytes 0 to 3 are those of word, 4 to 7 those of filler; a digit that is 8 more replicates the byte's sign. */
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

/** Converts the lower or the upper two bytes of a word to bf16, exactly. */
template <GpuElement E, bool Upper>
__device__ inline unsigned pairOfBytes (unsigned word)
{
    if constexpr (E == GpuElement::Int8)
    {
        // 0x4300 is 128 in bf16; the byte's lower seven bits are added to it, and its sign bit turns it into 256.
        const unsigned bits = permute < Upper ? 0x4342 : 0x4140 > (word, 0x43);
        return bitsOf (__hsub2 (asPair (bits & 0xff7fff7f), asPair (bits & 0xff80ff80)));
    }
    else
    {
        // Shifts exponent and mantissa to their place in bf16; its exponent bias is 127, not 7.
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
