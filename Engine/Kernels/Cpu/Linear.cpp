// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Cpu/Vector.h"

namespace tableread::engine::kernels::TABLEREAD_ISA
{
namespace
{
#if defined(__AVX512F__)
constexpr int maxRows = 12; // 12 rows of 2 vectors: 24 of 32 registers are sums
#else
constexpr int maxRows = 3; // a vector is two registers there: 12 of 16
#endif

/** The lanes from column `c · lanes` that exist. */
inline Vector columnsOf (const CpuLinear& a, const float* values, int c)
{
    const auto have = a.columns - c * lanes;
    return loadSome (values + c * lanes, have < lanes ? have : lanes);
}

/** `Rows` rows from `x` on times `Columns` vectors of the panel, the sums in registers. */
template <int Rows, int Columns, typename Element>
inline void tile (const CpuLinear& a, const float* x, float* out)
{
    constexpr bool scaled = sizeof (Element) == 1;
    Vector sums[Rows][Columns];
    for (int c = 0; c < Columns; ++c)
    {
        const Vector start = a.bias == nullptr || scaled ? Vector {} : columnsOf (a, a.bias, c);
        for (int r = 0; r < Rows; ++r)
            sums[r][c] = start;
    }
    const auto* panel = static_cast<const Element*> (a.panel);
    for (std::int64_t i = 0; i < a.k; ++i, panel += panelColumns)
    {
        Vector weights[Columns];
        for (int c = 0; c < Columns; ++c)
            weights[c] = load (panel + c * lanes);
#pragma GCC unroll 12
        for (int r = 0; r < Rows; ++r)
        {
            const Vector value = splat (x[r * a.xStride + i]);
            for (int c = 0; c < Columns; ++c)
                sums[r][c] += value * weights[c];
        }
    }
    for (int c = 0; c < Columns; ++c)
    {
        if constexpr (scaled)
        {
            const Vector scale = columnsOf (a, a.scale, c);
            const Vector bias = a.bias == nullptr ? Vector {} : columnsOf (a, a.bias, c);
            for (int r = 0; r < Rows; ++r)
                sums[r][c] = sums[r][c] * scale + bias;
        }
        const auto have = a.columns - c * lanes;
        for (int r = 0; r < Rows; ++r)
            if (have >= lanes)
                store (out + r * a.outStride + c * lanes, sums[r][c]);
            else
                storeSome (out + r * a.outStride + c * lanes, sums[r][c], have);
    }
}

/** The rows that do not fill a tile: the tile of exactly that many. */
template <int Rows, int Columns, typename Element>
inline void rest (const CpuLinear& a, std::int64_t rows, const float* x, float* out)
{
    if constexpr (Rows > 0)
    {
        if (rows == Rows)
            tile<Rows, Columns, Element> (a, x, out);
        else
            rest<Rows - 1, Columns, Element> (a, rows, x, out);
    }
}

template <int Columns, typename Element>
void allRows (const CpuLinear& a)
{
    const float* x = a.x;
    float* out = a.out;
    auto rows = a.rows;
    for (; rows >= maxRows; rows -= maxRows, x += maxRows * a.xStride, out += maxRows * a.outStride)
        tile<maxRows, Columns, Element> (a, x, out);
    rest<maxRows - 1, Columns, Element> (a, rows, x, out);
}

template <typename Element>
void linear (const CpuLinear& a)
{
    if (a.columns > lanes)
        allRows<2, Element> (a);
    else
        allRows<1, Element> (a);
}
} // namespace

void addLinear (CpuKernels& table)
{
    table.linearFloat = linear<float>;
    table.linearBFloat16 = linear<std::uint16_t>;
    table.linearInt8 = linear<std::int8_t>;
    table.linearFloat8 = linear<Float8>;
}
} // namespace tableread::engine::kernels::TABLEREAD_ISA
