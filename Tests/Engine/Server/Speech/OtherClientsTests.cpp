// SPDX-License-Identifier: Apache-2.0
// A client that others have written: OpenAI's.
#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"
#include "Support/Program.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
const std::filesystem::path scripts = std::filesystem::path (TABLEREAD_ROOT) / "Tests" / "Scripts";
} // namespace

TEST_CASE ("OpenAI's own client speaks with the engine", "[engine][server][clients][.slow]")
{
    const std::string token = "0123456789abcdef";
    ServerFixture engine;
    engine.control->frames = 50;
    engine.listenOnTcp ("127.0.0.1:0", { .token = Token (token) });
    const auto url = "http://127.0.0.1:" + std::to_string (*engine.tcp.front().address().port) + "/v1";
    const auto part = GENERATE (as<std::string> {}, "formats", "streaming", "events", "models", "errors");
    CAPTURE (part);
    const auto ended =
        runToEnd ({ pythonOfTheTests(), (scripts / "openai-client").string(), url, token, part });
    INFO (ended.said);
    CHECK (ended.code == 0);
}
