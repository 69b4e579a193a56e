// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "CommandFixture.h"
#include "Server/Access/TcpSocket.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** `serve` with options that it refuses before it loads a model. */
CommandFixture::Outcome refusal (CommandFixture& engine, std::vector<std::string> options)
{
    options.insert (options.begin(), { "serve", "--socket", engine.path ("e.sock") });
    auto outcome = engine.run (options);
    CHECK (engine.loaded.model.empty());
    return outcome;
}
} // namespace

TEST_CASE ("Serve refuses places that it cannot listen at", "[engine][command][serve][errors]")
{
    CommandFixture engine;
    const auto place = GENERATE (as<std::string> {}, "8080", "localhost", ":80", "::1:80", "127.0.0.1:65536");
    const auto outcome = refusal (engine, { "--listen", place });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("HOST:PORT is expected"));
    CHECK (engine.files().empty());
}

TEST_CASE ("Serve listens off loopback only with a token", "[engine][command][serve][errors]")
{
    CommandFixture engine;
    const auto outcome = refusal (engine, { "--listen", "127.0.0.1:0", "--listen", "0.0.0.0:0" });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("may reach 0.0.0.0:0") && Contains ("needs a --token-file"));
    CHECK (engine.files().empty());
}

TEST_CASE ("Serve says how to make a token file", "[engine][command][serve][errors]")
{
    CommandFixture engine;
    const auto file = engine.write ("token", "0123456789abcdef");
    std::filesystem::permissions (file, std::filesystem::perms (0644));
    const auto outcome = refusal (engine, { "--listen", "127.0.0.1:0", "--token-file", file });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("open to other users") && Contains ("openssl rand -hex 32"));
    CHECK_THAT (outcome.err, ! Contains ("0123456789abcdef"));
    CHECK (engine.files() == std::vector<std::string> { "token" });
}

TEST_CASE ("What belongs to TCP needs --listen", "[engine][command][serve][errors]")
{
    CommandFixture engine;
    const auto option = GENERATE (as<std::string> {}, "--token-file", "--allow-host", "--allow-origin");
    const auto outcome = refusal (engine, { option, "x" });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (option) && Contains ("--listen"));
}

TEST_CASE ("A port that is taken is busy", "[engine][command][serve][errors]")
{
    CommandFixture engine;
    const auto taken = TcpSocket::listen (tcpAddressesOf ("127.0.0.1:0").value()).value();
    const auto place = taken.front().address().text();
    const auto outcome = refusal (engine, { "--listen", place });
    CHECK (outcome.code == 3);
    CHECK_THAT (outcome.err, Contains ("something already listens at " + place));
    CHECK (engine.files().empty());
}
