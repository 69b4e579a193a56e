// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "Kernels/Attention.h"
#include "Kernels/Gpu/Kernels.h"
#include "Kernels/Linear.h"
#include "Kernels/PersistentKernel.h"
#include "Kernels/Solver.h"
#include "Support/Gpu.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
// inner: enough inputs for split-K to be used.
constexpr std::int64_t hidden = 512, inner = 6LL * 1152, queryHeads = 8, keyHeads = 2, headSize = 64,
                       positionsKept = 320, latent = 64;

at::Tensor onGpu (at::IntArrayRef sizes, std::uint64_t seed, double scale)
{
    return (randomTensor (sizes, seed) * scale).to (cuda);
}

/** What a model runs in one persistent kernel: layers, then the diffusion steps of a head. */
struct Model
{
    explicit Model (at::ScalarType type, at::ScalarType mlp)
        : qkv (packed ({ (queryHeads + 2 * keyHeads) * headSize, hidden }, 1, type, false))
        , output (packed ({ hidden, queryHeads * headSize }, 2, type, false))
        , gateUp (packed ({ 2 * inner, hidden }, 3, mlp, true))
        , down (packed ({ hidden, inner }, 4, mlp, false))
        , noisyIn (packed ({ hidden, latent }, 5, type, false))
        , noisyOut (packed ({ latent, hidden }, 6, type, false))
        , norm { onGpu ({ hidden }, 7, 1), 1e-6 }
        , rotary (kernels::makeRotaryTable (positionsKept, headSize, 1e6, cuda))
        , isFloat (type == at::kFloat)
    {}

    static kernels::Weight packed (at::IntArrayRef sizes, std::uint64_t seed, at::ScalarType type, bool gated)
    {
        return kernels::pack (onGpu (sizes, seed, 0.03), {},
                              { .type = type, .device = cuda, .gated = gated });
    }

    /** @returns all results, so that a persistent kernel can be compared with single kernels. */
    std::vector<at::Tensor> run (std::int64_t rows, std::int64_t layers, bool persistent) const
    {
        auto x = onGpu ({ rows, hidden }, 11, 1);
        std::vector<kernels::AttentionGroup> groups;
        for (std::int64_t r = 0; r < rows; ++r)
        {
            const auto store = [&] (std::uint64_t seed) {
                return onGpu ({ layers, keyHeads, positionsKept, headSize }, seed, 1)
                    .to (isFloat ? at::kFloat : at::kBFloat16);
            };
            groups.push_back ({ { store (20 + 2 * (std::uint64_t) r), store (21 + 2 * (std::uint64_t) r) },
                                1,
                                3 + 40 * r % 300 });
        }
        const auto table = kernels::makeAttentionRows (groups);
        const kernels::GuidedRows guided {
            at::arange ((rows + 1) / 2, at::kInt).mul (2).to (cuda),
            at::full ({ (rows + 1) / 2 }, rows % 2 == 0 ? 1.3 : 1.0, at::kFloat).to (cuda)
        };
        const auto requests = (rows + 1) / 2;
        const auto sample = onGpu ({ requests, latent }, 12, 1);
        const auto noisy = at::zeros ({ rows, latent }, sample.options());
        kernels::SolverState state { sample, at::zeros_like (sample), noisy };
        const auto shift = onGpu ({ rows, hidden }, 13, 1), scale = onGpu ({ rows, hidden }, 14, 0.1);
        const auto body = [&] {
            for (std::int64_t l = 0; l < layers; ++l)
            {
                auto attended = kernels::linear (x, qkv, &norm);
                const auto mixed = kernels::attention (attended, table, { queryHeads, keyHeads, rotary, l });
                kernels::linear (mixed, output, nullptr, { .residual = x });
                const auto wide = kernels::linear (
                    x, gateUp, &norm, { .activation = kernels::Activation::SwiGlu, .rounded = true });
                kernels::linear (wide, down, nullptr, { .residual = x });
            }
            const kernels::RowNorm modulated { {}, 1e-6, shift, scale };
            for (int step = 0; step < 4; ++step)
            {
                const auto y = kernels::linear (noisy, noisyIn);
                kernels::linear (x, noisyOut, &modulated); // the step whose rows need the most memory
                const auto v = kernels::linear (y, noisyOut, &norm);
                kernels::solverStep (
                    state, v, guided,
                    { .alpha = 0.9f, .sigma = 0.4f, .keep = 0.7f, .first = 0.5f, .second = 0.1f });
            }
        };
        persistent ? kernels::inPersistentKernel (cuda, body) : body();
        std::vector<at::Tensor> all { x.cpu(), sample.cpu(), noisy.cpu() };
        for (const auto& group : groups)
            all.insert (all.end(), { group.store.keys.cpu(), group.store.values.cpu() });
        return all;
    }

    kernels::Weight qkv, output, gateUp, down, noisyIn, noisyOut;
    kernels::RowNorm norm;
    kernels::RotaryTable rotary;
    bool isFloat;
};

/** With each type and number of rows. */
void checkPersistentKernel (std::int64_t layers)
{
    const auto [type, mlp] =
        GENERATE (table<at::ScalarType, at::ScalarType> ({ { at::kBFloat16, at::kBFloat16 },
                                                           { at::kBFloat16, at::kChar },
                                                           { at::kBFloat16, at::kFloat8_e4m3fn },
                                                           { at::kFloat, at::kFloat } }));
    const std::int64_t rows = GENERATE (1, 2, 7, 8, 12);
    CAPTURE (type, mlp, rows, layers);
    const Model model (type, mlp);
    const auto single = model.run (rows, layers, false);
    REQUIRE (at::isfinite (single[0]).all().item<bool>());
    for (int turn = 0; turn < 3; ++turn)
    {
        const auto together = model.run (rows, layers, true);
        for (std::size_t i = 0; i < single.size(); ++i)
            CHECK (sameBits (together[i], single[i]));
    }
}
} // namespace

TEST_CASE ("A persistent kernel gives the bits of single kernels", "[engine][kernels][.gpu]")
{
    REQUIRE (std::string (kernels::loadGpu()).empty());
    checkPersistentKernel (1);
}

TEST_CASE ("More steps than a persistent kernel takes give the bits of single kernels",
           "[engine][kernels][.gpu]")
{
    REQUIRE (std::string (kernels::loadGpu()).empty());
    checkPersistentKernel (40);
}

// On 132 multiprocessors all warp groups have the same number of tiles, and none waits for another's last one.
TEST_CASE ("Products whose tiles divide evenly among warp groups give the bits of single kernels",
           "[engine][kernels][.gpu]")
{
    REQUIRE (std::string (kernels::loadGpu()).empty());
    constexpr std::int64_t rows = 2, narrow = 16LL * 132, wide = 2 * narrow;
    const auto type = GENERATE (at::kBFloat16, at::kChar, at::kFloat8_e4m3fn);
    CAPTURE (type);
    const auto up = Model::packed ({ wide, 1024 }, 1, type, false),
               down = Model::packed ({ narrow, wide }, 2, type, false);
    const kernels::RowNorm norm { onGpu ({ 1024 }, 3, 1), 1e-6 };
    const auto run = [&] (bool persistent) {
        auto x = onGpu ({ rows, narrow }, 4, 1);
        const auto body = [&] {
            for (int layer = 0; layer < 3; ++layer)
                kernels::linear (kernels::linear (x.narrow (1, 0, 1024), up, &norm, { .rounded = true }),
                                 down, nullptr, { .residual = x });
        };
        persistent ? kernels::inPersistentKernel (cuda, body) : body();
        return x.cpu();
    };
    const auto single = run (false);
    REQUIRE (at::isfinite (single).all().item<bool>());
    CHECK (sameBits (run (true), single));
}

// The weights of a row's splits do not fit next to the ring buffers: then the attention is a separate kernel.
TEST_CASE ("A persistent kernel continues after an attention over more positions than it has memory for",
           "[engine][kernels][.gpu]")
{
    REQUIRE (std::string (kernels::loadGpu()).empty());
    constexpr std::int64_t positions = 400'000, rows = 1;
    const auto qkv = Model::packed ({ (queryHeads + 2 * keyHeads) * headSize, hidden }, 1, at::kBFloat16,
                                    false),
               output = Model::packed ({ hidden, queryHeads * headSize }, 2, at::kBFloat16, false);
    const auto rotary = kernels::makeRotaryTable (positions, headSize, 1e6, cuda);
    const auto randomStore = [] (std::int64_t seed) {
        at::manual_seed ((std::uint64_t) seed);
        return at::randn ({ 1, keyHeads, positions, headSize },
                          at::TensorOptions (at::kBFloat16).device (cuda));
    };
    const auto keys = randomStore (3), values = randomStore (4);
    const auto run = [&] (bool persistent) {
        const kernels::AttentionGroup group { { keys.clone(), values.clone() }, 1, positions - 1 };
        const auto table = kernels::makeAttentionRows ({ group });
        auto x = onGpu ({ rows, hidden }, 5, 1);
        const auto body = [&] {
            for (int pass = 0; pass < 2; ++pass)
            {
                auto attended = kernels::linear (x, qkv);
                kernels::linear (kernels::attention (attended, table, { queryHeads, keyHeads, rotary, 0 }),
                                 output, nullptr, { .residual = x });
            }
        };
        persistent ? kernels::inPersistentKernel (cuda, body) : body();
        return x.cpu();
    };
    const auto single = run (false);
    REQUIRE (at::isfinite (single).all().item<bool>());
    CHECK (sameBits (run (true), single));
}

TEST_CASE ("An aborted recording leaves nothing behind", "[engine][kernels][.gpu]")
{
    REQUIRE (std::string (kernels::loadGpu()).empty());
    const Model model (at::kBFloat16, at::kBFloat16);
    const auto x = onGpu ({ 2, hidden }, 1, 1);
    auto residual = at::zeros ({ 2, hidden }, x.options());
    const auto rows = onGpu ({ 2, inner }, 2, 1);
    const auto wanted = kernels::linear (x, model.qkv).cpu();
    CHECK_THROWS_AS (kernels::inPersistentKernel (cuda,
                                                  [&] {
                                                      kernels::linear (rows, model.down, nullptr,
                                                                       { .residual = residual });
                                                      throw std::runtime_error ("enough");
                                                  }),
                     std::runtime_error);
    CHECK (sameBits (kernels::linear (x, model.qkv).cpu(), wanted)); // launched at once, not recorded
    kernels::inPersistentKernel (cuda, [&] { kernels::linear (x, model.qkv); });
    CHECK (residual.cpu().count_nonzero().item<std::int64_t>() == 0);
}
