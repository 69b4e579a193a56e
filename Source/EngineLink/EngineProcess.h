// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "Core/Error.h"

namespace tableread
{
/** An engine that we started. It runs in its own session, has none of the host's open files, none of the
    host's library paths and no terminal, writes its output to a log file, and does not end with us: other
    instances may be using it, and it exits when idle.
    Threads: one at a time. */
class EngineProcess
{
public:
    /** @returns Io if the system refuses. */
    [[nodiscard]] static Result<EngineProcess> start (const std::filesystem::path& program,
                                                      const std::vector<std::string>& arguments,
                                                      const std::filesystem::path& log);

    EngineProcess (EngineProcess&& other) noexcept;
    EngineProcess& operator= (EngineProcess&& other) noexcept;
    ~EngineProcess();

    /** How it ended, in words ("exit code 3", "signal 9 (Killed)"); empty while it runs. */
    std::optional<std::string> ended();

    /** Ends an engine that hangs: SIGTERM, and SIGKILL if it is still there after `patience`; waits for its end as long
        again, since a driver may hold it. Another process that has got its id is never meant. */
    void endIt (std::chrono::milliseconds patience);

    /** Asks it to end as soon as nobody uses it (SIGUSR1; Assets/docs/Protocol.md), and waits for that for `patience`. */
    void retire (std::chrono::milliseconds patience);

    /** The last line of its log, shortened; empty if there is none. */
    std::string lastWords() const;

    pid_t id() const { return process; }

private:
    EngineProcess (pid_t id, std::filesystem::path logFile);

    void signal (int number);
    void waitForEnd (std::chrono::milliseconds patience);

    pid_t process = -1;
    int handle =
        -1; // a pidfd: means this process alone, also when its id has been given away; -1 if there are none
    std::filesystem::path log;
    std::optional<std::string> end;
};
} // namespace tableread
