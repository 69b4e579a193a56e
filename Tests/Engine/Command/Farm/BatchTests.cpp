// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "FarmFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
using Numbers = std::vector<int>;

TEST_CASE ("A batch stores what is missing of its chunk, and nothing twice", "[engine][command][farm]")
{
    FarmFixture farm;
    const auto first = farm.batch ({ "--lines", "2-4" });
    CHECK (first.code == 0);
    CHECK (farm.numbers (first, "rendered") == Numbers { 2, 3, 4 });
    CHECK (farm.chunk (first)["rendered"] == 3);
    CHECK (farm.control->passagesRendered == 3);

    const auto rest = farm.batch();
    CHECK (rest.code == 0);
    CHECK (farm.numbers (rest, "rendered") == Numbers { 1, 5, 6 });
    CHECK (farm.numbers (rest, "stored") == Numbers { 2, 3, 4 });
    CHECK (farm.control->passagesRendered == 6);
    CHECK (farm.control->passagesHeard == 0);
    for (const auto& line : farm.said (rest))
        if (line.contains ("key"))
        {
            const auto take = farm.takeStore().get (line["key"]);
            REQUIRE (take);
            CHECK (contentHash (take->samples) == line["hash"]);
            CHECK (take->record.request.fingerprint == "fake-tones-1");
        }
    const auto third = farm.spoken ("Three.", "anna");
    CHECK (farm.said (first)[1]["hash"] == contentHash (third));
}

TEST_CASE ("Shards have every line once, and may be divided again", "[engine][command][farm]")
{
    FarmFixture farm;
    CHECK (farm.numbers (farm.batch ({ "--shard", "1/2" }), "rendered") == Numbers { 1, 3, 5 });
    CHECK (farm.numbers (farm.batch ({ "--shard", "2/2", "--shard", "2/3" }), "rendered") == Numbers { 4 });
    CHECK (farm.numbers (farm.batch ({ "--lines", "2-6", "--shard", "1/2" }), "rendered") ==
           Numbers { 2, 6 });
    CHECK (farm.batch ({ "--shard", "4/4", "--lines", "1-2" }).code == 0); // has nothing to do
}

TEST_CASE ("A batch on a CPU speaks as many lines at once as a step has room for", "[engine][command][farm]")
{
    const auto [arguments, frameMs, atOnce] = GENERATE (table<std::vector<std::string>, int, int> (
        { { {}, 0, 6 }, { {}, 250, 1 }, { { "--passages", "3" }, 250, 3 } }));
    FarmFixture farm;
    farm.control->frameMs = frameMs;
    farm.control->frames = frameMs > 0 ? 1 : 5;
    CHECK (farm.batch (arguments).code == 0);
    CHECK (farm.control->mostAtOnce == atOnce);
}

TEST_CASE ("A range that cannot be is refused", "[engine][command][farm]")
{
    FarmFixture farm;
    const auto [arguments, why] = GENERATE (table<std::vector<std::string>, std::string> (
        { { { "--lines", "0-2" }, "no range" },
          { { "--lines", "3-2" }, "no range" },
          { { "--lines", "2-" }, "no range" },
          { { "--lines", "x" }, "no range" },
          { { "--lines", "1-99999999999999999999" }, "no range" },
          { { "--lines", "5-7" }, "there are 6 lines" },
          { { "--shard", "0/2" }, "from 1/4 to 4/4" },
          { { "--shard", "3/2" }, "from 1/4 to 4/4" },
          { { "--shard", "1" }, "from 1/4 to 4/4" } }));
    const auto outcome = farm.batch (arguments);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains (why));
    CHECK (farm.control->passagesRendered == 0);
}

TEST_CASE ("A cut line has no take, is named with its reason, and is not tried again with its seed",
           "[engine][command][farm]")
{
    FarmFixture farm ("Anna: One.\nBen: Two.\n");
    farm.control->finish = engine::FinishReason::Length;
    const auto cut = farm.batch ({ "--lines", "1" });
    CHECK (cut.code == 2);
    CHECK (farm.numbers (cut, "failed") == Numbers { 1 });
    CHECK_THAT (farm.said (cut)[0]["reason"], Contains ("length limit"));
    CHECK (farm.takeStore().list()->empty());

    farm.control->finish = engine::FinishReason::Stop;
    const auto again = farm.batch();
    CHECK (again.code == 2);
    CHECK (farm.numbers (again, "failed") == Numbers { 1 });
    CHECK (farm.numbers (again, "rendered") == Numbers { 2 });
    CHECK (farm.control->passagesRendered == 2);

    farm.change (project::Reroll { { farm.document().lines[0]->id } });
    const auto rolled = farm.batch();
    CHECK (rolled.code == 0);
    CHECK (farm.numbers (rolled, "rendered") == Numbers { 1 });
}

TEST_CASE ("A line that the model refuses fails alone; what may be otherwise later is left",
           "[engine][command][farm]")
{
    FarmFixture farm;
    farm.control->failAtFrame = 2;
    farm.control->failure = { ErrorCode::InvalidInput, "the passage is too long", {} };
    const auto refused = farm.batch ({ "--lines", "1-2" });
    CHECK (refused.code == 2);
    CHECK (farm.numbers (refused, "failed") == Numbers { 1, 2 });
    CHECK_THAT (farm.said (refused)[0]["reason"], Contains ("too long"));

    farm.control->failure = { ErrorCode::OutOfMemory, "the GPU's memory is full", {} };
    const auto full = farm.batch ({ "--lines", "3-4" });
    CHECK (full.code == 75);
    CHECK (farm.numbers (full, "left") == Numbers { 3, 4 });
    CHECK_THAT (full.err, Contains ("memory is full"));

    farm.control->failAtFrame = -1;
    CHECK (farm.batch().code == 0);
}

TEST_CASE ("Lines that ask for the same are spoken once", "[engine][command][farm]")
{
    FarmFixture farm ("Anna: Yes.\nBen: No.\nAnna: Yes.\n");
    const auto outcome = farm.batch();
    CHECK (outcome.code == 0);
    CHECK (farm.numbers (outcome, "rendered") == Numbers { 1, 2 });
    CHECK (farm.numbers (outcome, "stored") == Numbers { 3 });
    CHECK (farm.control->passagesRendered == 2);
}

TEST_CASE ("What a project hears is not spoken again where the store has it", "[engine][command][farm]")
{
    FarmFixture farm ("Anna: One.\nBen: Two.\n");
    REQUIRE (farm.renderProject().code == 0); // into a store of its own
    const auto take = farm.document().takes[0];
    REQUIRE (farm.takeStore().keep (farm.kept (*take)));
    const auto outcome = farm.batch();
    CHECK (outcome.code == 0);
    CHECK (farm.numbers (outcome, "stored") == Numbers { 1 });
    CHECK (farm.numbers (outcome, "rendered") == Numbers { 2 });
}

TEST_CASE ("A store that is not there or full is to be tried again", "[engine][command][farm]")
{
    FarmFixture farm;
    std::filesystem::remove (farm.storeFolder());
    const auto gone = farm.batch();
    CHECK (gone.code == 75);
    CHECK_THAT (gone.err, Contains ("--store names") && Contains ("no such folder"));
    CHECK (farm.control->passagesRendered == 0);

    // A file in the place of a folder refuses what is put, but not the look before.
    std::filesystem::create_directory (farm.storeFolder());
    farm.write ("takes/audio", "no folder");
    const auto full = farm.batch();
    CHECK (full.code == 75);
    CHECK (farm.numbers (full, "left").size() == 6);
    std::filesystem::remove (farm.path ("takes/audio"));
    CHECK (farm.batch().code == 0);
}

TEST_CASE ("SIGTERM leaves current lines the time of grace", "[engine][command][farm]")
{
    FarmFixture farm;
    farm.control->frameMs = 20;
    bool isSent = false;
    std::chrono::steady_clock::time_point sent;
    farm.control->atFrame = [&] (int frame) {
        if (frame != 1 || std::exchange (isSent, true))
            return;
        sent = std::chrono::steady_clock::now();
        std::raise (SIGTERM);
    };
    const auto finished = farm.batch ({ "--passages", "2" });
    CHECK (finished.code == 75);
    CHECK (farm.numbers (finished, "rendered") == Numbers { 1, 2 });
    CHECK (farm.numbers (finished, "left") == Numbers { 3, 4, 5, 6 });

    isSent = false;
    farm.control->frames = 10'000;
    const auto dropped = farm.batch ({ "--passages", "2", "--grace", "1" });
    CHECK (std::chrono::steady_clock::now() - sent < std::chrono::seconds (1));
    CHECK (dropped.code == 75);
    CHECK (farm.numbers (dropped, "rendered").empty());
    CHECK (farm.chunk (dropped)["left"] == 4);
    CHECK (farm.exitedWith == -1);
}
