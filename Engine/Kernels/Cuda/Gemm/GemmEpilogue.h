// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Gemm/Epilogue.h"

namespace tableread::engine::kernels
{
namespace
{
/** Adjacent values that one instruction loads or stores. */
template <int N>
struct alignas (4 * N) FloatVector
{
    float values[N];
};

template <int N>
__device__ inline FloatVector<N>& vectorAt (float* p)
{
    return *reinterpret_cast<FloatVector<N>*> (p);
}

/** Stores the outputs of a tile from its sums, [Rows][Pitch] in shared memory. A lane has four outputs in every eighth row, or
    with SwiGlu two gates and their values. Loads what all rows share first. */
template <GpuActivation Activation, int Rows, int Pitch>
__device__ inline void storeTile (const GpuLinear& a, int tile, std::int64_t firstRow, const float* sums)
{
    constexpr bool isGated = Activation == GpuActivation::SwiGlu;
    constexpr int count = isGated ? 2 : 4; // outputs of a lane
    const int lane = (int) threadIdx.x % 32, own = lane % 4 * count;
    const std::int64_t outputs = outputsOf (a), column = (std::int64_t) tile * (4 * count) + own;
    const int existing = (int) min ((std::int64_t) count, outputs - column);
    const bool isWhole = existing == count && outputs % count == 0;
    float scale[4] = { 1, 1, 1, 1 }, bias[4] = {};
#pragma unroll
    for (int u = 0; u < 4; ++u)
        if (const std::int64_t c = column + u % count + (u < count ? 0 : a.n / 2); u % count < existing)
        {
            if (a.channelScale != nullptr)
                scale[u] = a.channelScale[c];
            if (a.bias != nullptr)
                bias[u] = a.bias[c];
        }
    constexpr int atOnce = 4; // rows of the residual in flight
#pragma unroll 1
    for (int first = lane / 4; first < Rows; first += 8 * atOnce)
    {
        FloatVector<count> residual[atOnce] {};
        if (isWhole && a.residual != nullptr)
#pragma unroll
            for (int r = 0; r < atOnce; ++r)
                if (const std::int64_t row = firstRow + first + 8 * r; row < a.rows)
                    residual[r] = vectorAt<count> (a.residual + row * outputs + column);
#pragma unroll
        for (int r = 0; r < atOnce; ++r)
        {
            const std::int64_t row = firstRow + first + 8 * r, at = row * outputs + column;
            if (row >= a.rows)
                return;
            const float* of = sums + (first + 8 * r) * Pitch + own;
            FloatVector<count> now;
#pragma unroll
            for (int u = 0; u < count; ++u)
            {
                now.values[u] = of[u] * scale[u] + bias[u];
                if constexpr (isGated)
                    now.values[u] = siluOf (now.values[u]) * (of[u + 8] * scale[u + 2] + bias[u + 2]);
                if constexpr (Activation == GpuActivation::Gelu)
                    now.values[u] = geluOf (now.values[u]);
            }
            if (! isWhole)
            {
#pragma unroll
                for (int u = 0; u < count; ++u)
                    if (u < existing)
                        storeOutput (a, { row, column + u }, residualOf (a, { row, column + u }, true),
                                     now.values[u]);
            }
            else if (a.residual != nullptr)
            {
                const float* gate = a.gate == nullptr ? nullptr : a.gate + row * a.gateStride + column;
#pragma unroll
                for (int u = 0; u < count; ++u)
                    now.values[u] =
                        residual[r].values[u] + now.values[u] * (gate == nullptr ? 1.0f : gate[u]);
                vectorAt<count> (a.residual + at) = now;
            }
            else if (a.readyOut == nullptr)
                vectorAt<count> (a.out + at) = now;
            else
            {
                auto* ready = reinterpret_cast<unsigned*> (static_cast<__nv_bfloat16*> (a.readyOut) + at);
                if constexpr (isGated)
                    *ready = pairOf (now.values[0], now.values[1]);
                else
                    *reinterpret_cast<uint2*> (ready) = { pairOf (now.values[0], now.values[1]),
                                                          pairOf (now.values[2], now.values[3]) };
            }
        }
    }
}

template <int Rows, int Pitch>
__device__ inline void storeTile (const GpuLinear& a, int tile, std::int64_t firstRow, const float* sums)
{
    switch (a.activation)
    {
        case GpuActivation::SwiGlu:
            return storeTile<GpuActivation::SwiGlu, Rows, Pitch> (a, tile, firstRow, sums);
        case GpuActivation::Gelu:
            return storeTile<GpuActivation::Gelu, Rows, Pitch> (a, tile, firstRow, sums);
        case GpuActivation::None:
            return storeTile<GpuActivation::None, Rows, Pitch> (a, tile, firstRow, sums);
    }
}
} // namespace
} // namespace tableread::engine::kernels
