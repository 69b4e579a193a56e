// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "CommandFixture.h"
#include "Measure/SelfTestData.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** A fixture with stored tensors from its own renderer. */
std::string remake (CommandFixture& engine)
{
    const auto folder = engine.path ("share/tableread/selftest");
    CHECK (engine.run ({ "selftest", "--remake", folder }).code == 0);
    return "share/tableread/selftest/";
}
} // namespace

TEST_CASE ("A self-test passes with what the same build stored", "[engine][command][selftest]")
{
    CommandFixture engine;
    engine.control->frames = 25;
    const auto place = remake (engine);
    CHECK (engine.read (place + "mini.f32").size() == 10 * FakeRenderer::latentSize * sizeof (float));
    const auto outcome = engine.run ({ "selftest" });
    CHECK (outcome.code == 0);
    CHECK_THAT (outcome.out, Contains ("selftest with mini: passed") && Contains ("25 tokens are equal"));
}

TEST_CASE ("A self-test fails if tokens or latents differ", "[engine][command][selftest][errors]")
{
    CommandFixture engine;
    const auto place = remake (engine);
    SECTION ("another number of tokens")
    {
        engine.control->frames = 6;
        CHECK_THAT (engine.run ({ "selftest" }).out,
                    Contains ("FAILED; tokens differ from number 6 of 6 on"));
    }
    SECTION ("a latent")
    {
        auto bytes = engine.read (place + "mini.f32");
        float latent = 0;
        std::memcpy (&latent, bytes.data() + 40, sizeof (latent));
        latent += 0.002f;
        std::memcpy (bytes.data() + 40, &latent, sizeof (latent));
        engine.write (place + "mini.f32", bytes);
        CHECK_THAT (engine.run ({ "selftest" }).out,
                    Contains ("FAILED; 5 tokens are equal, latents differ by 2.0e-03"));
    }
    const auto outcome = engine.run ({ "selftest" });
    CHECK (outcome.code == 1);
    CHECK_THAT (outcome.err, Contains ("--remake"));
}

TEST_CASE ("Stored tensors that are missing or damaged are named", "[engine][command][selftest][errors]")
{
    CommandFixture engine;
    SECTION ("none")
    {
        CHECK_THAT (engine.run ({ "selftest" }).err,
                    Contains ("selftest/mini.json") && Contains ("not there"));
    }
    SECTION ("cut")
    {
        const auto place = remake (engine);
        engine.write (place + "mini.f32", engine.read (place + "mini.f32").substr (0, 40));
        CHECK_THAT (engine.run ({ "selftest" }).err, Contains ("mini.f32: has 10 numbers, 20 are expected"));
    }
    SECTION ("no JSON")
    {
        const auto place = remake (engine);
        engine.write (place + "mini.json", "{");
        CHECK_THAT (engine.run ({ "selftest" }).err, Contains ("mini.json: is damaged"));
    }
    CHECK (engine.run ({ "selftest" }).code == 2);
}
