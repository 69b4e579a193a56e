// SPDX-License-Identifier: Apache-2.0
#include "Kernels/CpuKernels.h"
#include "Kernels/CpuVector.h"

namespace tableread::engine::kernels::TABLEREAD_ISA
{
namespace
{
#if defined(__AVX512F__)
constexpr int maxRows = 12; // 12 rows of 2 vectors: 24 of 32 registers are sums
#else
constexpr int maxRows = 3; // a vector is two registers there: 12 of 16
#endif

/** `Rows` rows times `Columns` vectors of one panel, the sums in registers. `width` is how many columns exist. */
template <int Rows, int Columns, typename Element>
inline void tile (const float* x, std::int64_t xStride, const Element* panel, std::int64_t k,
                  std::int64_t width, const float* bias, float* out, std::int64_t outStride)
{
    Vector sums[Rows][Columns];
    for (int c = 0; c < Columns; ++c)
    {
        const auto have = width - c * lanes;
        const Vector start =
            bias == nullptr ? Vector {} : loadSome (bias + c * lanes, have < lanes ? have : lanes);
        for (int r = 0; r < Rows; ++r)
            sums[r][c] = start;
    }
    for (std::int64_t i = 0; i < k; ++i, panel += panelColumns)
    {
        Vector weights[Columns];
        for (int c = 0; c < Columns; ++c)
            weights[c] = load (panel + c * lanes);
#pragma GCC unroll 12
        for (int r = 0; r < Rows; ++r)
        {
            const Vector value = splat (x[r * xStride + i]);
            for (int c = 0; c < Columns; ++c)
                sums[r][c] += value * weights[c];
        }
    }
    for (int r = 0; r < Rows; ++r)
        for (int c = 0; c < Columns; ++c)
        {
            const auto have = width - c * lanes;
            if (have >= lanes)
                store (out + r * outStride + c * lanes, sums[r][c]);
            else
                storeSome (out + r * outStride + c * lanes, sums[r][c], have);
        }
}

/** The rows that do not fill a tile: the tile of exactly that many. */
template <int Rows, int Columns, typename Element>
inline void rest (std::int64_t rows, const float* x, std::int64_t xStride, const Element* panel,
                  std::int64_t k, std::int64_t width, const float* bias, float* out, std::int64_t outStride)
{
    if constexpr (Rows > 0)
    {
        if (rows == Rows)
            tile<Rows, Columns> (x, xStride, panel, k, width, bias, out, outStride);
        else
            rest<Rows - 1, Columns> (rows, x, xStride, panel, k, width, bias, out, outStride);
    }
}

template <int Columns, typename Element>
void allRows (const float* x, std::int64_t xStride, std::int64_t rows, const Element* panel, std::int64_t k,
              std::int64_t width, const float* bias, float* out, std::int64_t outStride)
{
    for (; rows >= maxRows; rows -= maxRows, x += maxRows * xStride, out += maxRows * outStride)
        tile<maxRows, Columns> (x, xStride, panel, k, width, bias, out, outStride);
    rest<maxRows - 1, Columns> (rows, x, xStride, panel, k, width, bias, out, outStride);
}

template <typename Element>
void linear (const float* x, std::int64_t xStride, std::int64_t rows, const Element* panel, std::int64_t k,
             std::int64_t columns, const float* bias, float* out, std::int64_t outStride)
{
    if (columns > lanes)
        allRows<2> (x, xStride, rows, panel, k, columns, bias, out, outStride);
    else
        allRows<1> (x, xStride, rows, panel, k, columns, bias, out, outStride);
}
} // namespace

void addLinear (CpuKernels& table)
{
    table.linearFloat = linear<float>;
    table.linearBFloat16 = linear<std::uint16_t>;
}
} // namespace tableread::engine::kernels::TABLEREAD_ISA
