// SPDX-License-Identifier: Apache-2.0
// What people read when there is no queue to be had.
#include <fstream>

#include <catch2/catch.hpp>

#include "QueueFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
const std::string nobody = "nats://127.0.0.1:1"; // no server listens there

/** A key and a certificate for 127.0.0.1 that nobody but itself has signed. */
struct Certificate
{
    Certificate()
    {
        const auto made = runToEnd ({ "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                                      "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                                      "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:127.0.0.1",
                                      "-keyout", key(), "-out", file() });
        INFO (made.said);
        REQUIRE (made.code == 0);
    }

    std::string key() const { return (folder.path() / "key.pem").string(); }
    std::string file() const { return (folder.path() / "cert.pem").string(); }
    std::string configuration (bool verifies) const
    {
        return "tls { cert_file: \"" + file() + "\", key_file: \"" + key() + "\"" +
               (verifies ? ", ca_file: \"" + file() + "\", verify: true" : "") + " }\n";
    }

    TemporaryFolder folder;
};
} // namespace

TEST_CASE ("A queue whose server cannot be named, reached or talked to is refused in one sentence",
           "[engine][command][farm]")
{
    FarmFixture farm;
    farm.write ("nats.creds", "no credentials");
    const auto [options, code, why] = GENERATE_COPY (table<std::vector<std::string>, int, std::string> (
        { { { "--nats", nobody }, 75, "nats://127.0.0.1:1: the NATS server is out of reach" },
          { { "--nats", "nats://no-such-host.invalid" }, 75, "out of reach" },
          { { "--nats", "nats://anna:secret@127.0.0.1:1" }, 75, "nats://127.0.0.1:1: " },
          { { "--nats", "http://127.0.0.1:1" }, 2, "no NATS server's URL" },
          { { "--nats", "nats://127.0.0.1:port" }, 2, "URL" },
          { { "--nats", "nats://" }, 2, "URL" },
          { { "--nats", nobody + ",http://other" }, 2, "no NATS server's URL" },
          { { "--nats", nobody, "--queue", "a.b" }, 2, "--queue must be a name" },
          { { "--nats", nobody, "--nats-creds", "/nowhere/nats.creds" }, 2, "no file of credentials" },
          { { "--nats", nobody, "--nats-ca", "/nowhere/ca.pem" }, 2, "/nowhere/ca.pem: " },
          { { "--nats", nobody, "--nats-cert", "/nowhere/c.pem", "--nats-key", "/nowhere/k.pem" },
            2,
            "c.pem: " } }));
    for (const std::vector<std::string>& command :
         { std::vector<std::string> { "submit", farm.file(), "-q" },
           std::vector<std::string> { "batch", "--store", farm.storeFolder(), "-q" },
           std::vector<std::string> { "status" } })
    {
        auto arguments = command;
        arguments.insert (arguments.end(), options.begin(), options.end());
        const auto outcome = farm.run (arguments);
        INFO (outcome.err);
        CHECK (outcome.code == code);
        CHECK_THAT (outcome.err, Contains (why) && ! Contains ("secret"));
        CHECK (std::count (outcome.err.begin(), outcome.err.end(), '\n') == 1);
    }
    CHECK (farm.control->passagesRendered == 0);
}

TEST_CASE ("A batch has a project or a queue", "[engine][command][farm]")
{
    FarmFixture farm;
    CHECK (farm.run ({ "batch", "--store", farm.storeFolder() }).code == 2);
    CHECK (farm.batch ({ "--nats", nobody }).code == 2);
    CHECK (farm.run ({ "batch", "--store", farm.storeFolder(), "--nats", nobody, "--lines", "1" }).code == 2);
    CHECK (farm.batch ({ "--wait" }).code == 2);
}

TEST_CASE ("A queue's server wants the right user", "[.slow][engine][command][farm][nats]")
{
    const NatsServer server ("authorization { user: anna, password: secret }\n");
    FarmFixture farm;
    const auto submit = [&] (const std::string& url) {
        return farm.run ({ "submit", farm.file(), "-q", "--nats", url });
    };
    CHECK (submit (server.url ("anna:secret")).code == 0);
    for (const std::string user : { "", "anna:wrong", "ben:secret" })
    {
        const auto outcome = submit (server.url (user));
        CHECK (outcome.code == 2);
        CHECK_THAT (outcome.err, Contains ("refuses the credentials") && ! Contains ("secret@"));
    }
}

TEST_CASE ("A queue needs JetStream", "[.slow][engine][command][farm][nats]")
{
    const NatsServer server ({}, NatsServer::JetStream::Off);
    FarmFixture farm;
    const auto outcome = farm.run ({ "submit", farm.file(), "-q", "--nats", server.url() });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("has no JetStream"));
    const NatsServer other;
    const auto status = farm.run ({ "status", "--nats", other.url(), "--queue", "unknown" });
    CHECK (status.code == 2);
    CHECK_THAT (status.err, Contains ("no such queue") && Contains ("tableread-unknown"));
}

TEST_CASE ("A queue over TLS is used if the server's certificate is known",
           "[.slow][engine][command][farm][nats]")
{
    const Certificate certificate;
    const bool verifies = GENERATE (false, true);
    const NatsServer server (certificate.configuration (verifies));
    FarmFixture farm;
    const auto submit = [&] (const std::string& scheme, std::vector<std::string> options) {
        options.insert (options.begin(), { "submit", farm.file(), "-q", "--nats", server.url ({}, scheme) });
        return farm.run (options);
    };
    std::vector<std::string> good { "--nats-ca", certificate.file() };
    if (verifies)
    {
        const auto outcome = submit ("tls", good);
        INFO (outcome.err);
        CHECK (outcome.code == 2);
        good.insert (good.end(), { "--nats-cert", certificate.file(), "--nats-key", certificate.key() });
    }
    const auto known = submit ("tls", good);
    INFO (known.err);
    CHECK (known.code == 0);
    CHECK (submit ("nats", good).code == 0);
    const auto unknown = submit ("tls", {});
    CHECK (unknown.code == 2);
    CHECK_THAT (unknown.err, Contains ("TLS with the NATS server fails"));
    const NatsServer plain;
    const auto outcome = farm.run ({ "submit", farm.file(), "-q", "--nats", plain.url ({}, "tls") });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("TLS"));
}

TEST_CASE ("A queue's server knows a user by a file of credentials", "[.slow][engine][command][farm][nats]")
{
    const auto textOf = [] (const std::string& name) {
        std::ifstream file (TABLEREAD_ROOT "/Tests/Data/nats/" + name);
        return std::string { std::istreambuf_iterator<char> (file), {} };
    };
    const NatsServer server (textOf ("accounts.conf"));
    FarmFixture farm;
    const auto submit = [&] (std::vector<std::string> options) {
        options.insert (options.begin(), { "submit", farm.file(), "-q", "--nats", server.url() });
        return farm.run (options);
    };
    const auto known = submit ({ "--nats-creds", TABLEREAD_ROOT "/Tests/Data/nats/user.creds" });
    INFO (known.err);
    CHECK (known.code == 0);
    CHECK (submit ({}).code == 2);
    auto token = textOf ("user.creds");
    token[token.find ("eyJ", 60) + 40] ^= 1; // of another user
    const auto refused = submit ({ "--nats-creds", farm.write ("other.creds", token) });
    CHECK (refused.code == 2);
    CHECK_THAT (refused.err, Contains ("refuses the credentials"));
    const auto empty = submit ({ "--nats-creds", farm.write ("empty.creds", "") });
    CHECK (empty.code == 2);
    CHECK (std::count (empty.err.begin(), empty.err.end(), '\n') == 1);
}
