// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Cpu/Kernels.h"
#include "Kernels/Cpu/Scores.h"
#include "Kernels/Cpu/Values.h"
#include "Kernels/Cpu/Vector.h"

namespace tableread::engine::kernels::TABLEREAD_ISA
{
namespace
{
constexpr std::int64_t valuesInCache = 4096; // floats: half of a first-level cache
constexpr std::int64_t ahead = 2 * lanes;    // positions: processors do not foresee a tile's order of keys

void rotary (float* x, std::int64_t heads, const CpuRotation& by)
{
    const auto dim = by.dim, half = dim / 2;
    const auto *cosine = by.cosine, *sine = by.sine;
    for (std::int64_t h = 0; h < heads; ++h, x += dim)
        for (std::int64_t i = 0; i < half; ++i)
        {
            const float a = x[i], b = x[i + half];
            x[i] = a * cosine[i] - b * sine[i];
            x[i + half] = b * cosine[i] + a * sine[i];
        }
}

/** Calls tile<rows> (row) for the rows from `row` on: for `Rows` at a time, and once for what is left. */
template <int Rows, typename Tile>
inline void forTiles (std::int64_t row, std::int64_t end, const Tile& tile)
{
    for (; row + Rows <= end; row += Rows)
        tile.template operator()<Rows> (row);
    if constexpr (Rows > 1)
        forTiles<Rows - 1> (row, end, tile);
}

/** All scores, sixteen positions at a time; a query's also behind its own length, up to the last query's. */
void score (const CpuAttention& a)
{
    const auto longest = a.queries[a.count - 1].length;
    if (longest < lanes || a.dim % lanes != 0) // no model's
    {
        for (std::int64_t q = 0; q < a.count; ++q)
            for (std::int64_t p = 0; p < a.queries[q].length; ++p)
                a.scores[q * a.scoresStride + p] =
                    dot (a.queries[q].query, a.keys + p * a.dim, a.dim) * a.scale;
        return;
    }
    std::int64_t first = 0; // of the queries that see these positions
    for (std::int64_t p = 0; p < longest; p += lanes)
    {
        while (a.queries[first].length <= p)
            ++first;
        const auto position = p + lanes <= longest ? p : longest - lanes; // some twice, with the same bits
        if (p + ahead + lanes <= longest)
            for (std::int64_t i = 0; i < lanes * a.dim; i += lanes) // a cache line each
                __builtin_prefetch (a.keys + (p + ahead) * a.dim + i);
        forTiles<scoreRows> (first, a.count,
                             [&]<int Rows> (std::int64_t row) { scoreTile<Rows> (a, row, position); });
    }
}

/** Scores → weights; the sum runs over the positions in sixteen lanes. */
void softmax (float* scores, std::int64_t length)
{
    constexpr float lowest = -3.4e38f;
    Vector most = splat (lowest);
    std::int64_t p = 0;
    for (; p + lanes <= length; p += lanes)
    {
        const Vector s = load (scores + p);
        most = s > most ? s : most;
    }
    float highest = lowest;
    for (; p < length; ++p)
        highest = scores[p] > highest ? scores[p] : highest;
    for (int lane = 0; lane < lanes; ++lane)
        highest = most[lane] > highest ? most[lane] : highest;

    Vector totals {};
    for (p = 0; p + lanes <= length; p += lanes)
    {
        const Vector e = exponential (load (scores + p) - highest);
        store (scores + p, e);
        totals += e;
    }
    if (p < length)
    {
        const Vector e = exponential (loadSome (scores + p, length - p) - highest);
        storeSome (scores + p, e, length - p);
        totals += loadSome (scores + p, length - p);
    }
    const float norm = 1.0f / sum (totals);
    forVectors (length,
                [&] (std::int64_t i, auto from, auto to) { to (scores + i, from (scores + i) * norm); });
}

/** The weighted sum of the values, over the positions one after the other; block by block, so that a block of values is
    read once for all queries. */
void mix (const CpuAttention& a)
{
    for (std::int64_t q = 0; q < a.count; ++q)
        for (std::int64_t i = 0; i < a.dim; ++i)
            a.queries[q].out[i] = 0.0f;
    const auto longest = a.queries[a.count - 1].length;
    const auto block = a.dim < valuesInCache ? valuesInCache / a.dim : 1;
    const auto lesser = [] (std::int64_t x, std::int64_t y) { return x < y ? x : y; };
    std::int64_t first = 0; // of the queries that see these positions
    for (std::int64_t begin = 0; begin < longest; begin += block)
    {
        while (a.queries[first].length <= begin)
            ++first;
        forTiles<valueRows> (first, a.count, [&]<int Rows> (std::int64_t row) {
            const auto shared = lesser (begin + block, a.queries[row].length); // by all rows of the tile
            addValues<Rows> (a, row, { begin, shared });
            for (auto r = row + 1; r < row + Rows; ++r)
                if (const auto end = lesser (begin + block, a.queries[r].length); shared < end)
                    addValues<1> (a, r, { shared, end });
        });
    }
}

void attend (const CpuAttention& a)
{
    score (a);
    for (std::int64_t q = 0; q < a.count; ++q)
        softmax (a.scores + q * a.scoresStride, a.queries[q].length);
    mix (a);
}
} // namespace

void addAttention (CpuKernels& table)
{
    table.rotary = rotary;
    table.attend = attend;
}
} // namespace tableread::engine::kernels::TABLEREAD_ISA
