// SPDX-License-Identifier: Apache-2.0
// The program itself, two workers of one queue, and all that may happen to a farm in a night.
#include <array>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "Farm/Nats/Queue.h"
#include "Support/BatchProgram.h"
#include "Support/NatsServer.h"
#include "Support/SmallDisk.h"
#include "Take/Store/TakeStore.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
namespace fs = std::filesystem;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

namespace
{
constexpr int tryAgain = 75;
constexpr int seats = 4; // lines that a worker speaks at once

/** As many lines of two words, no two alike. */
std::string scriptOf (int lines)
{
    constexpr std::array words { "red",   "blue",  "green", "grey",   "old",   "new",   "big",   "small",
                                 "cold",  "warm",  "dark",  "bright", "wet",   "dry",   "long",  "short",
                                 "soft",  "hard",  "slow",  "quick",  "deep",  "tall",  "thin",  "wide",
                                 "young", "calm",  "loud",  "kind",   "brave", "proud", "fine",  "good",
                                 "bad",   "late",  "early", "near",   "far",   "high",  "low",   "flat",
                                 "full",  "free",  "glad",  "sad",    "keen",  "mild",  "neat",  "odd",
                                 "pale",  "plain", "raw",   "rich",   "ripe",  "safe",  "sharp", "shy",
                                 "sore",  "sour",  "stiff", "sweet",  "tame",  "thick", "tight", "tiny",
                                 "true",  "vast",  "weak",  "wild",   "wise",  "worn",  "bold" };
    std::string script;
    for (std::size_t i = 0; i < static_cast<std::size_t> (lines); ++i)
        script += fmt::format ("{}: {}, {}.\n", i % 2 == 0 ? "Anna" : "Ben", words.at (i / words.size()),
                               words[i % words.size()]);
    return script;
}

/** How many lines a run has; fewer for a trial. */
int linesOfRun()
{
    constexpr int usual = 5'000;
    const auto* const asked =
        std::getenv ("TABLEREAD_FARM_LINES"); // NOLINT(concurrency-mt-unsafe): nobody sets it
    return asked != nullptr ? std::stoi (asked) : usual;
}

/** The lines of JSON that a program has said. */
std::vector<Json> said (const fs::path& log)
{
    std::vector<Json> lines;
    std::ifstream text (log);
    for (std::string line; std::getline (text, line);)
        if (auto json = Json::parse (line, nullptr, false); json.is_object())
            lines.push_back (std::move (json));
    return lines;
}

/** A worker that is started again whenever it ends before the queue is empty, as a scheduler does. */
class Worker
{
public:
    Worker (const std::vector<std::string>& command, fs::path output)
        : words (command)
        , log (std::move (output))
    {
        start();
    }
    ~Worker()
    {
        if (process > 0)
        {
            ::kill (process, SIGKILL);
            ::waitpid (process, nullptr, 0);
        }
    }
    Worker (const Worker&) = delete;
    Worker& operator= (const Worker&) = delete;

    void signal (int number) const { REQUIRE (::kill (process, number) == 0); }

    /** Also to the process that speaks. */
    void signalAll (int number) const
    {
        for (const auto child : childrenOf (process))
            REQUIRE (::kill (child, number) == 0);
        signal (number);
    }

    /** Waits for its end. @returns the exit code; 128 and the number of a signal. */
    int wait (std::chrono::seconds limit)
    {
        int status = 0;
        REQUIRE (eventually ([&] { return ::waitpid (process, &status, WNOHANG) == process; }, limit));
        process = -1;
        return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
    }

    void start() { process = spawnWithLog (words, log); }

    bool hasEnded()
    {
        int status = 0;
        if (process <= 0 || ::waitpid (process, &status, WNOHANG) != process)
            return process <= 0;
        process = -1;
        last = WIFEXITED (status) ? WEXITSTATUS (status) : -1;
        return true;
    }

    int code() const { return last; }
    const fs::path& output() const { return log; }

private:
    std::vector<std::string> words;
    fs::path log;
    pid_t process = -1;
    int last = -1;
};

/** A project, a server, and the commands for them. */
struct Farm
{
    explicit Farm (int lineCount) : lines (lineCount)
    {
        std::ofstream (place.path() / "script.txt") << scriptOf (lines);
        command ({ "project", "new", path ("script.txt"), "-o", project(), "--steps", "1", "-q" });
    }

    std::string path (const std::string& name) const { return (place.path() / name).string(); }
    std::string project() const { return path ("scene.tableread"); }

    Ended command (std::vector<std::string> words, std::chrono::seconds limit = std::chrono::hours (2)) const
    {
        words.insert (words.begin(), TABLEREAD_ENGINE_PROGRAM);
        auto ended = runToEnd (words, limit);
        INFO (ended.said);
        REQUIRE (ended.code == 0);
        return ended;
    }

    std::vector<std::string> worker (const std::string& store, const std::string& node) const
    {
        return { TABLEREAD_ENGINE_PROGRAM,
                 "batch",
                 "--nats",
                 server.url(),
                 "--store",
                 store,
                 "--node",
                 node,
                 "--threads",
                 "1",
                 "--device",
                 "cpu",
                 "-q" };
    }

    /** The hashes of all lines in order, as gather has found them. */
    std::vector<std::string> gathered (const std::string& store) const
    {
        const auto folder = path ("gathered-" + fs::path (store).filename().string());
        command ({ "gather", project(), "--store", store, "-o", folder, "-q" });
        std::ifstream list (fs::path (folder) / "lines.json");
        const auto json = Json::parse (list);
        std::vector<std::string> hashes;
        for (const auto& line : json.at ("lines"))
            hashes.push_back (line.at ("hash"));
        return hashes;
    }

    int lines;
    TemporaryFolder place;
    NatsServer server;
};

/** Goes on until all is spoken, and does something to the farm at its time. */
class Night
{
public:
    Night (const Farm& of, std::array<std::unique_ptr<Worker>, 2>& workersOf)
        : farm (of)
        , workers (workersOf)
        , queue ({ .url = farm.server.url() }, "lines")
    {}

    /** Waits until this part of the lines is done; whoever ends before is started again. */
    void until (double part)
    {
        const auto left = static_cast<std::uint64_t> ((1.0 - part) * farm.lines);
        REQUIRE (eventually (
            [&] {
                for (auto& worker : workers)
                    if (worker->hasEnded() && (worker->code() == tryAgain || leftLines() > 0))
                        worker->start();
                return leftLines() <= left;
            },
            std::chrono::hours (2)));
    }

    std::uint64_t leftLines() const
    {
        try
        {
            return queue.queued();
        }
        catch (const Exception&) // the server was just started again
        {
            return static_cast<std::uint64_t> (farm.lines);
        }
    }

private:
    const Farm& farm;
    std::array<std::unique_ptr<Worker>, 2>& workers;
    LineQueue queue;
};

std::size_t filesLike (const fs::path& folder, const std::string& part)
{
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator (folder))
        count += entry.path().filename().string().find (part) != std::string::npos ? 1 : 0;
    return count;
}
} // namespace

TEST_CASE (
    "A farm on a queue gets over everything: killed and stopped workers, its server's end, a full disk",
    "[.faults][engine][command][farm][nats]")
{
    Farm farm (linesOfRun());
    const auto store = farm.path ("takes"), alone = farm.path ("alone");
    SmallDisk disk (store, "size=2g");
    REQUIRE (disk.isMounted());
    fs::create_directory (alone);
    farm.command ({ "batch", farm.project(), "--store", alone, "--device", "cpu", "-q" });

    farm.command ({ "submit", farm.project(), "--nats", farm.server.url(), "-q" });
    const auto workerOn = [&] (const std::string& node) {
        auto words = farm.worker (store, node);
        words.insert (words.end(), { "--passages", std::to_string (seats) });
        return std::make_unique<Worker> (words, farm.path (node + ".log"));
    };
    std::array workers { workerOn ("a"), workerOn ("b") };
    auto& [a, b] = workers;
    Night night (farm, workers);

    night.until (0.1);
    a->signal (SIGKILL); // in the middle of a line: it speaks all the time
    CHECK (a->wait (std::chrono::seconds (5)) == 128 + SIGKILL);
    a->start();

    night.until (0.25);
    b->signal (SIGTERM);
    CHECK (b->wait (std::chrono::seconds (6)) == tryAgain);
    b->start();

    night.until (0.4);
    a->signalAll (SIGSTOP);
    std::this_thread::sleep_for (std::chrono::seconds (30));
    a->signalAll (SIGCONT);

    night.until (0.6);
    farm.server.stop (SIGTERM);
    std::this_thread::sleep_for (std::chrono::seconds (3));
    farm.server.start();

    night.until (0.75);
    const auto used = fs::space (store);
    REQUIRE (disk.change (fmt::format ("size={}k", (used.capacity - used.free) / 1024 + 64)));
    for (auto& worker : workers)
        CHECK (worker->wait (std::chrono::minutes (2)) == tryAgain);
    REQUIRE (disk.change ("size=2g"));
    for (auto& worker : workers)
        worker->start();

    night.until (1.0);
    for (auto& worker : workers)
        CHECK ((worker->hasEnded() ? worker->code() : worker->wait (std::chrono::minutes (2))) == 0);

    const auto hashes = farm.gathered (store);
    CHECK (hashes.size() == static_cast<std::size_t> (farm.lines));
    CHECK ((hashes == farm.gathered (alone)));
    CHECK (TakeStore ({ .folder = store }).list()->size() == static_cast<std::size_t> (farm.lines));
    CHECK (filesLike (store, ".part") == 0);
    CHECK (filesLike (store, "damaged") == 0);

    // A line that was rendered twice is lost work: each fault may lose what one worker speaks at once.
    std::map<int, int> rendered;
    for (const auto& worker : workers)
        for (const auto& line : said (worker->output()))
            if (line.value ("state", "") == "rendered")
                ++rendered[line["line"]];
    int twice = 0;
    for (const auto& [line, times] : rendered)
        twice += times - 1;
    constexpr int faults = 5;
    CHECK (twice <= faults * seats);
    const auto status = Json::parse (farm.command ({ "status", "--nats", farm.server.url(), "--json" }).said);
    CHECK (status["stored"] == farm.lines);
    CHECK (status["left"] == 0);
    CHECK (status["set_aside"].empty());
    WARN (fmt::format ("{} lines, {} of them rendered twice", farm.lines, twice));
}

TEST_CASE ("Workers of one batch share a queue, and speak what one of them has died with",
           "[.slow][engine][command][farm][nats]")
{
    constexpr std::size_t lines = 40;
    const Farm farm (lines);
    const auto store = farm.path ("takes");
    fs::create_directory (store);
    farm.command ({ "submit", farm.project(), "--nats", farm.server.url(), "-q" });
    auto words = farm.worker (store, "a");
    words.insert (words.end(), { "--workers", "2", "--passages", "2" });
    BatchProgram batch (words, farm.place.path());
    REQUIRE (eventually ([&] { return ! batch.numbers ("rendered").empty(); }));
    const auto workers = batch.workers();
    REQUIRE (workers.size() == 2);
    ::kill (workers[1], SIGKILL);
    CHECK (batch.end() == tryAgain);
    CHECK_THAT (batch.text(), Contains ("worker 2 of 2 was ended by signal 9"));
    const auto last = batch.said().back();
    CHECK (last["chunk"] == "queue lines");
    CHECK (last["left"] == 0);
    CHECK (batch.numbers ("rendered").size() + batch.numbers ("stored").size() >= lines);
    CHECK (farm.gathered (store).size() == lines);

    BatchProgram idle (words, farm.place.path());
    CHECK (idle.end() == 0);
    CHECK (idle.said().back()["lines"] == 0);
}

TEST_CASE ("A queue that is out of reach is told of once, however many workers there are",
           "[engine][command][farm]")
{
    const TemporaryFolder store;
    const auto ended = runToEnd ({ TABLEREAD_ENGINE_PROGRAM, "batch", "--nats", "nats://127.0.0.1:1",
                                   "--store", store.path().string(), "--device", "cpu", "--workers", "2" });
    CHECK (ended.code == tryAgain);
    CHECK_THAT (ended.said, Contains ("out of reach"));
    CHECK (std::count (ended.said.begin(), ended.said.end(), '\n') == 1);
}

TEST_CASE ("Handing out a line through the queue takes less than two milliseconds",
           "[.slow][engine][command][farm][nats][serial]")
{
    constexpr int lines = 60;
    const Farm farm (lines);
    std::vector<double> medians;
    for (int i = 0; i < 3; ++i)
    {
        const auto store = farm.path ("takes" + std::to_string (i));
        fs::create_directory (store);
        farm.command ({ "submit", farm.project(), "--nats", farm.server.url(), "--queue",
                        "q" + std::to_string (i), "-q" });
        auto words = farm.worker (store, "a");
        words.erase (words.begin());
        words.insert (words.end(), { "--passages", "1", "--queue", "q" + std::to_string (i) });
        const auto ended = farm.command (words);
        const auto end = Json::parse (ended.said.substr (ended.said.rfind ("\n{") + 1));
        CHECK (end["rendered"] == lines);
        medians.push_back (end["hand_out_ms"]);
    }
    std::sort (medians.begin(), medians.end());
    WARN (fmt::format ("ms from a last frame to the next line's start: {:.3f}, {:.3f}, {:.3f}", medians[0],
                       medians[1], medians[2]));
    CHECK (medians[1] < 2.0);
}
