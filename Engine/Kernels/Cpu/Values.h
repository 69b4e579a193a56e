// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cpu/Parts.h"

// Included like Vector.h, and with internal linkage for the same reason.
namespace tableread::engine::kernels
{
namespace
{
constexpr int valueRows = 4;
constexpr int valueParts = parts == 1 ? 4 : 2; // of 4 rows: 16 of 32 registers are sums, or 8 of 16

struct Positions
{
    std::int64_t begin, end;
};

/** Adds the values of these positions, times their weights, one after the other to `Rows` queries from number `row` on: to
    `Parts` parts from `column` on, which stay in registers. */
template <int Rows, int Parts>
inline void valueTile (const CpuAttention& a, std::int64_t row, Positions positions, std::int64_t column)
{
    Part sums[Rows][Parts];
    for (int r = 0; r < Rows; ++r)
        for (int c = 0; c < Parts; ++c)
            sums[r][c] = loadPart (a.queries[row + r].out + column + c * partLanes);
    const auto* weights = a.scores + row * a.scoresStride;
    const auto* values = a.values + positions.begin * a.dim + column;
    for (auto p = positions.begin; p < positions.end; ++p, values += a.dim)
    {
        Part value[Parts];
        for (int c = 0; c < Parts; ++c)
            value[c] = loadPart (values + c * partLanes);
        for (int r = 0; r < Rows; ++r)
        {
            const Part weight = splatPart (weights[r * a.scoresStride + p]);
            for (int c = 0; c < Parts; ++c)
                sums[r][c] += weight * value[c];
        }
    }
    for (int r = 0; r < Rows; ++r)
        for (int c = 0; c < Parts; ++c)
            storePart (a.queries[row + r].out + column + c * partLanes, sums[r][c]);
}

/** The same for the columns behind the last whole part. */
inline void lastColumns (const CpuAttention& a, std::int64_t row, Positions positions, std::int64_t column)
{
    const auto have = a.dim - column;
    auto* out = a.queries[row].out + column;
    Part sum = loadSomePart (out, have);
    for (auto p = positions.begin; p < positions.end; ++p)
        sum += splatPart (a.scores[row * a.scoresStride + p]) *
               loadSomePart (a.values + p * a.dim + column, have);
    std::memcpy (out, &sum, (std::size_t) have * sizeof (float));
}

/** All columns. */
template <int Rows>
inline void addValues (const CpuAttention& a, std::int64_t row, Positions positions)
{
    std::int64_t column = 0;
    for (; column + valueParts * partLanes <= a.dim; column += valueParts * partLanes)
        valueTile<Rows, valueParts> (a, row, positions, column);
    for (; column + partLanes <= a.dim; column += partLanes)
        valueTile<Rows, 1> (a, row, positions, column);
    if (column < a.dim)
        for (int r = 0; r < Rows; ++r)
            lastColumns (a, row + r, positions, column);
}
} // namespace
} // namespace tableread::engine::kernels
