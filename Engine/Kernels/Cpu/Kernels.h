// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace tableread::engine::kernels
{
/** One number of e4m3: sign, 4 bits of exponent, 3 of mantissa; no infinity. */
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

/** The raw loops of the CPU twin, one set for each instruction set, each over a range that the caller has cut for
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

    /** out = x · rsqrt (mean x² + eps) [· weight], row by row. weight may be null. */
    void (*rmsNorm) (const float* x, std::int64_t rows, std::int64_t n, const float* weight, float eps,
                     float* out);
    /** out[r, i] = silu (gateUp[r, i]) · gateUp[r, n + i]. */
    void (*swiGlu) (const float* gateUp, std::int64_t rows, std::int64_t n, float* out);
    void (*silu) (const float* x, std::int64_t count, float* out);
    /** Exact (erf) form, in place. */
    void (*gelu) (float* x, std::int64_t count);
    /** x[r, c] += y[r, c] · scale[c]; scale may be null. */
    void (*addScaled) (float* x, const float* y, std::int64_t rows, std::int64_t n, const float* scale);
    /** x[r, c] += y[r, c] · gate[r, c], gate rows gateStride apart. */
    void (*addGated) (float* x, const float* y, const float* gate, std::int64_t gateStride, std::int64_t rows,
                      std::int64_t n);
    /** x[r, c] = x[r, c] · (1 + scale[r, c]) + shift[r, c], shift and scale rows `stride` apart. */
    void (*modulate) (float* x, const float* shift, const float* scale, std::int64_t stride,
                      std::int64_t rows, std::int64_t n);

    /** Rotates `heads` vectors of `dim` at one position: (a, b) → (a cos − b sin, b cos + a sin), halves apart. */
    void (*rotary) (float* x, std::int64_t heads, std::int64_t dim, const float* cosine, const float* sine);
    /** One query over `length` keys and values [length, dim]; scores is scratch of `length`. */
    void (*attend) (const float* query, const float* keys, const float* values, std::int64_t length,
                    std::int64_t dim, float scale, float* scores, float* out);

    /** out[t, c] = bias[c] + Σ_j w[j, c] · x[t + j, c]. */
    void (*depthwise) (const float* x, std::int64_t rows, std::int64_t channels, std::int64_t taps,
                       const float* weight, const float* bias, float* out);
};

/** Columns of a packed panel. */
inline constexpr std::int64_t panelColumns = 32;

/** The set of that name; null if this processor cannot run it. */
const CpuKernels* kernelSet (std::string_view name);

/** The best set that this processor runs. @throws Exception Unsupported on one without AVX2 and FMA. */
const CpuKernels& cpu();
} // namespace tableread::engine::kernels
