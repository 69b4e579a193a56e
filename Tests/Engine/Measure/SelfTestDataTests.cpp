// SPDX-License-Identifier: Apache-2.0
#include "Measure/SelfTestData.h"

#include <limits>

#include <catch2/catch.hpp>

using namespace tableread;
using namespace tableread::engine;
using Catch::Contains;

TEST_CASE ("A latent that is not a number does not match", "[engine][measure][selftest][errors]")
{
    SelfTestData stored;
    stored.tokens = { 1, 2 };
    stored.latents = { 0.1f, 0.2f, 0.3f };
    auto now = stored;
    CHECK (compare (stored, now, 1e-3).passed);
    now.latents[1] = std::nanf ("");
    CHECK (! compare (stored, now, 1e-3).passed);
    now = stored;
    now.latents.pop_back();
    CHECK (! compare (stored, now, 1e-3).passed);
    CHECK (! compare ({}, {}, 1e-3).passed);
}
