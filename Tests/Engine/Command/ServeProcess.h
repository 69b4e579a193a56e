// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "CommandFixture.h"
#include "Support/RawHttp.h"

namespace tableread::test
{
/** `serve` in a process of its own, since it listens to the process's signals. */
struct ServeProcess
{
    ServeProcess() = default;
    ServeProcess (CommandFixture& engine, std::vector<std::string> more = {})
    {
        std::vector<std::string> arguments { "serve", "--socket", socket (engine) };
        arguments.insert (arguments.end(), more.begin(), more.end());
        pid = fork();
        if (pid == 0)
        {
            const auto outcome = engine.run (arguments);
            engine.write ("log", outcome.err);
            std::_Exit (outcome.code);
        }
    }
    ~ServeProcess()
    {
        if (pid > 0)
        {
            kill (pid, SIGKILL);
            wait();
        }
    }

    static std::string socket (const CommandFixture& engine) { return engine.path ("e.sock"); }

    int wait()
    {
        int status = 0;
        waitpid (std::exchange (pid, -1), &status, 0);
        return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
    }

    pid_t pid = -1;
};

inline bool isReady (const CommandFixture& engine)
{
    for (int i = 0; i < 6000; ++i)
    {
        try
        {
            if (nlohmann::json::parse (
                    request (ServeProcess::socket (engine), "GET", "/health").body)["status"] == "ok")
                return true;
        }
        catch (const std::exception&)
        {}
        std::this_thread::sleep_for (std::chrono::milliseconds (10));
    }
    return false;
}
} // namespace tableread::test
