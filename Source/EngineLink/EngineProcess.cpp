// SPDX-License-Identifier: Apache-2.0
#include "EngineLink/EngineProcess.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Core/Spawn.h"

extern char** environ;

namespace tableread
{
namespace
{
/** The environment without the variables that make the engine load the host's libraries instead of its own. */
std::vector<char*> cleanEnvironment()
{
    std::vector<char*> variables;
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
                                      O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
    posix_spawn_file_actions_adddup2 (&settings.files, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np (&settings.files, STDERR_FILENO + 1);
    pid_t id = 0;
    const int problem = ::posix_spawn (&id, program.c_str(), &settings.files, &settings.attributes,
                                       argv.data(), cleanEnvironment().data());
    if (problem != 0)
        return tl::unexpected (
            Error { ErrorCode::Io, std::string ("the engine cannot be started: ") + std::strerror (problem),
                    program.string() });
    return EngineProcess (id, log);
}

std::optional<std::string> EngineProcess::ended()
{
    int status = 0;
    if (! end)
    {
        const auto result = ::waitpid (process, &status, WNOHANG);
        if (result == process)
            remember (status);
        else if (result < 0 && errno == ECHILD)
            end = "an end that the host saw and we did not"; // the host reaps all of its children
    }
    return end;
}

void EngineProcess::kill()
{
    if (ended())
        return;
    ::kill (process, SIGKILL);
    int status = 0;
    while (::waitpid (process, &status, 0) < 0 && errno == EINTR)
        ;
    remember (status);
}

void EngineProcess::remember (int status)
{
    if (WIFSIGNALED (status))
        end = "signal " + std::to_string (WTERMSIG (status)) + " (" + ::strsignal (WTERMSIG (status)) + ")";
    else
        end = "exit code " + std::to_string (WEXITSTATUS (status));
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
