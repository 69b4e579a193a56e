// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ATen/ATen.h>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "Kernels/Cpu/Kernels.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
// The order of every sum, one number at a time.

float sumOfLanes (std::vector<float> part)
{
    for (std::size_t width = 8; width > 0; width /= 2)
        for (std::size_t i = 0; i < width; ++i)
            part[i] += part[i + width];
    return part[0];
}

float plainDot (const float* a, const float* b, std::int64_t n)
{
    std::vector<float> totals (16);
    for (std::int64_t i = 0; i < n; ++i)
        totals[(std::size_t) (i % 16)] = std::fma (a[i], b[i], totals[(std::size_t) (i % 16)]);
    return sumOfLanes (totals);
}

float plainExponential (float x)
{
    x = std::clamp (x, -87.0f, 88.0f);
    const float n = std::fma (x, 1.44269504f, 12582912.0f) - 12582912.0f;
    const float r = std::fma (n, 2.12194440e-4f, std::fma (-n, 0.693359375f, x));
    float p = 1.0f / 5040.0f;
    for (const float factor : { 1.0f / 720.0f, 1.0f / 120.0f, 1.0f / 24.0f, 1.0f / 6.0f, 0.5f, 1.0f, 1.0f })
        p = std::fma (p, r, factor);
    return p * std::bit_cast<float> (((std::int32_t) n + 127) << 23);
}

void plainAttend (const kernels::CpuAttention& a, const kernels::CpuQuery& query)
{
    std::vector<float> weights, totals (16);
    float highest = -3.4e38f;
    for (std::int64_t p = 0; p < query.length; ++p)
    {
        weights.push_back (plainDot (query.query, a.keys + p * a.dim, a.dim) * a.scale);
        highest = std::max (highest, weights.back());
    }
    for (std::size_t p = 0; p < weights.size(); ++p)
    {
        weights[p] = plainExponential (weights[p] - highest);
        totals[p % 16] += weights[p];
    }
    const float norm = 1.0f / sumOfLanes (totals);
    for (std::int64_t i = 0; i < a.dim; ++i)
    {
        query.out[i] = 0;
        for (std::size_t p = 0; p < weights.size(); ++p)
            query.out[i] = std::fma (weights[p] * norm, a.values[(std::int64_t) p * a.dim + i], query.out[i]);
    }
}

/** Queries of `heads` heads with a kv head in common: those of the first row see `first` positions. */
struct Queries
{
    Queries (std::int64_t count, std::int64_t first, std::int64_t heads, std::int64_t dim)
        : longest (first + (count - 1) / heads)
        , rows (randomTensor ({ count, dim }, 1) * 2)
        , keys (randomTensor ({ longest, dim }, 2))
        , values (randomTensor ({ longest, dim }, 3))
        , scores (at::full ({ count, longest + 3 }, NAN, at::kFloat))
        , out (at::full ({ count, dim }, NAN, at::kFloat))
    {
        for (std::int64_t i = 0; i < count; ++i)
            all.push_back ({ .query = rows[i].const_data_ptr<float>(),
                             .length = first + i / heads,
                             .out = out[i].mutable_data_ptr<float>() });
        attention = { .queries = all.data(),
                      .count = count,
                      .dim = dim,
                      .keys = keys.const_data_ptr<float>(),
                      .values = values.const_data_ptr<float>(),
                      .scale = 1.0f / std::sqrt ((float) dim),
                      .scores = scores.mutable_data_ptr<float>(),
                      .scoresStride = longest + 3 };
    }

    std::int64_t longest;
    at::Tensor rows, keys, values, scores, out;
    std::vector<kernels::CpuQuery> all;
    kernels::CpuAttention attention;
};
} // namespace

TEST_CASE ("A query has the bits of the plain sums in order, whatever shares its keys",
           "[engine][kernels][determinism]")
{
    const auto* avx2 = kernels::kernelSet ("avx2");
    REQUIRE (avx2 != nullptr);
    const auto* best = &kernels::cpu(); // avx512 where there is one
    const auto dim = GENERATE (as<std::int64_t> {}, 2, 16, 24, 40, 64, 85, 128);
    const auto first = GENERATE (as<std::int64_t> {}, 1, 2, 14, 16, 17, 31, 100, 257);
    const auto count = GENERATE (as<std::int64_t> {}, 1, 2, 3, 4, 7, 16, 17);
    const auto heads = GENERATE (as<std::int64_t> {}, 1, 3);
    CAPTURE (dim, first, count, heads);
    Queries queries (count, first, heads, dim);
    for (const auto& query : queries.all)
        plainAttend (queries.attention, query);
    const auto wanted = queries.out.clone();
    CHECK_FALSE (wanted.isnan().any().item<bool>());
    for (const auto* set : { avx2, best })
    {
        CAPTURE (set->name);
        queries.out.fill_ (NAN);
        queries.scores.fill_ (NAN);
        set->attend (queries.attention);
        CHECK (sameBits (queries.out, wanted));
    }
}
