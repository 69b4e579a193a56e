// SPDX-License-Identifier: Apache-2.0
#pragma once

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

    /** How it ended, in words ("exit code 3", "signal 9 (Killed)"); empty while it runs. */
    std::optional<std::string> ended();

    /** Kills an engine that hangs, and waits for its end. */
    void kill();

    /** The last line of its log, shortened; empty if there is none. */
    std::string lastWords() const;

    pid_t id() const { return process; }

private:
    EngineProcess (pid_t id, std::filesystem::path logFile) : process (id), log (std::move (logFile)) {}

    void remember (int status);

    pid_t process;
    std::filesystem::path log;
    std::optional<std::string> end;
};
} // namespace tableread
