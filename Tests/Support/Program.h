// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <spawn.h>

#include "Support/TemporaryFolder.h"

extern char** environ;

namespace tableread::test
{
/** Starts a program, with its words in a file, or whatever the descriptor `output` is. */
inline pid_t spawnWithLog (std::vector<std::string> words, const std::filesystem::path& log, int output = -1)
{
    std::vector<char*> arguments;
    arguments.reserve (words.size() + 1);
    for (auto& word : words)
        arguments.push_back (word.data());
    arguments.push_back (nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init (&files);
    const auto name = log.string();
    for (const int fd : { STDOUT_FILENO, STDERR_FILENO })
        if (output >= 0)
            posix_spawn_file_actions_adddup2 (&files, output, fd);
        else
            posix_spawn_file_actions_addopen (&files, fd, name.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    pid_t pid = -1;
    const int failed = posix_spawn (&pid, words[0].c_str(), &files, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy (&files);
    REQUIRE (failed == 0);
    return pid;
}

/** How a program ended, and all that it said. */
struct Ended
{
    int code = -1;
    std::string said;
};

/** Runs a program, which is looked for as a shell does, to its end; it is killed at the limit. */
inline Ended runToEnd (std::vector<std::string> words, std::chrono::seconds limit = std::chrono::minutes (3))
{
    const TemporaryFolder folder;
    const auto log = folder.path() / "said";
    words.insert (words.begin(),
                  { "/usr/bin/env", "timeout", "--kill-after=5", std::to_string (limit.count()) });
    int status = -1;
    ::waitpid (spawnWithLog (std::move (words), log), &status, 0);
    std::ifstream said (log);
    return { WIFEXITED (status) ? WEXITSTATUS (status) : -1, { std::istreambuf_iterator<char> (said), {} } };
}

/** The Python with the packages of PyPI that Assets/setup/test soak installs. */
inline std::string pythonOfTheTests()
{
    const auto* const cache =
        std::getenv ("TABLEREAD_CACHE");           // NOLINT(concurrency-mt-unsafe): nobody sets it
    const auto* const home = std::getenv ("HOME"); // NOLINT(concurrency-mt-unsafe): likewise
    const auto python = std::filesystem::path (cache != nullptr  ? cache
                                               : home != nullptr ? std::string (home) + "/.cache/tableread"
                                                                 : "/nowhere") /
                        "python" / "bin" / "python3";
    if (! std::filesystem::exists (python))
        FAIL ("the Python of the tests is missing: Assets/setup/test soak installs it");
    return python.string();
}
} // namespace tableread::test
