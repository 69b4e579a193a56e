// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cuda/Gemm/Tiles.h"

// The epilogue of a matrix product: scale, bias, activation, residual. Included by .cu files and their headers only.
namespace tableread::engine::kernels
{
namespace
{
__device__ inline float geluOf (float x)
{
    return 0.5f * x * (1.0f + erff (x * 0.70710678f));
}
__device__ inline float siluOf (float x)
{
    return x / (1.0f + __expf (-x));
}

/** Outputs r and r + 8 of a tile, with what all rows share. With SwiGlu they are a gate and its value: packed in turns of
    eight. */
struct OutputPair
{
    std::int64_t column, partner;
    bool first, second; // whether they exist
    float scale0 = 1, scale1 = 1, bias0 = 0, bias1 = 0;
};

__device__ inline std::int64_t outputsOf (const GpuLinear& a)
{
    return a.activation == GpuActivation::SwiGlu ? a.n / 2 : a.n;
}

/** An output's place in the result. */
struct OutputPlace
{
    std::int64_t row, column;

    __device__ std::int64_t index (const GpuLinear& a) const { return row * outputsOf (a) + column; }
};

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

/** What an output is added to, and the gate that it is multiplied by. */
struct Residual
{
    float value = 0, gate = 1;
};

__device__ inline Residual residualOf (const GpuLinear& a, OutputPlace place, bool exists)
{
    if (a.residual == nullptr || ! exists)
        return {};
    return { a.residual[place.index (a)],
             a.gate == nullptr ? 1.0f : a.gate[place.row * a.gateStride + place.column] };
}

__device__ inline void storeOutput (const GpuLinear& a, OutputPlace place, const Residual& residual,
                                    float value)
{
    const std::int64_t at = place.index (a);
    if (a.residual != nullptr)
        a.residual[at] = residual.value + value * residual.gate;
    else if (a.readyOut != nullptr)
        static_cast<__nv_bfloat16*> (a.readyOut)[at] = __float2bfloat16 (value);
    else
        a.out[at] = value;
}

/** A pair's outputs in one row. Loads what they are added to, before the sums are known. */
class PairInRow
{
public:
    __device__ PairInRow (const GpuLinear& of, const OutputPair& which, std::int64_t rowIndex, bool isIn)
        : a (of)
        , pair (which)
        , row (rowIndex)
        , first (residualOf (a, { row, pair.column }, isIn && pair.first))
        , second (residualOf (a, { row, pair.partner }, isIn && pair.second))
    {}

    /** Scale, bias and activation of the sums; stores the outputs. */
    __device__ void store (float firstSum, float secondSum) const
    {
        if (! pair.first)
            return;
        const float one = firstSum * pair.scale0 + pair.bias0, other = secondSum * pair.scale1 + pair.bias1;
        if (a.activation == GpuActivation::SwiGlu)
            return storeOutput (a, { row, pair.column }, first, siluOf (one) * other);
        const bool gelu = a.activation == GpuActivation::Gelu;
        storeOutput (a, { row, pair.column }, first, gelu ? geluOf (one) : one);
        if (pair.second)
            storeOutput (a, { row, pair.partner }, second, gelu ? geluOf (other) : other);
    }

private:
    const GpuLinear& a;
    const OutputPair& pair;
    std::int64_t row;
    Residual first, second;
};
} // namespace
} // namespace tableread::engine::kernels
