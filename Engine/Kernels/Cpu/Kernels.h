// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace tableread::engine::kernels
{
/** An e4m3 number: sign, 4 bits of exponent, 3 of mantissa; no infinity. */
struct Float8
{
    std::uint8_t bits;
};

/** The product of some rows with one panel of up to `panelColumns` columns. */
struct CpuLinear
{
    const float* x = nullptr;
    std::int64_t xStride = 0, rows = 0;
    const void* panel = nullptr; // [k, panelColumns]
    std::int64_t k = 0, columns = 0;
    const float *scale = nullptr,
                *bias = nullptr; // [columns]; scale with 8-bit panels only; bias may be null
    float* out = nullptr;
    std::int64_t outStride = 0;
};

/** The size of a contiguous matrix. */
struct CpuExtent
{
    std::int64_t rows, n; // n: of each row
};

/** out = x · rsqrt (mean x² + eps) [· weight], row by row. */
struct CpuRmsNorm
{
    const float* x = nullptr;
    CpuExtent extent {};           // of x and out
    const float* weight = nullptr; // [n]; may be null
    float eps = 0;
    float* out = nullptr;
};

/** A gate for each row: [rows, n]. */
struct CpuGate
{
    const float* values = nullptr;
    std::int64_t stride = 0; // between rows
};

/** What rows are modulated by: shift and scale [rows, n]. */
struct CpuModulation
{
    const float *shift = nullptr, *scale = nullptr;
    std::int64_t stride = 0; // between the rows of each
};

/** The rotation of one position. */
struct CpuRotation
{
    std::int64_t dim = 0;                           // of a head
    const float *cosine = nullptr, *sine = nullptr; // [dim / 2]
};

/** A row of one head, and the positions that it sees. */
struct CpuQuery
{
    const float* query = nullptr; // [dim]
    std::int64_t length = 0;      // its positions: 0 to length − 1
    float* out = nullptr;         // [dim]
};

/** Queries that share keys and values: rows of one branch, and the heads that have a kv head in common. */
struct CpuAttention
{
    const CpuQuery* queries = nullptr; // [count], lengths ascending
    std::int64_t count = 0, dim = 0;
    const float *keys = nullptr, *values = nullptr; // [the last query's length, dim]
    float scale = 0;                                // of the scores
    float* scores = nullptr;                        // [count, scoresStride], scratch
    std::int64_t scoresStride = 0;                  // the last query's length or more
};

/** A causal depthwise convolution: out[t, c] = bias[c] + Σ_j weight[j, c] · x[t + j, c]. */
struct CpuDepthwise
{
    const float* x = nullptr; // [rows + taps − 1, channels]
    std::int64_t rows = 0, channels = 0, taps = 0;
    const float* weight = nullptr; // [taps, channels]
    const float* bias = nullptr;   // [channels]
    float* out = nullptr;          // [rows, channels]
};

/** The loops of the operations on a CPU, one set for each instruction set. Each runs over a range that the caller has chosen for
    one thread. They know no tensors, allocate nothing and include nothing that both sets would instantiate. All
    arithmetic is fp32; every sum has one fixed order, so a row's bits depend on nothing but the row. */
struct CpuKernels
{
    const char* name; // "avx512" or "avx2"

    /** out[r, c] = bias[c] + Σ_k x[r, k] · w[k, c], k ascending; of 8-bit panels scale[c] · Σ + bias[c]. */
    void (*linearFloat) (const CpuLinear&);
    void (*linearBFloat16) (const CpuLinear&);
    void (*linearInt8) (const CpuLinear&);
    void (*linearFloat8) (const CpuLinear&);

    void (*rmsNorm) (const CpuRmsNorm&);
    /** out[r, i] = silu (gateUp[r, i]) · gateUp[r, n + i]; extent: of out. */
    void (*swiGlu) (const float* gateUp, CpuExtent extent, float* out);
    void (*silu) (const float* x, std::int64_t count, float* out);
    /** Exact (erf) form, in place. */
    void (*gelu) (float* x, std::int64_t count);
    /** x[r, c] += y[r, c] · scale[c]; scale may be null. */
    void (*addScaled) (float* x, const float* y, CpuExtent extent, const float* scale);
    /** x[r, c] += y[r, c] · gate[r, c]. */
    void (*addGated) (float* x, const float* y, CpuExtent extent, CpuGate gate);
    /** x[r, c] = x[r, c] · (1 + scale[r, c]) + shift[r, c]. */
    void (*modulate) (float* x, CpuExtent extent, const CpuModulation&);

    /** Rotates `heads` vectors x [heads, dim] at one position: (a, b) → (a cos − b sin, b cos + a sin); b is dim / 2
        behind a. */
    void (*rotary) (float* x, std::int64_t heads, const CpuRotation&);
    /** Softmax over the keys in order; a query's bits do not depend on the others. */
    void (*attend) (const CpuAttention&);
    void (*depthwise) (const CpuDepthwise&);
};

/** Columns of a packed panel. */
inline constexpr std::int64_t panelColumns = 32;

/** @returns the set of that name; null if this processor cannot run it. */
const CpuKernels* kernelSet (std::string_view name);

/** @returns the best set that this processor runs. @throws Exception Unsupported on one without AVX2 and FMA. */
const CpuKernels& cpu();
} // namespace tableread::engine::kernels
