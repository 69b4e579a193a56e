// SPDX-License-Identifier: Apache-2.0
// `batch` as a farm runs it: the real program with the embedded model, its workers, and signals.
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include <catch2/catch.hpp>

#include "Engine/Command/Serve/Drill.h"
#include "Support/BatchProgram.h"
#include "Support/Instrumented.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;
using Numbers = std::vector<int>;

namespace
{
/** A project and a store. */
class Farm
{
public:
    explicit Farm (int lines) : Farm (shortLines (lines)) {}
    explicit Farm (const std::string& script)
    {
        std::ofstream (folder.path() / "scene.txt") << script;
        REQUIRE (runToEnd ({ TABLEREAD_ENGINE_PROGRAM, "project", "new",
                             (folder.path() / "scene.txt").string(), "-o", project() })
                     .code == 0);
        std::filesystem::create_directory (store());
    }

    std::string project() const { return (folder.path() / "scene.tableread").string(); }
    std::string store() const { return (folder.path() / "takes").string(); }

    BatchProgram batch (const std::vector<std::string>& more = {}) const
    {
        std::vector<std::string> words {
            TABLEREAD_ENGINE_PROGRAM, "batch", project(), "--store", store(), "--device", "cpu"
        };
        words.insert (words.end(), more.begin(), more.end());
        return { words, folder.path() };
    }

    const TemporaryFolder folder;
};

Numbers upTo (int last)
{
    Numbers all;
    for (int i = 1; i <= last; ++i)
        all.push_back (i);
    return all;
}

/** What each line's take is. */
std::map<int, std::string> hashes (const BatchProgram& batch)
{
    std::map<int, std::string> found;
    for (const auto& line : batch.said())
        if (line.contains ("hash"))
            found[line["line"]] = line["hash"];
    return found;
}

int count (const std::string& text, const std::string& part)
{
    int found = 0;
    for (auto at = text.find (part); at != std::string::npos; at = text.find (part, at + 1))
        ++found;
    return found;
}
} // namespace

TEST_CASE ("Workers share a chunk's lines, and speak as one does", "[engine][command][farm]")
{
    const Farm farm (6), alone (6);
    auto two = farm.batch ({ "--workers", "2", "--threads", "1" });
    CHECK (two.end() == 0);
    CHECK (two.numbers ("rendered") == upTo (6));
    const auto last = two.said().back();
    CHECK (last["chunk"] == "all lines");
    CHECK (last["rendered"] == 6);
    CHECK (last["exit_code"] == 0);
    CHECK_THAT (last["fingerprint"], Contains ("cpu"));
    CHECK (two.said().size() == 7);

    auto one = alone.batch ({ "--lines", "1-6" });
    CHECK (one.end() == 0);
    CHECK (hashes (one) == hashes (two));
}

TEST_CASE ("Lines that ask for the same are spoken once, whichever worker takes them",
           "[engine][command][farm]")
{
    const Farm farm (shortLines (12) + shortLines (12));
    auto two = farm.batch ({ "--workers", "2", "--threads", "1" });
    CHECK (two.end() == 0);
    CHECK (two.numbers ("rendered") == upTo (12));
    CHECK (two.numbers ("stored").size() == 12);
}

TEST_CASE ("A worker that dies takes no other with it", "[engine][command][farm]")
{
    const Farm farm (40);
    auto batch = farm.batch ({ "--workers", "2", "--threads", "1", "--passages", "2" });
    REQUIRE (eventually ([&] { return ! batch.numbers ("rendered").empty(); }));
    const auto workers = batch.workers();
    REQUIRE (workers.size() == 2);
    ::kill (workers[1], SIGKILL);
    CHECK (batch.end() == 75);
    const auto rendered = batch.numbers ("rendered"), left = batch.numbers ("left");
    CHECK (rendered.size() + left.size() == 40);
    REQUIRE_FALSE (left.empty());
    CHECK (left.size() <=
           5); // two that it was speaking, and those that it was storing: the other speaks the rest
    const auto said = batch.said();
    CHECK (said.back()["left"] == left.size());
    const std::string why = "worker 2 of 2 was ended by signal 9 (Killed)";
    CHECK_THAT (batch.text(),
                Contains ("\"reason\":\"" + why + '"') && Contains ("tableread-engine: " + why));

    auto again = farm.batch();
    CHECK (again.end() == 0);
    CHECK (again.numbers ("rendered").size() <=
           left.size()); // it may have stored one that it did not tell of
    CHECK (again.numbers ("rendered").size() + again.numbers ("stored").size() == 40);
}

TEST_CASE ("Of a worker that dies before it speaks the others take the lines", "[engine][command][farm]")
{
    const Farm farm (10);
    auto batch = farm.batch ({ "--workers", "2", "--threads", "1" });
    REQUIRE (eventually ([&] { return batch.workers().size() == 2; }));
    ::kill (batch.workers()[1], SIGKILL); // it loads the model for a while yet
    CHECK (batch.end() == 0);
    CHECK (batch.numbers ("rendered") == upTo (10));
    CHECK (batch.said().back()["exit_code"] == 0);
    CHECK_THAT (batch.text(), Contains ("worker 2 of 2 was ended by signal 9"));
}

TEST_CASE ("SIGTERM to all processes of a batch leaves their lines the time of grace",
           "[engine][command][farm]")
{
    const Farm farm (40);
    auto batch = farm.batch ({ "--workers", "2", "--threads", "1", "--passages", "4", "--grace", "50" });
    REQUIRE (eventually ([&] { return ! batch.numbers ("rendered").empty(); }));
    const auto before = batch.numbers ("rendered").size();
    for (const auto worker : batch.workers())
        ::kill (worker, SIGTERM);
    batch.signal (SIGTERM);
    CHECK (batch.end() == 75);
    const auto after = batch.numbers ("rendered").size();
    CHECK (after > before);
    CHECK (after < 40);
    CHECK (batch.numbers ("left").size() == 40 - after);
    CHECK (batch.said().back()["exit_code"] == 75);
}

TEST_CASE ("SIGTERM ends a batch with 75 whatever it is doing, within its grace", "[engine][command][farm]")
{
    const Farm farm (40);
    for (const auto delay : { 0ms, 50ms, 100ms, 200ms, 400ms, 800ms })
    {
        CAPTURE (delay.count());
        auto batch = farm.batch ({ "--lines", "1-40", "--threads", "1", "--grace", "1" });
        REQUIRE (eventually ([&] { return ! batch.workers().empty(); }));
        std::this_thread::sleep_for (delay);
        const auto begin = std::chrono::steady_clock::now();
        batch.signal (SIGTERM);
        CHECK (batch.end() == 75);
        CHECK (std::chrono::steady_clock::now() - begin < (isInstrumented ? 20s : 3s));
    }
}

TEST_CASE ("No worker outlives its batch", "[engine][command][farm]")
{
    const Farm farm (40);
    auto batch = farm.batch ({ "--workers", "2", "--threads", "1" });
    REQUIRE (eventually ([&] { return ! batch.numbers ("rendered").empty(); }));
    REQUIRE (batch.workers().size() == 2);
    batch.signal (SIGKILL);
    CHECK (batch.end() == -SIGKILL);
    CHECK (eventually ([&] { return processesWith (farm.store()).empty(); }, 5s));
}

TEST_CASE ("What cannot be spoken at all is refused once, however many workers there are",
           "[engine][command][farm]")
{
    const Farm farm (6);
    auto range = farm.batch ({ "--workers", "2", "--lines", "7" });
    CHECK (range.end() == 2);
    CHECK (range.text() == "tableread-engine: --lines 7 goes beyond the end: there are 6 lines.\n");
    std::ofstream (farm.project()) << "no project";
    auto damaged = farm.batch ({ "--workers", "2" });
    CHECK (damaged.end() == 2);
    CHECK (count (damaged.text(), "tableread-engine: ") == 1);
    CHECK_THAT (damaged.text(), Contains ("cannot be opened"));
}
