// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "Support/Environment.h"
#include "Support/TemporaryFolder.h"

extern char** environ;

namespace tableread::test
{
/** HAProxy from Debian's package, with a configuration of the test's; ends with its scope. */
class HaProxy
{
public:
    /** Its exit code when it only checks a configuration (haproxy -c). */
    static int check (const std::filesystem::path& configuration)
    {
        int status = -1;
        ::waitpid (start ({ "haproxy", "-c", "-q", "-f", configuration.string() }), &status, 0);
        return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
    }

    explicit HaProxy (const std::filesystem::path& configuration)
        : process (start ({ "haproxy", "-db", "-q", "-f", configuration.string() }))
    {}
    ~HaProxy()
    {
        ::kill (process, SIGKILL);
        ::waitpid (process, nullptr, 0);
    }
    HaProxy (const HaProxy&) = delete;
    HaProxy& operator= (const HaProxy&) = delete;

private:
    static pid_t start (std::vector<std::string> words)
    {
        std::vector<char*> arguments;
        arguments.reserve (words.size() + 1);
        for (auto& word : words)
            arguments.push_back (word.data());
        arguments.push_back (nullptr);
        pid_t id = -1;
        INFO ("haproxy is missing: Assets/setup/test soak installs it");
        REQUIRE (::posix_spawnp (&id, "haproxy", nullptr, nullptr, arguments.data(), environ) == 0);
        return id;
    }

    pid_t process;
};

/** HAProxy with the configuration that is installed, before two engines; it listens on a Unix socket. */
class DeployedProxy
{
public:
    static constexpr const char* configuration = TABLEREAD_ROOT "/Assets/deploy/haproxy.cfg";

    /** Addresses as the configuration has them. */
    DeployedProxy (const std::string& one, const std::string& two, int seats = 1)
    {
        ::setenv ("TABLEREAD_FRONT", ("unix@" + path().string()).c_str(), 1);
        ::setenv ("TABLEREAD_ENGINE_1", one.c_str(), 1);
        ::setenv ("TABLEREAD_ENGINE_2", two.c_str(), 1);
        ::setenv ("TABLEREAD_SEATS", std::to_string (seats).c_str(), 1);
        proxy.emplace (configuration);
    }

    std::filesystem::path path() const { return folder.path() / "front.sock"; }

private:
    TemporaryFolder folder;
    Environment before { { "TABLEREAD_FRONT", "TABLEREAD_ENGINE_1", "TABLEREAD_ENGINE_2",
                           "TABLEREAD_SEATS" } };
    std::optional<HaProxy> proxy;
};
} // namespace tableread::test
