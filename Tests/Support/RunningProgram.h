// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <utility>
#include <vector>

#include "Support/Eventually.h"
#include "Support/Program.h"

namespace tableread::test
{
/** A program, looked for as a shell does, that runs until the end of its scope, or ends before by itself. */
class RunningProgram
{
public:
    /** log: a file for all that it says. */
    RunningProgram (std::vector<std::string> words, std::filesystem::path log) : file (std::move (log))
    {
        words.insert (words.begin(), "/usr/bin/env");
        process = spawnWithLog (std::move (words), file);
    }

    ~RunningProgram()
    {
        if (! isRunning())
            return;
        ::kill (process, SIGTERM);
        if (! eventually ([this] { return ! isRunning(); }, std::chrono::seconds (5)))
        {
            ::kill (process, SIGKILL);
            ::waitpid (process, nullptr, 0);
        }
    }

    RunningProgram (const RunningProgram&) = delete;
    RunningProgram& operator= (const RunningProgram&) = delete;

    bool isRunning()
    {
        if (process > 0 && ::waitpid (process, nullptr, WNOHANG) == process)
            process = -1;
        return process > 0;
    }

    std::string said() const
    {
        std::ifstream said (file);
        return { std::istreambuf_iterator<char> (said), {} };
    }

private:
    std::filesystem::path file;
    pid_t process = -1;
};
} // namespace tableread::test
