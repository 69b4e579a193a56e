// SPDX-License-Identifier: Apache-2.0
#include "Network/Sampler/Noise.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <vector>

#include "Network/Sampler/Philox.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

TEST_CASE ("philox gives the known answers of its authors", "[engine][sampler]")
{
    using Words = std::array<std::uint32_t, 4>; // kat_vectors of Random123, philox4x32 10
    CHECK (philox ({ 0, 0, 0, 0 }, { 0, 0 }) == Words { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 });
    CHECK (philox ({ ~0u, ~0u, ~0u, ~0u }, { ~0u, ~0u }) ==
           Words { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd });
    CHECK (philox ({ 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, { 0xa4093822, 0x299f31d0 }) ==
           Words { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 });
}

TEST_CASE ("normals are normal, and each depends only on its own position", "[engine][sampler]")
{
    std::vector<float> many (200'001);
    normals (7, NoiseDomain::Diffusion, 3, many);
    const auto moment = [&] (int power) {
        return std::accumulate (many.begin(), many.end(), 0.0,
                                [=] (double sum, float x) { return sum + std::pow ((double) x, power); }) /
               (double) many.size();
    };
    CHECK (std::abs (moment (1)) < 0.01); // standard error 0.0022
    CHECK (moment (2) == Approx (1.0).margin (0.015));
    CHECK (std::abs (moment (3)) < 0.04);
    CHECK (moment (4) == Approx (3.0).margin (0.12));

    std::vector<float> few (5);
    normals (7, NoiseDomain::Diffusion, 3, few);
    CHECK (std::equal (few.begin(), few.end(), many.begin()));
    for (const auto& [key, domain, stream] : { std::tuple { 8ULL, NoiseDomain::Diffusion, 3ULL },
                                               { 7ULL, NoiseDomain::Voice, 3ULL },
                                               { 7ULL, NoiseDomain::Diffusion, 4ULL },
                                               { 7ULL + (1ULL << 32), NoiseDomain::Diffusion, 3ULL } })
    {
        std::vector<float> other (5);
        normals (key, domain, stream, other);
        CHECK (other != few);
    }
}

TEST_CASE ("A frame's noise needs no other frame's", "[engine][sampler]")
{
    PhiloxNoise a (5), b (5);
    const auto first = a.frame (0, 64), ninth = a.frame (9, 64);
    CHECK (sameBits (b.frame (9, 64), ninth));
    CHECK_FALSE (sameBits (first, ninth));
}

TEST_CASE ("Torch noise is what torch.manual_seed and torch.randn draw", "[engine][sampler]")
{
    // torch 2.11.0: torch.manual_seed (42); torch.randn (2, 64)
    TorchNoise plain (42);
    const auto frame = plain.frame (0, 64);
    const float wanted[] { 1.9269152879714966f, 1.4872840642929077f, 0.9007171988487244f,
                           -2.1055209636688232f };
    for (std::int64_t i = 0; i < 4; ++i)
        CHECK (frame[i].item<float>() == wanted[i]);

    // a frame draws two rows, of which the second is not used: torch.randn (2, 64) again
    CHECK (plain.frame (1, 64)[0].item<float>() == 1.931160569190979f);

    // torch.manual_seed (42); torch.randn (2); torch.randn (2, 3, 5); torch.randn (2, 64)
    TorchNoise voiced (42);
    const auto [scalars, noise] = voiced.voices (2, 3, 5);
    CHECK (scalars[0].item<float>() == 0.33669036626815796f);
    CHECK (scalars[1].item<float>() == 0.12880940735340118f);
    CHECK (noise[0][0][0].item<float>() == 0.6784184575080872f);
    CHECK (noise[0][0][3].item<float>() == -1.6046669483184814f);
    CHECK (voiced.frame (0, 64)[0].item<float>() == 0.07802387326955795f);
}
