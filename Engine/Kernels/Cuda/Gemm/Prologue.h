// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/AsyncCopy.h"
#include "Kernels/Cuda/Gemm/Tiles.h"

// The prologue of a matrix product: RMSNorm, modulation and the conversion to bf16, by all warp groups of a block. From the copy
// into shared memory on, a thread has the same inputs (four in every 2048), so only sums need a barrier.
// Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
/** Shared memory of applyPrologue(): [norm weight; each row's x, scale, shift], `width` floats each. */
struct PrologueStage
{
    float* memory;
    int width;

    __device__ PrologueStage (const GpuLinear& a, float* where)
        : memory (where)
        , width ((int) ((a.k + 3) / 4 * 4))
    {}

    __device__ float* x (int row) const { return memory + (1 + row) * width; }
    __device__ float* scale (int row, int rows) const { return memory + (1 + rows + row) * width; }
    __device__ float* shift (int row, int rows) const { return memory + (1 + 2 * rows + row) * width; }

    static __host__ __device__ std::int64_t floats (const GpuLinear& a, std::int64_t rows)
    {
        return (a.k + 3) / 4 * 4 * (1 + (a.scale != nullptr ? 3 : 1) * rows);
    }
};

/** From row to row of scratch memory: k inputs, padded with zeros. */
__host__ __device__ inline int prologuePitch (const GpuLinear& a)
{
    return (int) ((a.k + tileDepth - 1) / tileDepth * tileDepth);
}

constexpr int prologueThreads = warpGroups * threads;

/** Starts the copy of k floats into shared memory, each thread's own; zeros up to a multiple of four. */
__device__ inline void prefetchFloats (const GpuLinear& a, float* to, const float* from)
{
#pragma unroll 1
    for (int i = (int) threadIdx.x * 4; i < a.k; i += prologueThreads * 4)
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

/** May run before the rows are there. */
__device__ inline void prefetchNorm (const GpuLinear& a, const PrologueStage& stage)
{
    if (a.normWeight != nullptr)
        prefetchFloats (a, stage.memory, a.normWeight);
}

__device__ inline void prefetchModulation (const GpuLinear& a, const PrologueStage& stage,
                                           std::int64_t firstRow, int rows)
{
    if (a.scale == nullptr)
        return;
#pragma unroll 1
    for (int r = 0; r < rows; ++r)
    {
        prefetchFloats (a, stage.scale (r, rows), a.scale + (firstRow + r) * a.modulationStride);
        prefetchFloats (a, stage.shift (r, rows), a.shift + (firstRow + r) * a.modulationStride);
    }
}

__device__ inline float4 fourOf (const float* of, int at)
{
    return reinterpret_cast<const float4*> (of)[at];
}

constexpr int mostRowsAtOnce = 8;
constexpr int prologueWarps = prologueThreads / 32;

/** The sums of squares of each row, one a warp. Ends with a barrier. */
__device__ inline void sumSquares (const PrologueStage& stage, int rows, float (*ofWarps)[prologueWarps])
{
#pragma unroll 2
    for (int r = 0; r < rows; ++r)
    {
        float total = 0;
#pragma unroll 1
        for (int i = threadIdx.x; i < stage.width / 4; i += prologueThreads)
        {
            const float4 v = fourOf (stage.x (r), i);
            total += v.x * v.x + v.y * v.y + v.z * v.z + v.w * v.w;
        }
        total = sumOfWarp<5> (total);
        if (threadIdx.x % 32 == 0)
            ofWarps[r][threadIdx.x / 32] = total;
    }
    syncWarpGroups();
}

/** 1 / root mean square: that of row r in lanes 4 r … 4 r + 3. */
__device__ inline float inverseRms (const GpuLinear& a, const float (*ofWarps)[prologueWarps])
{
    const int lane = threadIdx.x % 32;
    const float4 v = fourOf (ofWarps[lane / 4], lane % 4);
    float total = (v.x + v.y) + (v.z + v.w);
    total += __shfl_xor_sync (~0u, total, 1);
    total += __shfl_xor_sync (~0u, total, 2);
    return rsqrtf (total / (float) a.k + a.eps);
}
static_assert (prologueWarps == 16 && mostRowsAtOnce == 8);

/** Up to eight rows. hasModulation: the copies of their shift and scale have been started. */
struct RowRange
{
    std::int64_t first;
    int count;
    bool hasModulation;
};

/** Where rows go in bf16, `pitch` apart: `width` inputs of each, from `from` on. */
struct StagedRows
{
    __nv_bfloat16* rows;
    int pitch, from, width;
};

/** All inputs of one row, in scratch memory. pitch: prologuePitch(). */
__device__ inline StagedRows scratchRow (const GpuLinear& a, std::int64_t row, int pitch)
{
    return { static_cast<__nv_bfloat16*> (a.scratch) + row * pitch, pitch, 0, pitch };
}

/** Normalises and modulates rows and writes them in bf16 (`from` and `width`: multiples of four; zeros behind k). Comes after
    prefetchNorm(). The order of a row's sum does not depend on its index. Ends without a barrier. */
__device__ inline void applyPrologue (const GpuLinear& a, const PrologueStage& stage, const RowRange& which,
                                      const StagedRows& to)
{
    __shared__ __align__ (16) float ofWarps[mostRowsAtOnce][prologueWarps];
    const int rows = which.count;
#pragma unroll 1
    for (int r = 0; r < rows; ++r)
        prefetchFloats (a, stage.x (r), sourceRow (a, which.first + r));
    if (! which.hasModulation)
        prefetchModulation (a, stage, which.first, rows);
    commitGroup();
    waitForGroups<0>();
    float factors = 1; // of row lane / 4
    if (a.normalise)
    {
        sumSquares (stage, rows, ofWarps);
        factors = inverseRms (a, ofWarps);
    }
#pragma unroll 2
    for (int r = 0; r < rows; ++r)
    {
        const float factor = __shfl_sync (~0u, factors, 4 * r);
#pragma unroll 1
        for (int i = threadIdx.x; i < (to.from + to.width) / 4; i += prologueThreads)
        {
            if (i < to.from / 4)
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
            *reinterpret_cast<uint2*> (to.rows + r * to.pitch + i * 4 - to.from) = { pairOf (v.x, v.y),
                                                                                     pairOf (v.z, v.w) };
        }
    }
}

/** Copies the first rows, which are in bf16 already (`width`: a multiple of eight). Ends without a barrier. */
__device__ inline void loadReadyRows (const GpuLinear& a, int rows, const StagedRows& to)
{
#pragma unroll 1
    for (int r = 0; r < rows; ++r)
    {
        const __nv_bfloat16* row = readyRow (a, r) + to.from;
#pragma unroll 1
        for (int c = (int) threadIdx.x * 8; c < to.width; c += prologueThreads * 8)
        {
            const bool there = to.from + c < a.readyWidth;
            copyAsyncOrZeros (to.rows + r * to.pitch + c, there ? row + c : a.ready, there);
        }
    }
    commitGroup();
    waitForGroups<0>();
}
} // namespace
} // namespace tableread::engine::kernels
