// SPDX-License-Identifier: Apache-2.0
// The codec's kernels on a GPU against their CPU twins, which CodecBlockTests.cpp checks. Run on machines with a GPU.
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <catch2/catch.hpp>

#include "Kernels/CodecBlock.h"
#include "Kernels/Extend.h"
#include "Kernels/Gpu/Kernels.h"
#include "Kernels/PersistentKernel.h"
#include "Support/CodecBlocks.h"
#include "Support/Gpu.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
kernels::CodecBlockWeights onGpu (const BlockMatrices& matrices, const kernels::CodecBlockWeights& w,
                                  at::ScalarType type)
{
    const auto move = [] (const at::Tensor& t) { return t.to (cuda); };
    return { move (w.norm),
             move (w.mixer),
             move (w.mixerBias),
             move (w.gamma),
             move (w.ffnNorm),
             move (w.ffnGamma),
             kernels::pack (matrices.up, w.up.bias, { .type = type, .device = cuda }),
             kernels::pack (matrices.down, w.down.bias, { .type = type, .device = cuda }),
             w.eps };
}
} // namespace

TEST_CASE ("A codec block on a GPU is its CPU twin's, chunk by chunk", "[engine][kernels][.gpu]")
{
    needGpu();
    const auto type = GENERATE (at::kFloat, at::kBFloat16);
    const std::int64_t channels = GENERATE (8, 12, 32, 64, 128, 256, 2048);
    const std::int64_t columns = GENERATE (1, 5, 8, 16, 40, 200, 331);
    CAPTURE (type, channels, columns);
    const auto [weights, matrices] = randomBlock (channels, type);
    const auto there = onGpu (matrices, weights, type);
    auto context = randomTensor ({ 3, 6, channels }, 6), moved = context.to (cuda);
    const auto active = at::tensor ({ 1, 0, 1 }, at::kInt);
    for (int chunk = 0; chunk < 2; ++chunk)
    {
        const auto x = randomTensor ({ 3, columns, channels }, 10 + chunk);
        const auto wanted = kernels::codecBlock (x.clone(), weights, context, active) - x;
        const auto got = kernels::codecBlock (x.to (cuda), there, moved, active.to (cuda)).cpu() - x;
        CHECK (relativeError (got, wanted) < (type == at::kFloat ? 3e-6 : 4e-3));
        CHECK (relativeError (moved.cpu(), context) < 1e-6);
    }
}

TEST_CASE ("A stream of a codec block on a GPU has the same bits alone and among others",
           "[engine][kernels][.gpu]")
{
    needGpu();
    const auto type = GENERATE (at::kFloat, at::kBFloat16);
    const auto [channels, columns] = GENERATE (table<std::int64_t, std::int64_t> (
        { { 32, 320 }, { 64, 100 }, { 128, 80 }, { 256, 200 }, { 512, 40 }, { 1024, 8 }, { 2048, 1 } }));
    const auto [weights, matrices] = randomBlock (channels, type);
    const auto there = onGpu (matrices, weights, type);
    const auto x = randomTensor ({ 16, columns, channels }, 1).to (cuda);
    auto context = randomTensor ({ 16, 6, channels }, 2).to (cuda);
    auto contexts = context.clone();
    const auto together = kernels::codecBlock (x.clone(), there, contexts, {});
    for (const auto& [first, count] : { std::pair { 0, 1 }, { 5, 1 }, { 15, 1 }, { 3, 2 }, { 8, 7 } })
    {
        auto own = context.narrow (0, first, count).clone();
        const auto alone = kernels::codecBlock (x.narrow (0, first, count).clone(), there, own, {});
        CHECK (sameBits (alone.cpu(), together.narrow (0, first, count).cpu()));
        CHECK (sameBits (own.cpu(), contexts.narrow (0, first, count).cpu()));
    }
}

TEST_CASE ("A codec in a persistent kernel gives the bits of single kernels", "[engine][kernels][.gpu]")
{
    needGpu();
    const auto [streams, columns] =
        GENERATE (table<std::int64_t, std::int64_t> ({ { 1, 1 }, { 1, 8 }, { 4, 2 }, { 3, 1 } }));
    const std::int64_t channels = GENERATE (64, 256, 1024, 2048);
    CAPTURE (streams, columns, channels);
    constexpr std::int64_t taps = 7;
    const auto type = at::kBFloat16;
    const auto [weights, matrices] = randomBlock (channels, type);
    const auto block = onGpu (matrices, weights, type);
    const auto matrix = randomTensor ({ channels, taps * channels }, 1) * 0.02;
    const auto convolution = kernels::pack (matrix, {}, { .type = type, .device = cuda });
    const auto active = at::ones ({ streams }, at::kInt);
    active[streams / 2] = 0;
    const auto moved = active.to (cuda);
    const auto x = randomTensor ({ streams, columns, channels }, 3).to (cuda);
    /** Two blocks, a convolution, a block: each works on what the one before has just written. */
    const auto run = [&, streams = streams, columns = columns] (bool persistent) {
        std::vector<at::Tensor> contexts;
        for (std::uint64_t i = 0; i < 4; ++i)
            contexts.push_back (randomTensor ({ streams, taps - 1, channels }, 4 + i).to (cuda));
        auto y = x.clone();
        const auto body = [&] {
            y = kernels::codecBlock (y, block, contexts[0], moved);
            y = kernels::codecBlock (y, block, contexts[1], moved);
            const auto extended = kernels::extend (y, contexts[2], moved, true);
            const auto windows = extended.as_strided ({ streams, columns, taps * channels },
                                                      { extended.stride (0), channels, 1 });
            y = kernels::linear (windows, convolution).view ({ streams, columns, channels });
            y = kernels::codecBlock (y, block, contexts[3], moved);
        };
        persistent ? kernels::inPersistentKernel (cuda, body) : body();
        contexts.push_back (y);
        for (auto& t : contexts)
            t = t.cpu();
        return contexts;
    };
    const auto single = run (false);
    REQUIRE (at::isfinite (single.back()).all().item<bool>());
    for (int turn = 0; turn < 3; ++turn)
    {
        const auto together = run (true);
        for (std::size_t i = 0; i < single.size(); ++i)
            CHECK (sameBits (together[i], single[i]));
    }
}

TEST_CASE ("extend on a GPU is its CPU twin's", "[engine][kernels][.gpu]")
{
    needGpu();
    const std::int64_t rows = GENERATE (1, 2, 9, 320), columns = GENERATE (1, 6, 8),
                       channels = GENERATE (1, 64);
    const auto x = randomTensor ({ 3, rows, channels }, 1);
    auto context = randomTensor ({ 3, columns, channels }, 2), moved = context.to (cuda),
         again = moved.clone();
    const auto active = at::tensor ({ 1, 0, 1 }, at::kInt);
    const auto wanted = kernels::extend (x, context, active);
    CHECK (sameBits (kernels::extend (x.to (cuda), moved, active.to (cuda)).cpu(), wanted));
    CHECK (sameBits (moved.cpu(), context));
    const auto rounded = kernels::extend (x.to (cuda), again, active.to (cuda), true);
    CHECK (sameBits (rounded.cpu(), wanted.to (at::kBFloat16)));
    CHECK (sameBits (again.cpu(), context));
}

TEST_CASE ("A product on a GPU takes rows that are in bf16 already, windows of a convolution too",
           "[engine][kernels][.gpu]")
{
    needGpu();
    const std::int64_t rows = GENERATE (1, 8, 40, 200, 300), batch = GENERATE (1, 3);
    const std::int64_t inputs = 64, taps = 3, outputs = GENERATE (16, 200);
    const auto weight =
        kernels::pack (randomTensor ({ outputs, taps * inputs }, 1), randomTensor ({ outputs }, 2),
                       { .type = at::kBFloat16, .device = cuda });
    const auto columns = randomTensor ({ batch, rows + taps - 1, inputs }, 3).to (cuda, at::kBFloat16);
    const auto windows = [&] (const at::Tensor& x) {
        return x.as_strided ({ batch, rows, taps * inputs }, { x.stride (0), inputs, 1 });
    };
    const auto exact = columns.to (at::kFloat);
    const auto wanted = kernels::linear (windows (exact), weight);
    CHECK (sameBits (kernels::linear (windows (columns), weight).cpu(), wanted.cpu()));
    const auto rounded = kernels::linear (windows (columns), weight, nullptr, { .rounded = true });
    CHECK (sameBits (rounded.cpu(), wanted.to (at::kBFloat16).cpu()));
}
