// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Support/Program.h"
#include "Support/RawHttp.h"
#include "Support/TemporaryFolder.h"

namespace tableread::test
{
/** The real engine with the embedded model, in a process of its own. */
class EngineProgram
{
public:
    /** options: more of serve's. output: a descriptor for its standard output and error; -1: a file. */
    explicit EngineProgram (const std::string& program, const std::vector<std::string>& options = {},
                            int output = -1)
    {
        std::vector<std::string> words { program,   "serve", "--device", "cpu",
                                         "--model", model(), "--socket", socket().string() };
        words.insert (words.end(), options.begin(), options.end());
        process = spawnWithLog (words, folder.path() / "log", output);
        bool isReady = false;
        for (int i = 0; i < 6000 && ! isReady; ++i)
        {
            std::this_thread::sleep_for (std::chrono::milliseconds (10));
            isReady = status() == "ok";
        }
        REQUIRE (isReady);
        REQUIRE (speaks());
    }
    ~EngineProgram()
    {
        if (process <= 0)
            return;
        kill (process, SIGKILL);
        waitpid (process, nullptr, 0);
    }
    EngineProgram (const EngineProgram&) = delete;
    EngineProgram& operator= (const EngineProgram&) = delete;

    static std::string model() { return TABLEREAD_ROOT "/Assets/models/mini"; }

    std::filesystem::path socket() const { return folder.path() / "engine.sock"; }
    const std::filesystem::path& path() const { return folder.path(); }
    pid_t pid() const { return process; }

    std::string status() const
    {
        try
        {
            return nlohmann::json::parse (request (socket(), "GET", "/health").body).at ("status");
        }
        catch (const std::exception&)
        {
            return {};
        }
    }

    bool speaks() const
    {
        return request (socket(), "POST", "/v1/audio/speech",
                        R"({"input": "Yes.", "voice": "anna", "response_format": "wav"})")
            .complete;
    }

    double cpuSeconds() const
    {
        return (statistic (14) + statistic (15)) / static_cast<double> (sysconf (_SC_CLK_TCK));
    }

    /** How often it touched a page of memory that it did not have. */
    double pageFaults() const { return statistic (10); }

    /** How long it takes to end with exit code 0, for at most a minute. */
    double secondsToEnd (int signal)
    {
        constexpr double longest = 60;
        const auto begin = std::chrono::steady_clock::now();
        const auto took = [&] {
            return std::chrono::duration<double> (std::chrono::steady_clock::now() - begin).count();
        };
        kill (process, signal);
        int status = -1;
        while (waitpid (process, &status, WNOHANG) == 0 && took() < longest)
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
        const auto seconds = took();
        CHECK ((WIFEXITED (status) && WEXITSTATUS (status) == 0));
        if (seconds < longest)
            process = -1;
        return seconds;
    }

    double residentMegabytes() const { return pages (1); }
    double addressMegabytes() const { return pages (0); }

    void limitAddressSpace (double megabytes) const
    {
        const auto bytes = static_cast<rlim_t> (megabytes * 1e6);
        const rlimit limit { bytes, bytes };
        REQUIRE (prlimit (process, RLIMIT_AS, &limit, nullptr) == 0);
    }

private:
    /** A field of proc(5)'s stat, counted from 1 as there; not the first two. */
    double statistic (int number) const
    {
        std::ifstream file ("/proc/" + std::to_string (process) + "/stat");
        std::string text ((std::istreambuf_iterator<char> (file)), {});
        std::istringstream fields (text.substr (text.rfind (')') + 2));
        std::string field;
        for (int i = 3; i <= number; ++i)
            fields >> field;
        return std::stod (field);
    }

    double pages (int column) const
    {
        std::ifstream file ("/proc/" + std::to_string (process) + "/statm");
        double value = 0;
        for (int i = 0; i <= column; ++i)
            file >> value;
        return value * static_cast<double> (sysconf (_SC_PAGESIZE)) / 1e6;
    }

    TemporaryFolder folder;
    pid_t process = -1;
};
} // namespace tableread::test
