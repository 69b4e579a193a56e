// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cpu/Vector.h"

// Included like Vector.h, and with internal linkage for the same reason.
namespace tableread::engine::kernels
{
namespace
{
/** A register: sixteen lanes are one part or two. Where sums have to stay in registers, the compiler needs to see these. */
#if defined(__AVX512F__)
constexpr int parts = 1;
#else
constexpr int parts = 2;
#endif
constexpr std::int64_t partLanes = lanes / parts;
typedef float Part __attribute__ ((vector_size (64 / parts)));
typedef float LoosePart __attribute__ ((vector_size (64 / parts), aligned (4), may_alias));

inline Part splatPart (float value)
{
    return value - Part {};
}

inline Part loadPart (const float* from)
{
    return *reinterpret_cast<const LoosePart*> (from);
}

inline void storePart (float* to, Part value)
{
    *reinterpret_cast<LoosePart*> (to) = value;
}

/** The first `count` lanes, zeros behind; count may be negative, or more than a part has. */
inline Part loadSomePart (const float* from, std::int64_t count)
{
    Part value {};
    if (count > 0)
        std::memcpy (&value, from, (std::size_t) (count < partLanes ? count : partLanes) * sizeof (float));
    return value;
}

// Each picks two of a's four and two of b's four, by a number of four digits to the base of 4. The first takes blocks of four
// lanes, the second lanes of each block. The intrinsics with a mask: see Vector.h.
#if defined(__AVX512F__)
template <int which>
inline Part blocksOf (Part a, Part b)
{
    return (Part) _mm512_maskz_shuffle_f32x4 (0xffff, a, b, which);
}

template <int which>
inline Part lanesOf (Part a, Part b)
{
    return (Part) _mm512_maskz_shuffle_ps (0xffff, a, b, which);
}
#else
template <int which>
inline Part lanesOf (Part a, Part b)
{
    return (Part) _mm256_shuffle_ps (a, b, which);
}
#endif
constexpr int firstTwo = 0x44, lastTwo = 0xee, evenTwo = 0x88, oddTwo = 0xdd;
} // namespace
} // namespace tableread::engine::kernels
