// SPDX-License-Identifier: Apache-2.0
#include "Kernels/Attention.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "Kernels/Parallel.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
constexpr std::int64_t heads = 4, kvHeads = 2, dim = 24, capacity = 64;

kernels::KvStore emptyStore()
{
    // NaN shows at once if a position is read that was never written
    const auto poison = [] { return at::full ({ 2, kvHeads, capacity, dim }, NAN, at::kFloat); };
    return { poison(), poison() };
}

constexpr std::int64_t layer = 1;

at::Tensor rotate (const at::Tensor& x, std::int64_t first) // [rows, heads, dim], double
{
    const auto half = dim / 2;
    const auto position = at::arange (first, first + x.size (0), at::kDouble).view ({ -1, 1, 1 });
    const auto angle = position / at::pow (1e4, at::arange (0, dim, 2, at::kDouble) / (double) dim);
    const auto a = x.slice (2, 0, half), b = x.slice (2, half);
    return at::cat ({ a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin() }, 2);
}

/** All rows of one branch at once, in double. */
at::Tensor reference (const at::Tensor& qkv)
{
    const auto rows = qkv.size (0);
    const auto wide = qkv.to (at::kDouble);
    const auto part = [&] (std::int64_t from, std::int64_t count) {
        return wide.narrow (1, from * dim, count * dim).view ({ rows, count, dim });
    };
    const auto q = rotate (part (0, heads), 0).transpose (0, 1);
    const auto k = rotate (part (heads, kvHeads), 0).transpose (0, 1).repeat_interleave (heads / kvHeads, 0);
    const auto v = part (heads + kvHeads, kvHeads).transpose (0, 1).repeat_interleave (heads / kvHeads, 0);
    auto scores = q.matmul (k.transpose (1, 2)) / std::sqrt ((double) dim);
    scores = scores.masked_fill (at::ones ({ rows, rows }, at::kBool).triu (1), -INFINITY);
    return scores.softmax (-1).matmul (v).transpose (0, 1).reshape ({ rows, heads * dim });
}
} // namespace

TEST_CASE ("attention in one pass or row by row is causal softmax attention with rotary positions",
           "[engine][kernels]")
{
    const auto qkv = randomTensor ({ 40, (heads + 2 * kvHeads) * dim }, 1);
    const auto rotary = kernels::makeRotaryTable (capacity, dim, 1e4);
    const auto wanted = reference (qkv);

    auto copy = qkv.clone();
    const auto whole = kernels::makeAttentionRows ({ { emptyStore(), 40, 0 } });
    const auto prefill = kernels::attention (copy, whole, { heads, kvHeads, rotary, layer });
    CHECK (relativeError (prefill, wanted) < 2e-6);

    const auto store = emptyStore();
    std::vector<at::Tensor> rows;
    for (std::int64_t i = 0; i < 40; ++i)
    {
        auto row = qkv.narrow (0, i, 1).clone();
        const auto one = kernels::makeAttentionRows ({ { store, 1, i } });
        rows.push_back (kernels::attention (row, one, { heads, kvHeads, rotary, layer }));
    }
    CHECK (sameBits (at::cat (rows), prefill));
    CHECK (std::isnan (store.keys[0].sum().item<float>())); // the other layer's was not touched
}

TEST_CASE ("A branch's attention has the same bits among other branches and with one thread",
           "[engine][kernels][determinism]")
{
    const auto rotary = kernels::makeRotaryTable (capacity, dim, 1e4);
    const auto qkv = randomTensor ({ 30, (heads + 2 * kvHeads) * dim }, 1);
    kernels::setThreads (1);
    auto alone = qkv.narrow (0, 0, 12).clone();
    const auto wanted = kernels::attention (alone, kernels::makeAttentionRows ({ { emptyStore(), 12, 0 } }),
                                            { heads, kvHeads, rotary, layer });

    kernels::setThreads (2);
    auto all = qkv.clone();
    const auto rows = kernels::makeAttentionRows (
        { { emptyStore(), 12, 0 }, { emptyStore(), 17, 0 }, { emptyStore(), 1, 0 } });
    CHECK (sameBits (kernels::attention (all, rows, { heads, kvHeads, rotary, layer }).narrow (0, 0, 12),
                     wanted));
}

namespace
{
/** The shape of a model's attention. */
struct Shape
{
    std::int64_t heads, kvHeads, dim;

    std::int64_t width() const { return (heads + 2 * kvHeads) * dim; }

    kernels::KvStore store (std::int64_t rows) const
    {
        const auto poison = [&] { return at::full ({ 1, kvHeads, rows, dim }, NAN, at::kFloat); };
        return { poison(), poison() };
    }
};

/** A branch that is computed in pieces: its inputs, its store, and the rows that are done. */
struct Pieces
{
    Pieces (const Shape& shape, std::int64_t rows, std::uint64_t seed)
        : inputs (randomTensor ({ rows, shape.width() }, seed))
        , store (shape.store (rows))
    {}

    at::Tensor inputs;
    kernels::KvStore store;
    std::int64_t done = 0;
    std::vector<at::Tensor> out {};
};

/** One pass over the next rows of some branches: pieces[i] gets counts[i] of them. */
void pass (const Shape& shape, const kernels::RotaryTable& rotary, std::vector<Pieces>& branches,
           const std::vector<std::int64_t>& counts)
{
    std::vector<at::Tensor> inputs;
    std::vector<kernels::AttentionGroup> groups;
    for (std::size_t i = 0; i < branches.size(); ++i)
    {
        inputs.push_back (branches[i].inputs.narrow (0, branches[i].done, counts[i]));
        groups.push_back ({ branches[i].store, counts[i], branches[i].done });
    }
    auto qkv = at::cat (inputs);
    const auto out = kernels::attention (qkv, kernels::makeAttentionRows (groups),
                                         { shape.heads, shape.kvHeads, rotary, 0 });
    std::int64_t row = 0;
    for (std::size_t i = 0; i < branches.size(); ++i)
    {
        branches[i].out.push_back (out.narrow (0, row, counts[i]));
        branches[i].done += counts[i];
        row += counts[i];
    }
}
} // namespace

TEST_CASE ("A prompt's attention has the same bits whole, in pieces of any size and among other branches",
           "[engine][kernels][determinism]")
{
    const auto shape =
        GENERATE (Shape { 4, 4, 24 }, Shape { 7, 7, 64 }, Shape { 12, 2, 128 }, Shape { 6, 1, 20 });
    const auto threads = GENERATE (1, 2, 3);
    constexpr std::int64_t lengths[] { 150, 61, 97 };
    const auto rotary = kernels::makeRotaryTable (150, shape.dim, 1e4);
    CAPTURE (shape.heads, shape.kvHeads, shape.dim, threads);
    kernels::setThreads (threads);

    std::vector<at::Tensor> wanted;
    for (std::size_t i = 0; i < 3; ++i)
    {
        std::vector<Pieces> rowByRow;
        rowByRow.emplace_back (shape, lengths[i], i);
        while (rowByRow[0].done < lengths[i])
            pass (shape, rotary, rowByRow, { 1 });
        wanted.push_back (at::cat (rowByRow[0].out));
        std::vector<Pieces> whole;
        whole.emplace_back (shape, lengths[i], i);
        pass (shape, rotary, whole, { lengths[i] });
        CHECK (sameBits (whole[0].out[0], wanted[i]));
        CHECK_FALSE (wanted[i].isnan().any().item<bool>());
    }

    std::mt19937 random (7);
    std::vector<Pieces> cut;
    for (std::size_t i = 0; i < 3; ++i)
        cut.emplace_back (shape, lengths[i], i);
    while (cut[0].done < lengths[0] || cut[1].done < lengths[1] || cut[2].done < lengths[2])
    {
        std::vector<std::int64_t> counts;
        for (std::size_t i = 0; i < 3; ++i)
            counts.push_back (std::min<std::int64_t> (lengths[i] - cut[i].done, 1 + random() % 40));
        pass (shape, rotary, cut, counts);
    }
    for (std::size_t i = 0; i < 3; ++i)
        CHECK (sameBits (at::cat (cut[i].out), wanted[i]));
    kernels::setThreads (2);
}

TEST_CASE ("attention refuses rows for which its store has no room", "[engine][kernels]")
{
    CHECK_THROWS_WITH (kernels::makeAttentionRows ({ { emptyStore(), 2, capacity - 1 } }),
                       Catch::Contains ("is full"));
}
