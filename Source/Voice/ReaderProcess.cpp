// SPDX-License-Identifier: Apache-2.0
#include "Voice/ReaderProcess.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Core/Process/OutputPipe.h"
#include "Core/Process/Spawn.h"
#include "Voice/Sentences.h"

extern char** environ;

namespace tableread
{
namespace
{
using Clock = std::chrono::steady_clock;

/** The child, which does not outlive this object unless the system cannot end it. */
class Child
{
public:
    /** Standard output goes to the pipe; standard error, where libmpg123 writes, to /dev/null. @returns 0 or errno. */
    int start (const std::filesystem::path& program, std::array<std::string, 3> arguments,
               const OutputPipe& output)
    {
        SpawnSettings settings (SpawnSettings::Own::ProcessGroup);
        posix_spawn_file_actions_adddup2 (&settings.files, output.writing(), STDOUT_FILENO);
        posix_spawn_file_actions_addopen (&settings.files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        // With a client's socket in a reader's hands the client would not hear that the engine has closed it.
        posix_spawn_file_actions_addclosefrom_np (&settings.files, STDERR_FILENO + 1);

        auto name = program.string();
        const std::array<char*, 5> argv { name.data(), arguments[0].data(), arguments[1].data(),
                                          arguments[2].data(), nullptr };
        const int problem =
            ::posix_spawn (&id, name.c_str(), &settings.files, &settings.attributes, argv.data(), environ);
        isRunning = problem == 0;
        return problem;
    }

    ~Child() { end(); }
    Child() = default;
    Child (const Child&) = delete;
    Child& operator= (const Child&) = delete;

    /** Ends it if it still runs, and waits: but not for long, since a process in a system call on a dead drive does not
        end even when it is killed. */
    void end()
    {
        if (! isRunning)
            return;
        ::kill (id, SIGKILL);
        for (int wait = 0; wait < 50 && ! collect (WNOHANG); ++wait)
            ::poll (nullptr, 0, 10);
        isRunning = false;
    }

    /** Waits for one that has closed its output. @returns the signal that ended it, or 0. */
    int endingSignal()
    {
        for (int wait = 0; wait < 100 && isRunning && ! collect (WNOHANG); ++wait)
            ::poll (nullptr, 0, 10);
        end();
        return WIFSIGNALED (status) ? WTERMSIG (status) : 0;
    }

    /** Once it has been ended: the seconds that it computed. */
    double computeSeconds() const
    {
        const auto seconds = [] (const timeval& time) {
            return (double) time.tv_sec + (double) time.tv_usec * 1e-6;
        };
        return seconds (usage.ru_utime) + seconds (usage.ru_stime);
    }

private:
    bool collect (int options)
    {
        const auto result = ::wait4 (id, &status, options, &usage);
        if (result == 0 || (result < 0 && errno == EINTR))
            return false;
        isRunning = false; // also if the system reaps our children itself
        return true;
    }

    pid_t id = -1;
    int status = 0;
    struct rusage usage
    {
    };
    bool isRunning = false;
};

enum class Ending
{
    Complete,
    TooMuch,
    TooLate,
    Cancelled
};

/** Collects what comes through the pipe until the other end closes it. */
Ending collect (const OutputPipe& pipe, const ReaderProcess& process, std::string& bytes)
{
    constexpr int askEveryMs = 50;
    const auto deadline = Clock::now() + process.timeLimit;
    std::array<char, 65'536> block;
    while (true)
    {
        if (process.isCancelled && process.isCancelled())
            return Ending::Cancelled;
        pollfd ready { pipe.reading(), POLLIN, 0 };
        if (::poll (&ready, 1, askEveryMs) > 0)
        {
            const auto count = ::read (pipe.reading(), block.data(), block.size());
            if (count > 0)
                bytes.append (block.data(), (std::size_t) count);
            else if (count == 0 || errno != EINTR)
                return Ending::Complete;
            if (bytes.size() > mostRecordingBytes)
                return Ending::TooMuch;
        }
        if (Clock::now() > deadline)
            return Ending::TooLate;
    }
}

tl::unexpected<Error> refused (ErrorCode code, const std::filesystem::path& file, const std::string& why)
{
    return tl::unexpected (Error { code, file.filename().string() + ' ' + why, {} });
}

tl::unexpected<Error> notStarted (const std::filesystem::path& program, int problem)
{
    const bool isShort = problem == EAGAIN || codeOfSystemError (problem) == ErrorCode::OutOfMemory;
    return tl::unexpected (Error { isShort ? ErrorCode::OutOfMemory : ErrorCode::Io,
                                   "the program that reads recordings cannot be started (" +
                                       program.string() + ": " + std::strerror (problem) + "). " +
                                       (isShort ? "Close other programs, or try again later."
                                                : "Install TableRead again, or try again later."),
                                   {} });
}
} // namespace

Result<Recording> readInProcess (const std::filesystem::path& file, const ReaderProcess& process)
{
    OutputPipe pipe;
    Child child;
    const auto ownLimit = std::chrono::ceil<std::chrono::seconds> (process.timeLimit).count() + 5;
    if (const int problem = ! pipe.good() ? errno
                                          : child.start (process.program,
                                                         { file.string(), std::to_string (ownLimit),
                                                           std::to_string (process.mostSeconds) },
                                                         pipe);
        problem != 0)
        return notStarted (process.program, problem);
    pipe.closeWriting();

    std::string bytes;
    const auto ending = collect (pipe, process, bytes);
    if (ending == Ending::Cancelled)
        return refused (ErrorCode::Cancelled, file, "was being read when it was stopped.");
    if (ending == Ending::TooLate)
    {
        child.end();
        constexpr double busy =
            0.1; // of the time: a process that waits for its drive computes next to nothing
        const auto seconds = (double) process.timeLimit.count() / 1000;
        const auto limit = formatted ("%.3g s", seconds);
        if (child.computeSeconds() > seconds * busy)
            return refused (ErrorCode::InvalidInput, file,
                            "is damaged: reading it came to no end in " + limit +
                                ". Convert it to WAV, or choose another recording.");
        return refused (ErrorCode::Io, file,
                        "could not be read within " + limit + ". Check its drive and try again.");
    }
    if (ending == Ending::Complete)
        if (auto recording = fromBytes (bytes); recording || recording.error().code != ErrorCode::Internal)
            return recording;
    const int signal = child.endingSignal();
    return refused (ErrorCode::InvalidInput, file,
                    std::string ("is damaged: its decoder ended early") +
                        (signal == 0 ? "" : std::string (" (") + ::strsignal (signal) + ')') +
                        ". Convert it to WAV, or choose another recording.");
}

Result<Recording> readRecording (const std::filesystem::path& file, const ReaderProcess& process)
{
    return process.program.empty() ? readRecording (file, process.mostSeconds)
                                   : readInProcess (file, process);
}
} // namespace tableread
