// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "Support/Eventually.h"
#include "Support/Program.h"

namespace tableread::test
{
/** A process's own children that run. */
inline std::vector<pid_t> childrenOf (pid_t process)
{
    std::vector<pid_t> found;
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator ("/proc", gone))
    {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of ("0123456789") != std::string::npos)
            continue;
        std::ifstream file (entry.path() / "stat");
        std::string stat;
        std::getline (file, stat);
        if (stat.rfind (')') == std::string::npos) // it has just gone
            continue;
        std::istringstream fields (stat.substr (stat.rfind (')') + 1));
        std::string state;
        pid_t parent = 0;
        fields >> state >> parent;
        if (parent == process && state != "Z")
            found.push_back (std::stoi (name));
    }
    std::sort (found.begin(), found.end());
    return found;
}

/** The real program's `batch`, which is a parent and its workers. Killed at the end of its scope, if it still runs. */
class BatchProgram
{
public:
    /** @param words  the program, "batch", …
        @param folder where what it says is kept, also of former ones */
    BatchProgram (const std::vector<std::string>& words, const std::filesystem::path& folder)
    {
        static int number = 0;
        log = folder / ("batch-" + std::to_string (++number) + ".log");
        process = spawnWithLog (words, log);
    }

    ~BatchProgram()
    {
        signal (SIGKILL);
        end();
    }
    BatchProgram (const BatchProgram&) = delete;
    BatchProgram& operator= (const BatchProgram&) = delete;

    void signal (int number) const
    {
        if (process > 0)
            ::kill (process, number);
    }

    /** Waits for the end. @returns the exit code, or a signal as a negative number. */
    int end()
    {
        int status = 0;
        if (process > 0 && ::waitpid (std::exchange (process, -1), &status, 0) > 0)
            ending = WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
        return ending;
    }

    bool isRunning() const
    {
        siginfo_t ended {};
        return process > 0 &&
               ::waitid (P_PID, static_cast<id_t> (process), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
               ended.si_pid == 0;
    }

    std::vector<pid_t> workers() const { return childrenOf (process); }

    std::string text() const
    {
        std::ifstream file (log);
        return { std::istreambuf_iterator<char> (file), {} };
    }

    /** What it has said in JSON so far. */
    std::vector<nlohmann::json> said() const
    {
        std::vector<nlohmann::json> lines;
        const auto whole = text();
        std::istringstream all (whole.substr (0, whole.rfind ('\n') + 1)); // the rest is being written
        for (std::string line; std::getline (all, line);)
            if (line.starts_with ('{'))
                lines.push_back (nlohmann::json::parse (line));
        return lines;
    }

    /** The numbers of the lines of which it has said this, sorted. */
    std::vector<int> numbers (const std::string& state) const
    {
        std::vector<int> found;
        for (const auto& line : said())
            if (line.value ("state", "") == state)
                found.push_back (line["line"]);
        std::sort (found.begin(), found.end());
        return found;
    }

private:
    std::filesystem::path log;
    pid_t process = -1;
    int ending = 0;
};

/** A script of so many lines of one to three words, no two alike. */
inline std::string shortLines (int count)
{
    constexpr std::array words { "yes", "no", "come", "go", "here", "there", "now", "later", "stay", "look" };
    constexpr std::array speakers { "Anna", "Ben", "Clara", "David" };
    const auto word = [&] (int number) {
        return std::string (words[static_cast<std::size_t> (number) % words.size()]);
    };
    std::string script;
    for (int i = 0; i < count; ++i)
    {
        const int wordCount = i < 10 ? 1 : i < 100 ? 2 : 3; // as digits have
        std::string text = word (i);
        for (int left = i / 10, more = 1; more < wordCount; ++more, left /= 10)
            text += ' ' + word (left);
        script +=
            std::string (speakers[static_cast<std::size_t> (i) % speakers.size()]) + ": " + text + ".\n";
    }
    return script;
}
} // namespace tableread::test
