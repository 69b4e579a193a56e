// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Engine/Golden/GoldenFolder.h"
#include "Render/Replay.h"

using namespace tableread::engine;
using namespace tableread::test;

namespace
{
std::set<std::string> keys (const std::map<std::string, double>& errors)
{
    std::set<std::string> names;
    for (const auto& [name, error] : errors)
        names.insert (name);
    return names;
}

/** NaN is not a small error: every check is "at most", never "not above". */
void checkAtMost (const std::map<std::string, double>& errors, double limit)
{
    for (const auto& [name, error] : errors)
    {
        INFO (name);
        CHECK (error >= 0.0);
        CHECK (error <= limit);
    }
}
} // namespace

TEST_CASE ("The committed goldens cover what they are said to cover", "[engine][golden]")
{
    std::set<std::string> types;
    std::set<bool> tied, own;
    std::set<int> steps, voices, hops;
    std::set<double> guidance;
    for (const auto& name : goldenNames())
    {
        const auto json = goldenJson (goldenRoot / name);
        types.insert (json.at ("dtype").get<std::string>());
        tied.insert (json.at ("tied").get<bool>());
        own.insert (json.at ("script").is_null());
        steps.insert (json.at ("diffusion_steps").get<int>());
        guidance.insert (json.at ("cfg_scale").get<double>());
        voices.insert ((int) json.at ("voice_lens").size());
        hops.insert (json.at ("hop").get<int>());
        CHECK (json.at ("semantics").get<std::string>() == "original");
    }
    CHECK (goldenNames().size() >= 8);
    CHECK (types == std::set<std::string> { "bfloat16", "float32" });
    CHECK (tied.size() == 2);
    CHECK (own.size() == 2);
    CHECK (steps == std::set<int> { 1, 5, 10, 20 });
    CHECK (guidance == std::set<double> { 1.0, 1.3, 3.0 });
    CHECK (voices == std::set<int> { 0, 1, 2, 3, 4 });
    CHECK (hops == std::set<int> { 15, 16, 24, 3200 });
}

TEST_CASE ("The engine computes what PyTorch computes, tensor by tensor", "[engine][golden]")
{
    for (const auto& name : goldenNames())
        DYNAMIC_SECTION (name)
        {
            const auto folder = goldenRoot / name;
            const auto report = replay (folder, { .threads = 1 });
            const auto wanted = comparedClasses (folder);
            const auto json = goldenJson (folder);
            REQUIRE (report.dtype == json.at ("dtype").get<std::string>());
            CHECK (report.tokensEqual);
            CHECK (wanted.size() >= 15);
            CHECK (keys (report.forced) == wanted);
            if (report.dtype == "float32")
            {
                CHECK (keys (report.free) == wanted);
                checkAtMost (report.forced, forcedTolerance);
                checkAtMost (report.free, freeTolerance);
                continue;
            }
            CHECK (report.free.empty());
            for (const auto& [type, error] : report.forced)
            {
                INFO (type);
                const auto own = json.at ("own_error").at (type).get<double>();
                CHECK (error >= 0.0);
                CHECK (error <= bf16Factor * own);
            }
        }
}
