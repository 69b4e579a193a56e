// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/EngineProcess.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

#include <fcntl.h>

#include <sys/wait.h>
#include <unistd.h>

#include "Core/Environment.h"
#include "Core/Process/Spawn.h"
#include "EngineLink/Pidfd.h"

extern char** environ;

namespace tableread
{
namespace
{
/** The environment without the variables that make the engine load the host's libraries instead of its own, and with that of
    its log. `ownLog` must outlive it. */
std::vector<char*> environmentFor (std::string& ownLog)
{
    std::vector<char*> variables { ownLog.data() };
    for (auto** entry = environ; *entry != nullptr; ++entry)
        if (std::strncmp (*entry, "LD_LIBRARY_PATH=", 16) != 0 &&
            std::strncmp (*entry, "LD_PRELOAD=", 11) != 0)
            variables.push_back (*entry);
    variables.push_back (nullptr);
    return variables;
}
} // namespace

Result<EngineProcess> EngineProcess::start (const std::filesystem::path& program,
                                            const std::vector<std::string>& arguments,
                                            const std::filesystem::path& log)
{
    std::vector<std::string> words { program.string() };
    words.insert (words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    argv.reserve (words.size() + 1);
    for (auto& word : words)
        argv.push_back (word.data());
    argv.push_back (nullptr);

    SpawnSettings settings (SpawnSettings::Own::Session);
    posix_spawn_file_actions_addopen (&settings.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen (&settings.files, STDOUT_FILENO, log.c_str(),
                                      O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW, 0600);
    posix_spawn_file_actions_adddup2 (&settings.files, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np (&settings.files, STDERR_FILENO + 1);
    pid_t id = 0;
    auto ownLog = std::string (ownLogVariable) + "=1";
    const int problem = ::posix_spawn (&id, program.c_str(), &settings.files, &settings.attributes,
                                       argv.data(), environmentFor (ownLog).data());
    if (problem != 0)
        return tl::unexpected (
            Error { ErrorCode::Io, std::string ("the engine cannot be started: ") + std::strerror (problem),
                    program.string() });
    return EngineProcess (id, log);
}

EngineProcess::EngineProcess (pid_t id, std::filesystem::path logFile)
    : process (id)
    , handle (::pidfd_open (id, 0))
    , log (std::move (logFile))
{}

EngineProcess::EngineProcess (EngineProcess&& other) noexcept
    : process (other.process)
    , handle (std::exchange (other.handle, -1))
    , log (std::move (other.log))
    , end (std::move (other.end))
{}

EngineProcess& EngineProcess::operator= (EngineProcess&& other) noexcept
{
    std::swap (process, other.process);
    std::swap (handle, other.handle);
    std::swap (log, other.log);
    std::swap (end, other.end);
    return *this;
}

EngineProcess::~EngineProcess()
{
    if (handle >= 0)
        ::close (handle);
}

std::optional<std::string> EngineProcess::ended()
{
    if (end)
        return end;
    siginfo_t info {};
    const bool known = (handle >= 0 ? ::waitid (P_PIDFD, (id_t) handle, &info, WEXITED | WNOHANG)
                                    : ::waitid (P_PID, (id_t) process, &info, WEXITED | WNOHANG)) == 0;
    if (! known && errno == ECHILD)
        end = "an end that the host saw and we did not"; // the host reaps all of its children
    else if (known && info.si_pid != 0 && info.si_code == CLD_EXITED)
        end = "exit code " + std::to_string (info.si_status);
    else if (known && info.si_pid != 0)
        end = "signal " + std::to_string (info.si_status) + " (" + ::strsignal (info.si_status) + ")";
    return end;
}

void EngineProcess::endIt (std::chrono::milliseconds patience)
{
    for (const int number : { SIGTERM, SIGKILL })
    {
        signal (number);
        waitForEnd (patience);
    }
}

void EngineProcess::retire (std::chrono::milliseconds patience)
{
    signal (SIGUSR1);
    waitForEnd (patience);
}

void EngineProcess::waitForEnd (std::chrono::milliseconds patience)
{
    constexpr std::chrono::milliseconds aMoment { 10 };
    for (auto waited = aMoment; ! ended() && waited < patience; waited += aMoment)
        std::this_thread::sleep_for (aMoment);
}

void EngineProcess::signal (int number)
{
    if (ended())
        return;
    if (handle >= 0)
        ::pidfd_send_signal (handle, number, nullptr, 0);
    else // it is our child and has not been waited for, so the id is still its own
        ::kill (process, number);
}

std::string EngineProcess::lastWords() const
{
    constexpr std::size_t limit = 300;
    std::ifstream stream (log);
    std::string line, last;
    while (std::getline (stream, line))
        if (! line.empty())
            last = line;
    return last.size() > limit ? last.substr (0, limit) + "…" : last;
}
} // namespace tableread
