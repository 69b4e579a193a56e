// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <immintrin.h>

#include "Kernels/Cpu/Kernels.h"

// Included by the *Cpu.cpp files only: everything here has internal linkage, since each file is compiled for several
// instruction sets and nothing of one may end up in the other.
namespace tableread::engine::kernels
{
namespace
{
constexpr std::int64_t lanes = 16;
typedef float Vector __attribute__ ((vector_size (64)));
typedef float LooseVector __attribute__ ((vector_size (64), aligned (4), may_alias)); // as it lies in memory
typedef std::int32_t IntVector __attribute__ ((vector_size (64)));
typedef std::uint32_t WordVector __attribute__ ((vector_size (64)));
typedef std::uint16_t HalfVector __attribute__ ((vector_size (32), aligned (2), may_alias));

/** x − 0 is x, also of −0, so that nothing is computed; x + 0 would be, and on AVX2 by way of memory. */
inline Vector splat (float value)
{
    return value - Vector {};
}

inline Vector load (const float* from)
{
    return *reinterpret_cast<const LooseVector*> (from);
}

inline void store (float* to, Vector value)
{
    *reinterpret_cast<LooseVector*> (to) = value;
}

/** The first `count` lanes, zeros behind. */
inline Vector loadSome (const float* from, std::int64_t count)
{
    Vector value {};
    std::memcpy (&value, from, (std::size_t) count * sizeof (float));
    return value;
}

inline void storeSome (float* to, Vector value, std::int64_t count)
{
    std::memcpy (to, &value, (std::size_t) count * sizeof (float));
}

#if ! defined(__AVX512F__)
inline Vector joined (__m256 low, __m256 high)
{
    Vector both;
    const __m256 parts[] { low, high };
    std::memcpy (&both, parts, sizeof both);
    return both;
}
#endif

inline Vector load (const std::uint16_t* bfloat16)
{
    const auto words = __builtin_convertvector(*reinterpret_cast<const HalfVector*> (bfloat16), WordVector)
                       << 16;
    return (Vector) words;
}

// The intrinsics with a mask, though it is full: g++ 12 warns of those without.
inline Vector load (const std::int8_t* from)
{
    const auto bytes = _mm_loadu_si128 (reinterpret_cast<const __m128i*> (from));
#if defined(__AVX512F__)
    return (Vector) _mm512_maskz_cvtepi32_ps (0xffff, _mm512_maskz_cvtepi8_epi32 (0xffff, bytes));
#else
    return joined (_mm256_cvtepi32_ps (_mm256_cvtepi8_epi32 (bytes)),
                   _mm256_cvtepi32_ps (_mm256_cvtepi8_epi32 (_mm_srli_si128 (bytes, 8))));
#endif
}

/** By way of half floats, which have the same order of bits and a larger exponent; their conversion alone knows denormals
    where all else flushes them. NaN has no place here: readers refuse it. */
inline Vector load (const Float8* from)
{
    const auto bytes = _mm_loadu_si128 (reinterpret_cast<const __m128i*> (from));
    const auto halves = _mm256_and_si256 (_mm256_slli_epi16 (_mm256_cvtepi8_epi16 (bytes), 7),
                                          _mm256_set1_epi16 ((short) 0xbf80));
#if defined(__AVX512F__)
    const auto values = (Vector) _mm512_maskz_cvtph_ps (0xffff, halves);
#else
    const auto values = joined (_mm256_cvtph_ps (_mm256_castsi256_si128 (halves)),
                                _mm256_cvtph_ps (_mm256_extracti128_si256 (halves, 1)));
#endif
    return values * 256.0f;
}

/** Lanes added pairwise: one order on every instruction set. */
inline float sum (Vector v)
{
    float part[lanes];
    std::memcpy (part, &v, sizeof part);
    for (std::int64_t width = lanes / 2; width > 0; width /= 2)
        for (std::int64_t i = 0; i < width; ++i)
            part[i] += part[i + width];
    return part[0];
}

/** Σ a·b over n, sixteen partial sums. */
inline float dot (const float* a, const float* b, std::int64_t n)
{
    Vector total {};
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes)
        total += load (a + i) * load (b + i);
    if (i < n)
        total += loadSome (a + i, n - i) * loadSome (b + i, n - i);
    return sum (total);
}

/** e^x to about 1 ulp: 2^n times a degree-6 polynomial on [−ln2/2, ln2/2] (Taylor terms suffice there at fp32). */
inline Vector exponential (Vector x)
{
    x = x < -87.0f ? splat (-87.0f) : x;
    x = x > 88.0f ? splat (88.0f) : x;
    const Vector shifted = x * 1.44269504f + 12582912.0f; // 1.5 · 2^23: rounds to the nearest integer
    const Vector n = shifted - 12582912.0f;
    Vector r = x - n * 0.693359375f; // ln 2 in two parts
    r = r + n * 2.12194440e-4f;
    Vector p = splat (1.0f / 5040.0f);
    p = p * r + 1.0f / 720.0f;
    p = p * r + 1.0f / 120.0f;
    p = p * r + 1.0f / 24.0f;
    p = p * r + 1.0f / 6.0f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const IntVector exponent = (__builtin_convertvector(n, IntVector) + 127) << 23;
    return p * (Vector) exponent;
}

inline Vector siluOf (Vector x)
{
    return x / (1.0f + exponential (-x));
}

/** x·Φ(x) by erfc (z) = e^(−z²) g (1 / (1 + z/2)), z = |x|/√2; g fitted to erfcx on [0, 10], relative error 2e-7. */
inline Vector geluOf (Vector x)
{
    const Vector magnitude = x < 0.0f ? -x : x;
    const Vector t = 1.0f / (1.0f + 0.353553391f * magnitude);
    Vector g = splat (0.02916046604514122f);
    g = g * t - 0.21760544180870056f;
    g = g * t + 0.6589779853820801f;
    g = g * t - 0.9913491606712341f;
    g = g * t + 0.7052550911903381f;
    g = g * t - 0.2638104259967804f;
    g = g * t + 0.28978535532951355f;
    g = g * t + 0.22227665781974792f;
    g = g * t + 0.28547221422195435f;
    g = g * t + 0.2818281054496765f;
    g = g * t + 9.17899433261482e-06f;
    const Vector tail = 0.5f * magnitude * (g * exponential (-0.5f * magnitude * magnitude));
    return x < 0.0f ? -tail : x - tail;
}
} // namespace
} // namespace tableread::engine::kernels
