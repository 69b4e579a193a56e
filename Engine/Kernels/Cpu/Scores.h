// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Kernels/Cpu/Parts.h"

// Included like Vector.h, and with internal linkage for the same reason.
namespace tableread::engine::kernels
{
namespace
{
constexpr int scoreRows = parts == 1 ? 4 : 1; // of 4 keys: 16 of 32 registers are sums, or 8 of 16

/** The first half of `sum` for four times sixteen lanes: lanes i and i + 8, then i and i + 4. Four lanes of each remain. */
inline void quarter (const Part (&all)[4][parts], Part (&quarters)[parts])
{
#if defined(__AVX512F__)
    const Part first = blocksOf<firstTwo> (all[0][0], all[1][0]) + blocksOf<lastTwo> (all[0][0], all[1][0]);
    const Part second = blocksOf<firstTwo> (all[2][0], all[3][0]) + blocksOf<lastTwo> (all[2][0], all[3][0]);
    quarters[0] = blocksOf<evenTwo> (first, second) + blocksOf<oddTwo> (first, second);
#else
    for (std::ptrdiff_t p = 0; p < parts; ++p)
    {
        const Part first = all[2 * p][0] + all[2 * p][1], second = all[2 * p + 1][0] + all[2 * p + 1][1];
        quarters[p] = (Part) _mm256_permute2f128_ps (first, second, 0x20) +
                      (Part) _mm256_permute2f128_ps (first, second, 0x31);
    }
#endif
}

/** The other half: lanes i and i + 2, then i and i + 1, of quarters of the keys g, g + 4, g + 8 and g + 12.
    @returns the sums of part p: of the keys in order. */
inline Part finished (const Part (&quarters)[4][parts], int p)
{
    const auto halves = [p] (const Part* a, const Part* b) {
        return lanesOf<firstTwo> (a[p], b[p]) + lanesOf<lastTwo> (a[p], b[p]);
    };
    const Part first = halves (quarters[0], quarters[1]), second = halves (quarters[2], quarters[3]);
    return lanesOf<evenTwo> (first, second) + lanesOf<oddTwo> (first, second);
}

/** The scores of `Rows` queries, from number `row` on, with the sixteen positions from `position` on: as `dot` of each has them.
    dim: a multiple of the lanes. */
template <int Rows>
inline void scoreTile (const CpuAttention& a, std::int64_t row, std::int64_t position)
{
    const auto* queries = a.queries + row;
    Part quarters[Rows][4][parts];
    for (std::int64_t g = 0; g < 4; ++g)
    {
        const auto* keys = a.keys + (position + g) * a.dim;
        Part sums[Rows][4][parts] {};
        for (std::int64_t i = 0; i < a.dim; i += lanes)
            for (int p = 0; p < parts; ++p)
            {
                Part key[4];
                for (std::int64_t k = 0; k < 4; ++k)
                    key[k] = loadPart (keys + 4 * k * a.dim + i + p * partLanes);
                for (int r = 0; r < Rows; ++r)
                {
                    const Part query = loadPart (queries[r].query + i + p * partLanes);
                    for (int k = 0; k < 4; ++k)
                        sums[r][k][p] += query * key[k];
                }
            }
        for (int r = 0; r < Rows; ++r)
            quarter (sums[r], quarters[r][g]);
    }
    for (int r = 0; r < Rows; ++r)
        for (int p = 0; p < parts; ++p)
            storePart (a.scores + (row + r) * a.scoresStride + position + p * partLanes,
                       finished (quarters[r], p) * a.scale);
}
} // namespace
} // namespace tableread::engine::kernels
