// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <vector>

#include "Kernels/Attention.h"
#include "Kernels/Gpu/Kernels.h"
#include "Kernels/Linear.h"
#include "Kernels/Norm.h"
#include "Support/Gpu.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

// Each kernel on a GPU against its twin on the CPU, with the same packed numbers.
namespace
{
/** In bf16 each row is rounded before it is multiplied: 2^-9 of each term, which averages out over a sum. */
double toleranceOf (at::ScalarType type)
{
    return type == at::kFloat ? 2e-6 : 4e-3;
}
} // namespace

TEST_CASE ("linear on a GPU is its CPU twin's, at any number of rows", "[engine][kernels][.gpu]")
{
    needGpu();
    const auto type = GENERATE (at::kFloat, at::kBFloat16);
    const auto rows = GENERATE (1, 2, 8, 9, 16, 17, 32, 33, 130);
    const auto [n, k] = GENERATE (table<std::int64_t, std::int64_t> (
        { { 16, 16 }, { 33, 70 }, { 64, 448 }, { 2432, 448 }, { 448, 1216 }, { 130, 4608 } }));
    CAPTURE (type, rows, n, k);
    const auto x = randomTensor ({ rows, k }, 1), w = randomTensor ({ n, k }, 2),
               bias = randomTensor ({ n }, 3);
    const kernels::RowNorm norm { randomTensor ({ k }, 4), 1e-6 };
    const kernels::RowNorm onGpu { norm.weight.to (cuda), 1e-6 };
    const auto there = kernels::pack (w, bias, { .type = type, .device = cuda });
    const auto here = kernels::pack (w, bias, { .type = type });

    CHECK (relativeError (kernels::linear (x.to (cuda), there).cpu(), kernels::linear (x, here)) <
           toleranceOf (type));
    auto residual = randomTensor ({ rows, n }, 5), moved = residual.to (cuda);
    const auto gate = randomTensor ({ n }, 6);
    kernels::linear (x, here, &norm,
                     { .activation = kernels::Activation::Gelu, .residual = residual, .gate = gate });
    kernels::linear (x.to (cuda), there, &onGpu,
                     { .activation = kernels::Activation::Gelu, .residual = moved, .gate = gate.to (cuda) });
    CHECK (relativeError (moved.cpu(), residual) < toleranceOf (type));
    if (n % 2 == 1)
        return;
    const auto gatedThere = kernels::pack (w, {}, { .type = type, .device = cuda, .gated = true });
    const auto gatedHere = kernels::pack (w, {}, { .type = type, .gated = true });
    const kernels::LinearResult swiGlu { .activation = kernels::Activation::SwiGlu };
    CHECK (relativeError (kernels::linear (x.to (cuda), gatedThere, nullptr, swiGlu).cpu(),
                          kernels::linear (x, gatedHere, nullptr, swiGlu)) < 2 * toleranceOf (type));
}

TEST_CASE ("A row of linear on a GPU has the same bits alone and among others", "[engine][kernels][.gpu]")
{
    needGpu();
    const auto type = GENERATE (at::kFloat, at::kBFloat16);
    const auto [n, k] =
        GENERATE (table<std::int64_t, std::int64_t> ({ { 64, 448 }, { 2432, 448 }, { 448, 1216 } }));
    const auto x = randomTensor ({ 32, k }, 1).to (cuda);
    const auto weight = kernels::pack (randomTensor ({ n, k }, 2), {}, { .type = type, .device = cuda });
    const auto all = kernels::linear (x, weight).cpu();
    for (const std::int64_t rows : { 1, 2, 7, 8, 9, 16, 17, 31 })
        for (const std::int64_t from : { std::int64_t { 0 }, 32 - rows })
            CHECK (sameBits (kernels::linear (x.narrow (0, from, rows), weight).cpu(),
                             all.narrow (0, from, rows)));
}

TEST_CASE (
    "A sequence of many rows on a GPU has its CPU twin's outputs, and the same bits alone and among others",
    "[engine][kernels][.gpu]")
{
    needGpu();
    const auto type = GENERATE (at::kBFloat16, at::kChar);
    const std::int64_t rows = GENERATE (33, 100, 300);
    // With k in parts and undivided; outputs that fill the fours of the last lanes, and some that do not.
    const auto [n, k] = GENERATE (table<std::int64_t, std::int64_t> (
        { { 96, 4608 }, { 1000, 1536 }, { 130, 2048 }, { 2432, 448 }, { 18, 70 } }));
    const auto activation =
        GENERATE (kernels::Activation::None, kernels::Activation::Gelu, kernels::Activation::SwiGlu);
    CAPTURE (type, rows, n, k, activation);
    constexpr std::int64_t sequences = 7; // so many that different blocks multiply them
    const bool gated = activation == kernels::Activation::SwiGlu;
    const auto outputs = gated ? n / 2 : n;
    const auto w = randomTensor ({ n, k }, 1), bias = randomTensor ({ n }, 2);
    const auto there = kernels::pack (w, bias, { .type = type, .device = cuda, .gated = gated });
    const auto here = kernels::pack (w, bias, { .type = type, .gated = gated });
    const auto x = randomTensor ({ sequences, rows, k }, 3), moved = x.to (cuda);
    const auto all = kernels::linear (moved, there, nullptr, { .activation = activation })
                         .view ({ sequences, rows, outputs })
                         .cpu();
    const auto rounded =
        kernels::linear (moved, there, nullptr, { .activation = activation, .rounded = true }).cpu();
    CHECK (sameBits (rounded.view (all.sizes()), all.to (at::kBFloat16)));
    CHECK (relativeError (all[1], kernels::linear (x[1], here, nullptr, { .activation = activation })) <
           (gated ? 2 : 1) * toleranceOf (at::kBFloat16));
    const auto residual = randomTensor ({ rows, outputs }, 4), gate = randomTensor ({ outputs }, 5).to (cuda);
    for (const std::int64_t i : { 0, 6 })
    {
        const auto alone = kernels::linear (moved[i], there, nullptr, { .activation = activation }).cpu();
        CHECK (sameBits (alone, all[i]));
        auto sum = residual.to (cuda);
        kernels::linear (moved[i], there, nullptr,
                         { .activation = activation, .residual = sum, .gate = gate });
        CHECK (relativeError (sum.cpu() - residual, alone * gate.cpu()) < 1e-5);
    }
}

TEST_CASE ("attention on a GPU is its CPU twin's, over one part of a cache and over many",
           "[engine][kernels][.gpu]")
{
    needGpu();
    const auto [heads, kvHeads, dim] = GENERATE (
        table<std::int64_t, std::int64_t, std::int64_t> ({ { 4, 2, 24 }, { 12, 2, 128 }, { 7, 7, 64 } }));
    const std::int64_t prompt = GENERATE (5, 64, 65, 300);
    const std::int64_t capacity = 320;
    const auto run = [&, heads = heads, kvHeads = kvHeads, dim = dim] (at::Device where) {
        const auto rotary = kernels::makeRotaryTable (capacity, dim, 1e6, where);
        const auto store = [&] {
            return at::zeros ({ 2, kvHeads, capacity, dim }, at::TensorOptions (at::kFloat).device (where));
        };
        const kernels::KvStore cache { store(), store() };
        auto first = randomTensor ({ prompt, (heads + 2 * kvHeads) * dim }, 1).to (where);
        auto next = randomTensor ({ 1, (heads + 2 * kvHeads) * dim }, 2).to (where);
        const auto before = kernels::makeAttentionRows ({ { cache, prompt, 0 } });
        auto whole = kernels::attention (first, before, { heads, kvHeads, rotary, 1 });
        const auto after = kernels::makeAttentionRows ({ { cache, 1, prompt } });
        auto row = kernels::attention (next, after, { heads, kvHeads, rotary, 1 });
        return at::cat ({ whole, row }).cpu();
    };
    CHECK (relativeError (run (cuda), run (at::kCPU)) < 5e-6);
}

TEST_CASE (
    "A row of attention on a GPU has the same bits alone and among others, and leaves no store but its own",
    "[engine][kernels][.gpu]")
{
    needGpu();
    const auto type = GENERATE (at::kFloat, at::kBFloat16);
    const std::int64_t heads = 12, kvHeads = 2, dim = 64, capacity = 320;
    const auto rotary = kernels::makeRotaryTable (capacity, dim, 1e6, cuda);
    const std::vector<std::int64_t> lengths { 0, 63, 64, 200 };
    const auto stores = [&] {
        std::vector<kernels::AttentionGroup> groups;
        for (const auto length : lengths)
        {
            const auto filled = [&] (int seed) {
                return randomTensor ({ 1, kvHeads, capacity, dim }, seed + (int) length).to (cuda, type);
            };
            groups.push_back ({ { filled (1), filled (2) }, 1, length });
        }
        return groups;
    };
    const auto rows =
        randomTensor ({ (std::int64_t) lengths.size(), (heads + 2 * kvHeads) * dim }, 3).to (cuda);
    const auto together = stores(), apart = stores();
    auto all = rows.clone();
    const auto wanted =
        kernels::attention (all, kernels::makeAttentionRows (together), { heads, kvHeads, rotary, 0 });
    for (std::size_t i = 0; i < lengths.size(); ++i)
    {
        auto one = rows.narrow (0, (std::int64_t) i, 1).clone();
        const auto own = kernels::makeAttentionRows ({ apart[i] });
        CHECK (sameBits (kernels::attention (one, own, { heads, kvHeads, rotary, 0 })[0].cpu(),
                         wanted[(std::int64_t) i].cpu()));
        CHECK (sameBits (apart[i].store.keys.cpu(), together[i].store.keys.cpu()));
        CHECK (sameBits (apart[i].store.values.cpu(), together[i].store.values.cpu()));
    }
}

TEST_CASE ("Norms on a GPU are their CPU twins'", "[engine][kernels][.gpu]")
{
    needGpu();
    const std::int64_t channels = GENERATE (8, 32, 100, 2048);
    const std::int64_t rows = GENERATE (1, 8, 40);
    const auto x = randomTensor ({ 3, rows, channels }, 1), weight = randomTensor ({ channels }, 5);
    CHECK (relativeError (kernels::rmsNorm (x.to (cuda), weight.to (cuda), 1e-5).cpu(),
                          kernels::rmsNorm (x, weight, 1e-5)) < 2e-6);
}
