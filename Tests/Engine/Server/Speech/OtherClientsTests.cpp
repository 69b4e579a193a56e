// SPDX-License-Identifier: Apache-2.0
// A client that others have written: OpenAI's.
#include <cstdlib>
#include <spawn.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

extern char** environ;

using namespace tableread;
using namespace tableread::test;

namespace
{
const std::filesystem::path scripts = std::filesystem::path (TABLEREAD_ROOT) / "Tests" / "Scripts";

/** The Python with the packages of PyPI that Assets/setup/test soak installs. */
std::filesystem::path pythonOfTheTests()
{
    const auto* const cache =
        std::getenv ("TABLEREAD_CACHE");           // NOLINT(concurrency-mt-unsafe): nobody sets it
    const auto* const home = std::getenv ("HOME"); // NOLINT(concurrency-mt-unsafe): likewise
    return std::filesystem::path (cache != nullptr  ? cache
                                  : home != nullptr ? std::string (home) + "/.cache/tableread"
                                                    : "/nowhere") /
           "python" / "bin" / "python3";
}

/** @returns the exit code. */
int run (std::vector<std::string> words)
{
    std::vector<char*> arguments;
    arguments.reserve (words.size() + 1);
    for (auto& word : words)
        arguments.push_back (word.data());
    arguments.push_back (nullptr);
    pid_t pid = -1;
    REQUIRE (posix_spawnp (&pid, arguments.front(), nullptr, nullptr, arguments.data(), environ) == 0);
    int status = 0;
    waitpid (pid, &status, 0);
    return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
}
} // namespace

TEST_CASE ("OpenAI's own client speaks with the engine", "[engine][server][clients][.slow]")
{
    const std::string token = "0123456789abcdef";
    ServerFixture engine;
    engine.control->frames = 50;
    engine.listenOnTcp ("127.0.0.1:0", { .token = Token (token) });
    const auto url = "http://127.0.0.1:" + std::to_string (*engine.tcp.front().address().port) + "/v1";
    const auto python = pythonOfTheTests();
    if (! std::filesystem::exists (python))
        FAIL ("OpenAI's client is missing: Assets/setup/test soak installs it");
    const auto part = GENERATE (as<std::string> {}, "formats", "streaming", "events", "models", "errors");
    CAPTURE (part);
    CHECK (run ({ python.string(), (scripts / "openai-client").string(), url, token, part }) == 0);
}
