// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Workers.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <optional>
#include <ostream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "Core/Process/OutputPipe.h"
#include "Core/Process/Spawn.h"

extern char** environ;

namespace tableread::engine
{
namespace
{
using Json = nlohmann::json;

/** One process. It does not outlive this object. */
struct Worker
{
    ~Worker()
    {
        if (isRunning())
        {
            ::kill (id, SIGKILL);
            collect();
        }
    }
    Worker() = default;
    Worker (const Worker&) = delete;
    Worker& operator= (const Worker&) = delete;

    bool isRunning() const { return id > 0; }

    /** Waits for its end. @returns its status as wait() has it. */
    int collect()
    {
        int status = 0;
        while (::waitpid (id, &status, 0) < 0 && errno == EINTR)
            ;
        id = -1;
        return status;
    }

    pid_t id = -1;
    std::string name;    // "worker 2 of 4"
    LinesByNumber lines; // that it has not told of
    OutputPipe output;
    std::string unread;           // the beginning of a line
    std::optional<Json> lastLine; // which says how it has ended
};

class Workers
{
public:
    Workers (const Interrupt& signal, BatchReport& told, const Session& given)
        : interrupt (signal)
        , report (told)
        , session (given)
    {}

    WorkersEnd run (std::vector<LinesByNumber> lines)
    {
        for (auto& own : lines)
            start (std::move (own), lines.size());
        while (isRunning())
        {
            if (interrupt.came() && ! std::exchange (isStopping, true))
                stop();
            wait();
        }
        return end;
    }

private:
    static constexpr int askEveryMs = 50;

    void start (LinesByNumber lines, std::size_t count)
    {
        auto& worker = workers.emplace_back();
        const auto number = workers.size();
        worker.name = fmt::format ("worker {} of {}", number, count);
        worker.lines = std::move (lines);
        auto words = session.arguments;
        const auto shard = fmt::format ("{}/{}", number, count);
        words.insert (words.begin() + 1, { "--worker", shard }); // behind the subcommand
        if (const int problem = worker.output.good() ? spawn (worker, std::move (words)) : errno;
            problem != 0)
            fail (problem == EAGAIN ? ErrorCode::OutOfMemory : codeOfSystemError (problem),
                  fmt::format ("{} cannot be started: {}. Close other programs, or install TableRead again.",
                               worker.name, std::strerror (problem)),
                  session.torchProgram.string());
        worker.output.closeWriting();
    }

    /** @returns 0 or errno. */
    int spawn (Worker& worker, std::vector<std::string> words) const
    {
        auto program = session.torchProgram.string();
        std::vector<char*> arguments { program.data() };
        for (auto& word : words)
            arguments.push_back (word.data());
        arguments.push_back (nullptr);
        SpawnSettings settings (SpawnSettings::Own::ProcessGroup);
        posix_spawn_file_actions_addopen (&settings.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2 (&settings.files, worker.output.writing(), STDOUT_FILENO);
        return ::posix_spawn (&worker.id, program.c_str(), &settings.files, &settings.attributes,
                              arguments.data(), environ);
    }

    bool isRunning() const
    {
        return std::any_of (workers.begin(), workers.end(),
                            [] (const auto& worker) { return worker.isRunning(); });
    }

    void stop()
    {
        for (const auto& worker : workers)
            if (worker.isRunning())
                ::kill (worker.id, SIGTERM);
    }

    /** For something that one of them says, or for its end. */
    void wait()
    {
        std::vector<pollfd> ready;
        std::vector<Worker*> running;
        for (auto& worker : workers)
            if (worker.isRunning())
            {
                ready.push_back ({ worker.output.reading(), POLLIN, 0 });
                running.push_back (&worker);
            }
        if (::poll (ready.data(), ready.size(), askEveryMs) <= 0)
            return;
        for (std::size_t i = 0; i < ready.size(); ++i)
            if (ready[i].revents != 0)
                read (*running[i]);
    }

    void read (Worker& worker)
    {
        std::array<char, 65'536> block;
        const auto count = ::read (worker.output.reading(), block.data(), block.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        if (count <= 0)
            return ended (worker);
        worker.unread.append (block.data(), static_cast<std::size_t> (count));
        for (auto at = worker.unread.find ('\n'); at != std::string::npos; at = worker.unread.find ('\n'))
        {
            take (worker, Json::parse (worker.unread.substr (0, at), nullptr, false));
            worker.unread.erase (0, at + 1);
        }
    }

    void take (Worker& worker, Json line)
    {
        if (! line.is_object())
            return;
        if (line.contains ("chunk"))
        {
            worker.lastLine = std::move (line);
            return;
        }
        worker.lines.erase (line.value ("line", std::size_t { 0 }));
        report.pass (line);
    }

    void ended (Worker& worker)
    {
        const int status = worker.collect();
        int code = exitTryAgain;
        std::string why = fmt::format ("{} ended too early", worker.name);
        if (worker.lastLine)
        {
            code = worker.lastLine->value ("exit_code", exitTryAgain);
            if (end.fingerprint.empty())
                end.fingerprint = worker.lastLine->value ("fingerprint", "");
            if (const auto& ms = (*worker.lastLine)["hand_out_ms"]; ms.is_number())
                end.handOutMs = std::max (end.handOutMs.value_or (0.0), ms.get<double>());
        }
        else if (WIFEXITED (status)) // it has said why
        {
            code = WEXITSTATUS (status) == exitRefused ? exitRefused : exitTryAgain;
            why = fmt::format ("{} ended with exit code {}", worker.name, WEXITSTATUS (status));
        }
        else
        {
            why = fmt::format ("{} was ended by signal {} ({})", worker.name, WTERMSIG (status),
                               ::strsignal (WTERMSIG (status)));
            session.err
                << "tableread-engine: " << why
                << ". What it has stored stays. Run batch again, with fewer --passages if memory ran out.\n";
        }
        if (code != exitOk && end.code != exitTryAgain)
            end.code = code == exitRefused ? exitRefused : exitTryAgain;
        leave (worker, code == exitRefused ? LineOutcome::State::Failed : LineOutcome::State::Left,
               interrupt.came() ? lineWasStopped : why);
    }

    void leave (Worker& worker, LineOutcome::State state, const std::string& why)
    {
        for (const auto& [number, line] : std::exchange (worker.lines, {}))
            report.ended (line, { .state = state, .reason = why });
    }

    const Interrupt& interrupt;
    BatchReport& report;
    const Session& session;
    std::deque<Worker> workers;
    bool isStopping = false;
    WorkersEnd end;
};
} // namespace

WorkersEnd runWorkers (std::vector<LinesByNumber> lines, const Interrupt& interrupt, BatchReport& report,
                       const Session& session)
{
    return Workers (interrupt, report, session).run (std::move (lines));
}

void endWithParent()
{
    ::prctl (PR_SET_PDEATHSIG, SIGKILL);
}
} // namespace tableread::engine
