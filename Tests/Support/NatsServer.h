// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Support/Eventually.h"
#include "Support/Program.h"
#include "Support/TemporaryFolder.h"

namespace tableread::test
{
/** Debian's nats-server with JetStream on a free port of this machine, with a folder of its own; ends with its scope. */
class NatsServer
{
public:
    enum class JetStream
    {
        On,
        Off
    };

    /** configuration: more of the server's own (authorization, tls). */
    explicit NatsServer (const std::string& configuration = {}, JetStream jetStream = JetStream::On)
    {
        std::ofstream (folder.path() / "nats.conf")
            << (jetStream == JetStream::On
                    ? "jetstream { store_dir: \"" + (folder.path() / "data").string() + "\" }\n"
                    : std::string())
            << configuration;
        start();
    }
    ~NatsServer() { stop (SIGKILL); }
    NatsServer (const NatsServer&) = delete;
    NatsServer& operator= (const NatsServer&) = delete;

    /** Again, on the same port and with the same data. */
    void start()
    {
        process = spawnWithLog ({ "/usr/bin/env", "nats-server", "-a", "127.0.0.1", "-p",
                                  std::to_string (port), "-c", (folder.path() / "nats.conf").string(),
                                  "--ports_file_dir", folder.path().string() },
                                folder.path() / "log");
        INFO ("nats-server is missing, or does not start: Assets/setup/test soak installs it\n" << log());
        REQUIRE (eventually ([this] { return log().find ("Server is ready") != std::string::npos; },
                             std::chrono::seconds (20)));
        if (port < 0)
            REQUIRE (eventually ([this] { return (port = givenPort()) > 0; }, std::chrono::seconds (20)));
    }

    void stop (int signal)
    {
        if (process <= 0)
            return;
        ::kill (process, signal);
        ::waitpid (process, nullptr, 0);
        process = -1;
        std::ofstream (folder.path() / "log", std::ios::trunc);
    }

    std::string url (const std::string& user = {}, const std::string& scheme = "nats") const
    {
        return scheme + "://" + (user.empty() ? "" : user + '@') + "127.0.0.1:" + std::to_string (port);
    }

private:
    std::string log() const
    {
        std::ifstream file (folder.path() / "log");
        return { std::istreambuf_iterator<char> (file), {} };
    }

    /** -1: its file is not there yet, or not whole. */
    int givenPort() const
    {
        for (const auto& entry : std::filesystem::directory_iterator (folder.path()))
            if (entry.path().extension() == ".ports")
            {
                std::ifstream file (entry.path());
                const auto json = nlohmann::json::parse (file, nullptr, false);
                if (! json.is_object())
                    return -1;
                const auto address = json.at ("nats").at (0).get<std::string>();
                return std::stoi (address.substr (address.rfind (':') + 1));
            }
        return -1;
    }

    TemporaryFolder folder;
    int port = -1; // any
    pid_t process = -1;
};
} // namespace tableread::test
