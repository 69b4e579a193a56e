// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "CommandFixture.h"
#include "Device/Driver.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

TEST_CASE ("Each command explains itself with examples", "[engine][command]")
{
    CommandFixture engine;
    const std::string command = GENERATE ("render", "serve", "inspect", "selftest", "bench", "profile");
    const auto help = engine.run ({ command, "--help" });
    CHECK (help.code == 0);
    CHECK_THAT (help.out, Contains ("Examples:") && Contains ("tableread-engine " + command));
    CHECK (help.err.empty());
    CHECK_THAT (engine.run ({ "--help" }).out, Contains ("\n  " + command));
}

TEST_CASE ("The version names the commit", "[engine][command]")
{
    CommandFixture engine;
    const auto version = engine.run ({ "--version" });
    CHECK (version.code == 0);
    CHECK_THAT (version.out,
                Catch::Matches (R"(tableread-engine \d+\.\d+\.\d+ \(([0-9a-f]{12}(-dirty)?|unknown)\)\n)"));
}

TEST_CASE ("A command line that cannot be used is one sentence and exit code 2", "[engine][command][errors]")
{
    CommandFixture engine;
    const auto [arguments, says] = GENERATE (table<std::vector<std::string>, std::string> ({
        { std::vector<std::string>(), "subcommand" },
        { { "sing" }, "sing" },
        { { "render" }, "SCRIPT" },
        { { "render", "x.txt", "-o", "y.wav", "--steps", "0" }, "--steps" },
        { { "render", "x.txt", "-o", "y.wav", "--seed", "-2" }, "--seed" },
        { { "render", "x.txt", "-o", "y.wav", "--passage", "page" }, "--passage" },
        { { "render", "x.txt", "-o", "y.wav", "--loud" }, "--loud" },
        { { "bench", "--runs", "many" }, "--runs" },
    }));
    CAPTURE (arguments);
    const auto outcome = engine.run (arguments);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (says) && Contains ("--help"));
    CHECK (std::count (outcome.err.begin(), outcome.err.end(), '\n') == 1);
    CHECK (outcome.out.empty());
}

TEST_CASE ("A command continues with Torch if it speaks or computes", "[engine][command]")
{
    CommandFixture engine;
    engine.continueWithTorch = [] { fail (ErrorCode::Cancelled, "continued"); };
    const bool hasDriver = hasCudaDriver();
    const auto [arguments, continues] = GENERATE_COPY (table<std::vector<std::string>, bool> ({
        { { "render", "x.txt", "-o", "y.wav" }, true },
        { { "serve" }, true },
        { { "selftest" }, true },
        { { "bench" }, true },
        { { "profile" }, true },
        { { "convert", "there", "here", "--weights", "int8" }, true },
        { { "replay", "." }, true },
        { { "batch", "x.tableread", "--store", ".", "--worker", "1/2" }, true },
        { { "batch", "x.tableread", "--store", "." }, hasDriver },
        { { "batch", "x.tableread", "--store", ".", "--device", "cpu" }, false },
        { { "plan" }, hasDriver },
        { { "plan", "--lines", "10", "--bench", "none.json" }, false },
        { { "gather", "x.tableread", "--store", ".", "-o", "y" }, false },
        { { "submit", "x.tableread", "--nats", "nats://127.0.0.1:1" }, false },
        { { "status", "--nats", "nats://127.0.0.1:1" }, false },
        { { "inspect" }, false },
        { { "settings" }, false },
        { { "project", "show", "x.tableread" }, false },
        { { "render", "--help" }, false },
    }));
    CAPTURE (arguments, engine.run (arguments).err);
    CHECK ((engine.run (arguments).err == "tableread-engine: continued\n") == continues);
}
