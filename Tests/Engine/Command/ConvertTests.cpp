// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include <catch2/catch.hpp>

#include "CommandFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

TEST_CASE ("Convert passes on what was asked for, and says what it did", "[engine][command][convert]")
{
    CommandFixture engine;
    ConvertRequest asked;
    engine.convert = [&asked] (const ConvertRequest& request) {
        asked = request;
        request.onProgress (1'000'000'000, 2'000'000'000);
        return ConvertReport { 100, 96, 4'000'000'000, 2'500'000'000, { "notes.pt" } };
    };
    auto outcome =
        engine.run ({ "convert", engine.model().string(), engine.path ("out"), "--weights", "int8" });
    CHECK (outcome.code == 0);
    CHECK (asked.from == engine.model());
    CHECK (asked.to == engine.path ("out"));
    CHECK (asked.weights == WeightsFormat::Int8);
    CHECK (asked.shardBytes == 4'000'000'000);
    CHECK_THAT (
        outcome.out,
        Contains ("196 matrices in int8 (96 of them were already), 2.50 GB of weights instead of 4.00."));
    CHECK_THAT (outcome.out, Contains ("Not copied, since too large to belong to a checkpoint: notes.pt."));
    CHECK_THAT (outcome.out, Contains ("--weights int8"));
    CHECK (outcome.err.empty()); // no terminal, no bar

    engine.terminalColumns = 80;
    outcome =
        engine.run ({ "convert", engine.model().string(), "x", "--weights", "fp8", "--shard-size", "500MB" });
    CHECK (outcome.code == 0);
    CHECK (asked.weights == WeightsFormat::Float8);
    CHECK (asked.shardBytes == 500'000'000);
    CHECK_THAT (outcome.err, Contains ("convert  50 %  1.00 of 2.00 GB"));
}

TEST_CASE ("A conversion that is stopped ends as a shell expects", "[engine][command][convert]")
{
    CommandFixture engine;
    engine.convert = [] (const ConvertRequest& request) {
        std::raise (SIGINT);
        request.onProgress (1, 2);
        return ConvertReport {};
    };
    const auto outcome = engine.run ({ "convert", engine.model().string(), "out", "--weights", "fp8" });
    CHECK (outcome.code == 130);
    CHECK_THAT (outcome.err, Contains ("stopped; nothing of out is left"));
}

TEST_CASE ("An impossible conversion is refused in one sentence", "[engine][command][convert][errors]")
{
    CommandFixture engine;
    engine.convert = [] (const ConvertRequest&) -> ConvertReport {
        fail (ErrorCode::InvalidInput, "exists already.", "out");
    };
    const auto model = engine.model().string(), none = engine.path ("none");
    const auto [arguments, why] = GENERATE_COPY (table<std::vector<std::string>, std::string> (
        { { { "convert", model, "out", "--weights", "fp8" }, "out: exists already." },
          { { "convert", model, "out" }, "--weights is required" },
          { { "convert", model, "--weights", "fp8" }, "OUT is required" },
          { { "convert", model, "out", "--weights", "bf16" }, "bf16" },
          { { "convert", none, "out", "--weights", "fp8" }, "is not a folder" },
          { { "convert", model, "out", "--weights", "fp8", "--shard-size", "10" },
            "is not a size of 1MB or more" } }));
    const auto outcome = engine.run (arguments);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (why));
    CHECK (std::count (outcome.err.begin(), outcome.err.end(), '\n') == 1);
}
