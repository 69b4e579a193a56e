// SPDX-License-Identifier: Apache-2.0
#include "Kernels/ByteMatrix.h"

#include <ATen/ATen.h>
#include <catch2/catch.hpp>
#include <cmath>

#include "Kernels/Linear.h"
#include "Support/Tensors.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
/** What a byte of e4m3 stands for, by its definition. */
float valueOf (int bits)
{
    const int exponent = bits >> 3 & 15, mantissa = bits & 7;
    const float magnitude = exponent == 0 ? std::ldexp ((float) mantissa, -9)
                                          : std::ldexp ((float) (8 + mantissa), exponent - 10);
    return (bits & 128) != 0 ? -magnitude : magnitude;
}

constexpr int magnitudes = 127; // magnitudes of e4m3: 0 to 126, 127 is NaN

at::Tensor row (std::initializer_list<float> values)
{
    return at::tensor (at::ArrayRef<float> (values.begin(), values.size())).unsqueeze (0);
}
} // namespace

TEST_CASE ("int8 takes a row's largest magnitude as 127 and rounds ties to even",
           "[engine][kernels][weights]")
{
    const auto bytes =
        kernels::quantise (row ({ 127.0f, -127.0f, 0.5f, 1.5f, -2.5f, 2.51f, -0.0f }), at::kChar);
    CHECK (bytes.scale.item<float>() == 1.0f);
    CHECK (bytes.values.equal (row ({ 127, -127, 0, 2, -2, 3, 0 }).to (at::kChar)));

    const auto matrix = randomTensor ({ 40, 333 }, 1) * at::exp (randomTensor ({ 40, 1 }, 2) * 5);
    const auto eight = kernels::quantise (matrix, at::kChar);
    CHECK (eight.scale.equal (matrix.abs().amax (1) / 127));
    CHECK (eight.values.abs().amax (1).eq (127).all().item<bool>());
    const auto off = (kernels::dequantise (eight) - matrix).abs() / eight.scale.unsqueeze (1);
    CHECK (off.max().item<float>() < 0.50001f);
}

TEST_CASE ("fp8 takes a row's largest magnitude as 448 and the nearest number, ties to even",
           "[engine][kernels][weights]")
{
    // A row that holds every number of e4m3 has scale 1: each stands for itself, and a number half-way between
    // two goes to the one with an even last bit.
    std::vector<float> values, halves;
    std::vector<std::uint8_t> codes, evens;
    for (int code = 0; code < magnitudes; ++code)
        for (const int sign : { 0, 128 })
        {
            codes.push_back ((std::uint8_t) (code | sign));
            values.push_back (valueOf (code | sign));
            const int next = std::min (code + 1, magnitudes - 1);
            halves.push_back ((valueOf (code | sign) + valueOf (next | sign)) / 2);
            evens.push_back ((std::uint8_t) ((code % 2 == 0 ? code : next) | sign));
        }
    const auto matrix = at::stack ({ at::tensor (values), at::tensor (halves) });
    const auto bytes = kernels::quantise (matrix, at::kFloat8_e4m3fn);
    CHECK (bytes.scale.equal (at::ones ({ 2 })));
    const auto got = bytes.values.view (at::kByte);
    CHECK (got[0].equal (at::tensor (codes, at::kByte)));
    CHECK (got[1].equal (at::tensor (evens, at::kByte)));
    CHECK (kernels::dequantise (bytes)[0].equal (at::tensor (values)));
}

TEST_CASE ("Every number of e4m3 and int8 is multiplied as what it stands for", "[engine][kernels][weights]")
{
    std::vector<float> e4m3, whole;
    std::vector<std::uint8_t> codes;
    std::vector<std::int8_t> integers;
    for (int code = 0; code < 256; ++code)
        if ((code & 127) != 127)
        {
            codes.push_back ((std::uint8_t) code);
            e4m3.push_back (valueOf (code));
            integers.push_back ((std::int8_t) code);
            whole.push_back ((float) (std::int8_t) code);
        }
    const auto k = (std::int64_t) codes.size();
    const auto one = at::eye (k), scale = at::tensor ({ 0.25f });
    const auto column = [&] (const at::Tensor& values) {
        return kernels::linear (one, kernels::pack ({ values.view ({ 1, k }), scale }, {})).flatten();
    };
    CHECK (
        column (at::tensor (codes, at::kByte).view (at::kFloat8_e4m3fn)).equal (at::tensor (e4m3) * 0.25f));
    CHECK (column (at::tensor (integers, at::kChar)).equal (at::tensor (whole) * 0.25f));
}

TEST_CASE ("A row of zeros, or of nearly zeros, becomes zeros", "[engine][kernels][weights]")
{
    const auto type = GENERATE (at::kChar, at::kFloat8_e4m3fn);
    const auto bytes = kernels::quantise (
        at::stack ({ at::zeros ({ 3 }), at::full ({ 3 }, 1e-44), at::ones ({ 3 }) }), type);
    CHECK (kernels::dequantise (bytes).equal (
        at::stack ({ at::zeros ({ 3 }), at::zeros ({ 3 }), at::ones ({ 3 }) })));
    CHECK (at::isfinite (bytes.scale).all().item<bool>());
}

TEST_CASE ("8-bit weights take a byte each, and a scale for each output", "[engine][kernels][weights]")
{
    const auto type = GENERATE (at::kChar, at::kFloat8_e4m3fn);
    const auto weight =
        kernels::pack (randomTensor ({ 64, 128 }, 1), randomTensor ({ 64 }, 2), { .type = type });
    CHECK (weight.panels.scalar_type() == type);
    CHECK (weight.panels.is_contiguous());
    CHECK (weight.channelScale.is_contiguous());
    CHECK (weight.bytes() == 64 * 128 + 64 * 4 + 64 * 4);
}
