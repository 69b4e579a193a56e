// SPDX-License-Identifier: GPL-3.0-or-later
// A farm's workers under fire, and how fast they are. The lines are divided into shards, as a scheduler divides them: two
// workers that were given the same lines would speak most of them twice.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "Core/Disk/PendingFile.h"
#include "Plugin/HostedPlugin.h"
#include "Plugin/PluginEnvironment.h"
#include "Support/BatchProgram.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"
#include "Take/Store/TakeStore.h"

using namespace tableread;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
constexpr int lineCount = 200, kills = 20;

double secondsSince (std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double> (std::chrono::steady_clock::now() - begin).count();
}

/** A project of short lines, and stores. */
class Farm
{
public:
    explicit Farm (int lines)
    {
        std::ofstream (place ("scene.txt")) << shortLines (lines);
        run ({ "project", "new", place ("scene.txt"), "-o", project() });
    }

    std::string place (const std::string& name) const { return (folder.path() / name).string(); }
    std::string project() const { return place ("scene.tableread"); }

    std::unique_ptr<BatchProgram> batch (const std::string& store, const std::vector<std::string>& more) const
    {
        fs::create_directories (place (store));
        std::vector<std::string> words { TABLEREAD_ENGINE_PROGRAM,
                                         "batch",
                                         project(),
                                         "--store",
                                         place (store),
                                         "--device",
                                         "cpu",
                                         "--threads",
                                         "1" };
        words.insert (words.end(), more.begin(), more.end());
        return std::make_unique<BatchProgram> (words, folder.path());
    }

    /** The project as the engine's own command renders it, with a store of its own. */
    std::vector<float> localRender() const
    {
        fs::copy_file (project(), place ("local.tableread"));
        fs::create_directories (place ("local"));
        const auto ended = runToEnd ({ "env", "TABLEREAD_TAKES=" + place ("local"), TABLEREAD_ENGINE_PROGRAM,
                                       "render", place ("local.tableread"), "--device", "cpu", "--threads",
                                       "1", "--format", "f32", "-o", place ("whole.wav") },
                                     std::chrono::minutes (10));
        CAPTURE (ended.said);
        REQUIRE (ended.code == 0);
        return readSound (place ("whole.wav")).samples;
    }

    void run (std::vector<std::string> words) const
    {
        words.insert (words.begin(), TABLEREAD_ENGINE_PROGRAM);
        const auto ended = runToEnd (words);
        CAPTURE (ended.said);
        REQUIRE (ended.code == 0);
    }

    const TemporaryFolder folder;
};

TakeStore storeAt (const std::string& place)
{
    return TakeStore ({ .folder = place, .namedBy = "--store", .evicts = false });
}

std::size_t takesIn (const std::string& store)
{
    return storeAt (store).list().value().size();
}

/** The hash of each take, by its key. Each is read, so a torn one fails. */
std::map<std::string, std::string> hashesIn (const std::string& store)
{
    std::map<std::string, std::string> hashes;
    const auto takes = storeAt (store);
    const auto keys = takes.list().value();
    for (const auto& key : keys)
    {
        const auto take = takes.get (key);
        INFO ((take ? std::string() : take.error().text()));
        REQUIRE (take);
        hashes[key] = contentHash (take->samples);
    }
    return hashes;
}

/** Both workers, one for each half of the lines. */
class DisturbedRun
{
public:
    DisturbedRun (const Farm& wanted, std::string inStore) : farm (wanted), store (std::move (inStore))
    {
        for (std::size_t i = 0; i < workers.size(); ++i)
            start (i);
    }

    /** Kills one as soon as so many takes are stored, and starts it again. */
    void killAt (std::size_t takes)
    {
        REQUIRE (
            eventually ([&] { return takesIn (farm.place (store)) >= takes; }, std::chrono::minutes (2)));
        const auto first = random() % workers.size();
        if (! kill (first))
            REQUIRE (kill (1 - first)); // that one had come to its end
    }

    /** @returns whether both have all of their lines. */
    bool finish()
    {
        return std::all_of (workers.begin(), workers.end(), [] (auto& worker) { return worker->end() == 0; });
    }

    std::minstd_rand random { 18 };

private:
    void start (std::size_t index)
    {
        workers[index] = farm.batch (store, { "--shard", std::to_string (index + 1) + "/2" });
    }

    /** The command, or the process in which its engine is. @returns false if it had ended. */
    bool kill (std::size_t index)
    {
        auto& worker = *workers[index];
        const auto engines = worker.workers();
        const bool isWhole = engines.empty() || random() % 2 == 0;
        if (isWhole)
            worker.signal (SIGKILL);
        else
            ::kill (engines.front(), SIGKILL);
        const int ending = worker.end();
        if (ending == 0)
            return false;
        CHECK (ending == (isWhole ? -SIGKILL : 75));
        start (index);
        return true;
    }

    const Farm& farm;
    std::string store;
    std::array<std::unique_ptr<BatchProgram>, 2> workers;
};

/** What a host hears of a project if no engine is there. */
std::vector<float> bounced (const Farm& farm, const std::string& project, const std::string& store,
                            std::size_t samples)
{
    const PluginEnvironment environment (farm.folder.path(), "/nowhere");
    ::setenv ("TABLEREAD_TAKES", store.c_str(), 1);
    std::ifstream file (project);
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, 24'000.0, 512);
    plugin.load ({ std::istreambuf_iterator<char> (file), {} });
    return plugin.bounce (0, static_cast<std::int64_t> (samples), 512);
}
} // namespace

TEST_CASE ("Two workers that are killed twenty times give what one gives, and what a local render gives",
           "[system][farm][.disturbed]")
{
    const Farm farm (lineCount);
    const auto alone = farm.batch ("alone", {});
    const auto local = farm.localRender(); // meanwhile
    REQUIRE (alone->end() == 0);
    const auto expected = hashesIn (farm.place ("alone"));
    REQUIRE (expected.size() == lineCount);

    const auto begin = std::chrono::steady_clock::now();
    DisturbedRun run (farm, "store");
    constexpr std::size_t first = 5, spacing = 9; // so that both still run at the last one
    for (std::size_t i = 0; i < kills; ++i)
        run.killAt (first + i * spacing + run.random() % spacing);
    REQUIRE (run.finish());
    const auto seconds = secondsSince (begin);
    WARN ("the disturbed run took " << seconds << " s");
    CHECK (seconds < 120.0);

    const auto store = farm.place ("store");
    CHECK (hashesIn (store) == expected);
    for (const auto& entry : fs::recursive_directory_iterator (store)) // before gather, which tidies
        CHECK_FALSE (isPendingName (entry.path()));
    farm.run ({ "gather", farm.project(), "--store", store, "-o", farm.place ("gathered"), "-q" });
    CHECK_FALSE (fs::exists (store + "/damaged"));
    CHECK_FALSE (fs::exists (store + "/failed"));
    for (const auto& [key, hash] : expected)
        CHECK (fs::exists (storeAt (store).fileWith (hash)));

    REQUIRE (local.size() > 24'000);
    const auto heard = bounced (farm, farm.place ("gathered/scene.tableread"), store, local.size());
    CHECK (contentHash (heard) == contentHash (local));
}

TEST_CASE ("Two workers are nearly twice as fast as one", "[system][farm][.slow][serial]")
{
    constexpr int runs = 3;
    const Farm farm (100);
    std::vector<double> ones, twos; // in turn: the machine is not always equally fast
    for (int i = 0; i < runs; ++i)
        for (auto* const seconds : { &ones, &twos })
        {
            fs::remove_all (farm.place ("store"));
            const auto begin = std::chrono::steady_clock::now();
            REQUIRE (farm.batch ("store", { "--workers", seconds == &ones ? "1" : "2" })->end() == 0);
            seconds->push_back (secondsSince (begin));
        }
    const auto median = [] (std::vector<double>& seconds) {
        std::sort (seconds.begin(), seconds.end());
        return seconds[runs / 2];
    };
    const auto one = median (ones), two = median (twos);
    WARN ("one worker: " << one << " s, two: " << two << " s, " << one / two << " times as fast");
    CHECK (one / two >= 1.8);
}
