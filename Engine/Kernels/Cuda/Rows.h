// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Copies.h"
#include "Kernels/Cuda/Tiles.h"

// Rows as products take them, by the teams of a block. A thread has every 512th four of each row, from the copy into shared
// memory on, so that it waits for no other but to add up. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
/** Where prepareRows() works: [norm weight; each row's x, scale, shift], each `width` floats, in shared memory. */
struct RowStage
{
    float* memory;
    int width;

    __device__ RowStage (const GpuLinear& a, float* where) : memory (where), width ((int) ((a.k + 3) / 4 * 4))
    {}

    __device__ float* x (int row) const { return memory + (1 + row) * width; }
    __device__ float* scale (int row, int rows) const { return memory + (1 + rows + row) * width; }
    __device__ float* shift (int row, int rows) const { return memory + (1 + 2 * rows + row) * width; }

    static __host__ __device__ std::int64_t floats (const GpuLinear& a, std::int64_t rows)
    {
        return (a.k + 3) / 4 * 4 * (1 + (a.scale != nullptr ? 3 : 1) * rows);
    }
};

/** Inputs of a row of scratch memory: k of them, and zeros behind. */
__host__ __device__ inline int preparedPitch (const GpuLinear& a)
{
    return (int) ((a.k + tileDepth - 1) / tileDepth * tileDepth);
}

constexpr int preparers = teams * threads;

/** k floats into shared memory, each thread's own; zeros up to a multiple of four. */
__device__ inline void requestFloats (const GpuLinear& a, float* to, const float* from)
{
#pragma unroll 1
    for (int i = (int) threadIdx.x * 4; i < a.k; i += preparers * 4)
        if (a.inFours)
            copyAsync<16> (to + i, from + i);
        else
#pragma unroll 1
            for (int u = i; u < i + 4; ++u)
                if (u < a.k)
                    copyAsync<4> (to + u, from + u);
                else
                    to[u] = 0;
}

/** What can come before the rows are there. */
__device__ inline void requestNorm (const GpuLinear& a, const RowStage& stage)
{
    if (a.normWeight != nullptr)
        requestFloats (a, stage.memory, a.normWeight);
}

__device__ inline void requestModulation (const GpuLinear& a, const RowStage& stage, std::int64_t firstRow,
                                          int rows)
{
    if (a.scale == nullptr)
        return;
#pragma unroll 1
    for (int r = 0; r < rows; ++r)
    {
        requestFloats (a, stage.scale (r, rows), a.scale + (firstRow + r) * a.modulationStride);
        requestFloats (a, stage.shift (r, rows), a.shift + (firstRow + r) * a.modulationStride);
    }
}

__device__ inline float4 fourOf (const float* of, int at)
{
    return reinterpret_cast<const float4*> (of)[at];
}

constexpr int mostRowsAtOnce = 8;
constexpr int preparingWarps = preparers / 32;

/** Each warp's part of the rows' sums of squares; has a barrier behind. */
__device__ inline void addSquares (const RowStage& stage, int rows, float (*ofWarps)[preparingWarps])
{
#pragma unroll 2
    for (int r = 0; r < rows; ++r)
    {
        float total = 0;
#pragma unroll 1
        for (int i = threadIdx.x; i < stage.width / 4; i += preparers)
        {
            const float4 v = fourOf (stage.x (r), i);
            total += v.x * v.x + v.y * v.y + v.z * v.z + v.w * v.w;
        }
        total = sumOfWarp<5> (total);
        if (threadIdx.x % 32 == 0)
            ofWarps[r][threadIdx.x / 32] = total;
    }
    syncTeams();
}

/** 1 / the root of the mean squares: lanes 4 r … 4 r + 3 of a warp have row r's. */
__device__ inline float factorOfFourLanes (const GpuLinear& a, const float (*ofWarps)[preparingWarps])
{
    const int lane = threadIdx.x % 32;
    const float4 v = fourOf (ofWarps[lane / 4], lane % 4);
    float total = (v.x + v.y) + (v.z + v.w);
    total += __shfl_xor_sync (~0u, total, 1);
    total += __shfl_xor_sync (~0u, total, 2);
    return rsqrtf (total / (float) a.k + a.eps);
}
static_assert (preparingWarps == 16 && mostRowsAtOnce == 8);

/** Up to eight rows, whose shift and scale may have been requested before. */
struct SomeRows
{
    std::int64_t first;
    int count;
    bool hasModulation;
};

/** Rows as a product takes them, behind requestNorm(): normalised, modulated, gathered, bf16; inputs from `from`, `width` of
    them (fours, zeros behind k), each row `pitch` behind the one before. A row's sum has the same order wherever it
    stands. Ends without a barrier. */
__device__ inline void prepareRows (const GpuLinear& a, const RowStage& stage, const SomeRows& which,
                                    int from, int width, __nv_bfloat16* to, int pitch)
{
    __shared__ __align__ (16) float ofWarps[mostRowsAtOnce][preparingWarps];
    const int rows = which.count;
#pragma unroll 1
    for (int r = 0; r < rows; ++r)
        requestFloats (a, stage.x (r), sourceRow (a, which.first + r));
    if (! which.hasModulation)
        requestModulation (a, stage, which.first, rows);
    endGroup();
    waitForGroups<0>();
    float factors = 1; // of row lane / 4
    if (a.normalise)
    {
        addSquares (stage, rows, ofWarps);
        factors = factorOfFourLanes (a, ofWarps);
    }
#pragma unroll 2
    for (int r = 0; r < rows; ++r)
    {
        const float factor = __shfl_sync (~0u, factors, 4 * r);
#pragma unroll 1
        for (int i = threadIdx.x; i < (from + width) / 4; i += preparers)
        {
            if (i < from / 4)
                continue;
            float4 v {};
            if (i < stage.width / 4)
            {
                v = fourOf (stage.x (r), i);
                v = { v.x * factor, v.y * factor, v.z * factor, v.w * factor };
                if (a.normWeight != nullptr)
                {
                    const float4 n = fourOf (stage.memory, i);
                    v = { v.x * n.x, v.y * n.y, v.z * n.z, v.w * n.w };
                }
                if (a.scale != nullptr)
                {
                    const float4 s = fourOf (stage.scale (r, rows), i), t = fourOf (stage.shift (r, rows), i);
                    v = { v.x * (1.0f + s.x) + t.x, v.y * (1.0f + s.y) + t.y, v.z * (1.0f + s.z) + t.z,
                          v.w * (1.0f + s.w) + t.w };
                }
            }
            *reinterpret_cast<uint2*> (to + r * pitch + i * 4 - from) = { pairOf (v.x, v.y),
                                                                          pairOf (v.z, v.w) };
        }
    }
}

/** Rows that are ready into shared memory: `width` inputs (a multiple of 8) of each, from `from`. The block's barrier
    comes behind it. */
__device__ inline void takeReadyRows (const GpuLinear& a, int rows, int from, int width, __nv_bfloat16* to,
                                      int pitch)
{
#pragma unroll 1
    for (int r = 0; r < rows; ++r)
    {
        const __nv_bfloat16* row = readyRow (a, r) + from;
#pragma unroll 1
        for (int c = (int) threadIdx.x * 8; c < width; c += preparers * 8)
        {
            const bool there = from + c < a.readyWidth;
            copyAsyncOrZeros (to + r * pitch + c, there ? row + c : a.ready, there);
        }
    }
    endGroup();
    waitForGroups<0>();
}
} // namespace
} // namespace tableread::engine::kernels
