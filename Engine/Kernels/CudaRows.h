// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/CudaCopies.h"
#include "Kernels/CudaTiles.h"

// Rows as products take them. Loops stay loops here: a kernel of some microseconds spends most of them on fetching
// instructions that it runs once, so code is short, and loads are copies into shared memory, under way all at once.
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

/** k floats into shared memory, by the whole block. */
__device__ inline void requestFloats (const GpuLinear& a, float* to, const float* from)
{
    if (a.inFours)
#pragma unroll 1
        for (int i = (int) threadIdx.x * 4; i < a.k; i += threads * 4)
            copyAsync<16> (to + i, from + i);
    else
#pragma unroll 1
        for (int i = threadIdx.x; i < a.k; i += threads)
            copyAsync<4> (to + i, from + i);
}

/** What can come before the rows are there. */
__device__ inline void requestNorm (const GpuLinear& a, const RowStage& stage)
{
    if (a.normWeight != nullptr)
        requestFloats (a, stage.memory, a.normWeight);
}

/** Rows as a product takes them, by a whole block, behind requestNorm(): normalised, modulated, gathered, bf16; inputs from
    `from`, `width` of them (even, zeros behind k), each row `pitch` behind the one before. Up to eight rows. A row's sum
    has the same order wherever it stands. Ends without a barrier. */
__device__ inline void prepareRows (const GpuLinear& a, const RowStage& stage, std::int64_t firstRow,
                                    int rows, int from, int width, __nv_bfloat16* to, int pitch)
{
    __shared__ float factors[8];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
#pragma unroll 1
    for (int r = 0; r < rows; ++r)
    {
        requestFloats (a, stage.x (r), sourceRow (a, firstRow + r));
        if (a.scale != nullptr)
        {
            requestFloats (a, stage.scale (r, rows), a.scale + (firstRow + r) * a.modulationStride);
            requestFloats (a, stage.shift (r, rows), a.shift + (firstRow + r) * a.modulationStride);
        }
    }
    endGroup();
    waitForGroups<0>();
    __syncthreads();
    if (a.normalise)
    {
        if (warp < rows)
        {
            const float* x = stage.x (warp);
            float total = 0;
#pragma unroll 4
            for (int i = lane; i < a.k; i += 32)
                total += x[i] * x[i];
#pragma unroll 1
            for (int offset = 16; offset > 0; offset /= 2)
                total += __shfl_xor_sync (~0u, total, offset);
            if (lane == 0)
                factors[warp] = rsqrtf (total / (float) a.k + a.eps);
        }
        __syncthreads();
    }
#pragma unroll 1
    for (int r = 0; r < rows; ++r)
#pragma unroll 1
        for (int c = (int) threadIdx.x * 2; c < width; c += threads * 2)
        {
            float two[2];
#pragma unroll
            for (int u = 0; u < 2; ++u)
            {
                const int k = from + c + u;
                float v = k < a.k ? stage.x (r)[k] : 0.0f;
                if (a.normalise && k < a.k)
                {
                    v *= factors[r];
                    if (a.normWeight != nullptr)
                        v *= stage.memory[k];
                    if (a.scale != nullptr)
                        v = v * (1.0f + stage.scale (r, rows)[k]) + stage.shift (r, rows)[k];
                }
                two[u] = v;
            }
            *reinterpret_cast<unsigned*> (to + r * pitch + c) = pairOf (two[0], two[1]);
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
        for (int c = (int) threadIdx.x * 8; c < width; c += threads * 8)
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
