// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "EngineLink/Supervisor.h"
#include "Support/TemporaryFolder.h"

namespace tableread::test
{
/** A folder for a socket, and a way to start the fake engine on it. Ends every process that was started. */
class FakeProcess
{
public:
    explicit FakeProcess (const std::string& faults = {}) { ::setenv ("TABLEREAD_FAKE", faults.c_str(), 1); }

    ~FakeProcess()
    {
        ::unsetenv ("TABLEREAD_FAKE");
        kill();
    }

    /** Kills what was started on the socket, as a crash would. */
    void kill() const { signalAll (SIGKILL); }

    /** Stops it without ending it: it hangs. Waits until each of its threads has stopped. */
    void freeze() const
    {
        signalAll (SIGSTOP);
        for (const auto id : processes())
            for (const auto& task :
                 std::filesystem::directory_iterator ("/proc/" + std::to_string (id) + "/task"))
                for (std::string text; text.find ("State:\tT") == std::string::npos;)
                {
                    std::ifstream status (task.path() / "status");
                    if (! status)
                        break;
                    text.assign (std::istreambuf_iterator<char> (status), {});
                }
    }

    /** Ends freeze(). */
    void thaw() const { signalAll (SIGCONT); }

    void signalAll (int signal) const
    {
        for (const auto id : processes())
        {
            std::error_code gone; // the id may belong to another program by now
            if (std::filesystem::read_symlink ("/proc/" + std::to_string (id) + "/exe", gone) ==
                TABLEREAD_FAKE_ENGINE)
                ::kill (id, signal);
        }
    }

    int starts() const { return (int) processes().size(); }

    std::filesystem::path socket() const { return folder.path() / "engine.sock"; }

    Supervisor::Options options() const
    {
        Supervisor::Options options;
        options.socket = socket();
        options.search.setting = TABLEREAD_FAKE_ENGINE;
        options.startLimit = std::chrono::seconds (120);
        return options;
    }

    const std::filesystem::path& path() const { return folder.path(); }

private:
    std::vector<pid_t> processes() const
    {
        std::ifstream file (folder.path() / "engine.pids");
        return { std::istream_iterator<pid_t> (file), {} };
    }

    TemporaryFolder folder;
};
} // namespace tableread::test
