// SPDX-License-Identifier: Apache-2.0
#include "Command/Farm/Workers.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <ostream>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "Command/Farm/Claims.h"
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
    std::size_t number = 0; // from 1
    std::string name;       // "worker 2 of 4"
    OutputPipe output;
    std::string unread;           // the beginning of a line
    std::optional<Json> lastLine; // which says how it has ended
};

class Workers
{
public:
    Workers (std::vector<FarmLine> ofChunk, BatchRun& given)
        : lines (std::move (ofChunk))
        , claims (lines.size())
        , run (given)
    {
        for (std::size_t i = 0; i < lines.size(); ++i)
            untold.emplace (lines[i].number, i);
    }

    int speak (std::size_t count)
    {
        for (std::size_t number = 1; number <= count; ++number)
            start (number, count);
        while (isRunning())
        {
            if (run.interrupt.came() && ! std::exchange (isStopping, true))
                stop();
            wait();
        }
        if (untold.empty() && ! lines.empty()) // the lines say how it has ended, whoever spoke them
            code = exitOk;
        leave (0, run.interrupt.came() ? lineWasStopped : whyLeft);
        return code;
    }

private:
    static constexpr int askEveryMs = 50;

    void start (std::size_t number, std::size_t count)
    {
        auto& worker = workers.emplace_back();
        worker.number = number;
        worker.name = fmt::format ("worker {} of {}", number, count);
        auto words = run.session.arguments;
        const auto shard = fmt::format ("{}/{}", number, count);
        words.insert (words.begin() + 1, { "--worker", shard }); // behind the subcommand
        if (const int problem = worker.output.good() ? spawn (worker, std::move (words)) : errno;
            problem != 0)
            fail (problem == EAGAIN ? ErrorCode::OutOfMemory : codeOfSystemError (problem),
                  fmt::format ("{} cannot be started: {}. Close other programs, or install TableRead again.",
                               worker.name, std::strerror (problem)),
                  run.session.torchProgram.string());
        worker.output.closeWriting();
    }

    /** @returns 0 or errno. */
    int spawn (Worker& worker, std::vector<std::string> words) const
    {
        auto program = run.session.torchProgram.string();
        std::vector<char*> arguments { program.data() };
        for (auto& word : words)
            arguments.push_back (word.data());
        arguments.push_back (nullptr);
        SpawnSettings settings (SpawnSettings::Own::ProcessGroup);
        posix_spawn_file_actions_adddup2 (&settings.files, claims.descriptor(), STDIN_FILENO);
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
        untold.erase (line.value ("line", std::size_t { 0 }));
        if (whyLeft.empty() && line.value ("state", "") == "left")
            whyLeft = line.value ("reason", "");
        run.report.pass (line);
    }

    void ended (Worker& worker)
    {
        const int status = worker.collect();
        int workersCode = exitTryAgain;
        std::string why = fmt::format ("{} ended too early", worker.name);
        if (worker.lastLine)
        {
            workersCode = worker.lastLine->value ("exit_code", exitTryAgain);
            if (run.fingerprint.empty())
                run.fingerprint = worker.lastLine->value ("fingerprint", "");
            if (const auto& ms = (*worker.lastLine)["hand_out_ms"]; ms.is_number())
                run.handOutMs = std::max (run.handOutMs.value_or (0.0), ms.get<double>());
        }
        else if (WIFEXITED (status)) // it has said why
        {
            workersCode = WEXITSTATUS (status) == exitRefused ? exitRefused : exitTryAgain;
            why = fmt::format ("{} ended with exit code {}", worker.name, WEXITSTATUS (status));
        }
        else
        {
            why = fmt::format ("{} was ended by signal {} ({})", worker.name, WTERMSIG (status),
                               ::strsignal (WTERMSIG (status)));
            run.session.err
                << "tableread-engine: " << why
                << ". What it has stored stays. Run batch again, with fewer --passages if memory ran out.\n";
        }
        if (workersCode != exitOk && code != exitTryAgain)
            code = workersCode == exitRefused ? exitRefused : exitTryAgain;
        leave (worker.number, run.interrupt.came() ? lineWasStopped : why);
        if (whyLeft.empty() && workersCode != exitOk)
            whyLeft = why;
    }

    /** Tells of the lines that a worker took and did not tell of. 0: that nobody took. */
    void leave (std::size_t worker, const std::string& why)
    {
        const auto state = code == exitRefused ? LineOutcome::State::Failed : LineOutcome::State::Left;
        for (auto each = untold.begin(); each != untold.end();)
            if (const auto at = each->second; claims.takerOf (at) == worker)
            {
                run.report.ended (lines[at], { .state = state, .reason = why });
                each = untold.erase (each);
            }
            else
                ++each;
    }

    const std::vector<FarmLine> lines; // of the chunk
    LineClaims claims;
    std::map<std::size_t, std::size_t> untold; // lines by their numbers
    std::string whyLeft;                       // of the first that is

    BatchRun& run;
    std::deque<Worker> workers;
    bool isStopping = false;
    int code = exitOk;
};
} // namespace

int runWorkers (std::size_t count, std::vector<FarmLine> lines, BatchRun& run)
{
    return Workers (std::move (lines), run).speak (count);
}

void endWithParent()
{
    ::prctl (PR_SET_PDEATHSIG, SIGKILL);
}
} // namespace tableread::engine
