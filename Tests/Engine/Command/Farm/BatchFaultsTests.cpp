// SPDX-License-Identifier: Apache-2.0
// What goes wrong with one line, with the engine, or with the store, and what that means for the other lines.
#include <sstream>

#include <catch2/catch.hpp>

#include "Command/Farm/Report.h"
#include "FarmFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
using Numbers = std::vector<int>;

TEST_CASE ("A line that memory runs out for is left, and the others are spoken", "[engine][command][farm]")
{
    FarmFixture farm;
    farm.control->failure = { ErrorCode::OutOfMemory, "the GPU's memory is full", {} };
    farm.control->atFrame = [&] (int) {
        farm.control->failAtFrame = farm.control->passagesRendered == 2 ? 2 : -1;
    };
    const auto outcome = farm.batch ({ "--passages", "1" });
    CHECK (outcome.code == 75);
    CHECK (farm.numbers (outcome, "left") == Numbers { 2 });
    CHECK (farm.numbers (outcome, "rendered") == Numbers { 1, 3, 4, 5, 6 });
    CHECK_THAT (outcome.err, Contains ("memory is full"));
}

TEST_CASE ("A GPU that fails ends the run, to be tried again", "[engine][command][farm]")
{
    FarmFixture farm;
    farm.control->failure = { ErrorCode::Io, "the GPU failed", {} };
    farm.control->atFrame = [&] (int) {
        farm.control->failAtFrame = farm.control->passagesRendered == 2 ? 2 : -1;
    };
    const auto outcome = farm.batch ({ "--passages", "1" });
    CHECK (outcome.code == 75);
    CHECK (farm.numbers (outcome, "rendered") == Numbers { 1 });
    CHECK (farm.numbers (outcome, "left") == Numbers { 2, 3, 4, 5, 6 });
    CHECK (farm.control->passagesRendered == 2);
    CHECK_THAT (outcome.err, Contains ("the GPU failed"));
}

TEST_CASE ("A worker's line that its queue gives once more is no line that is left",
           "[engine][command][farm]")
{
    const bool isFault = GENERATE (true, false);
    std::ostringstream said;
    BatchReport report (said, "queue lines");
    report.pass ({ { "line", 1 }, { "state", "left" }, { "fault", isFault } });
    report.pass ({ { "line", 1 }, { "state", "rendered" }, { "seconds", 1.0 } });
    CHECK (report.end ({}, 0) == (isFault ? 0 : 75));
    CHECK_THAT (said.str(), Contains (isFault ? "\"left\":0," : "\"left\":1,"));
}

TEST_CASE ("What another worker has stored meanwhile is not spoken again", "[engine][command][farm]")
{
    FarmFixture farm, other;
    REQUIRE (other.batch ({ "--lines", "2-5" }).code == 0);
    farm.control->atFrame = [&] (int) {
        std::filesystem::copy (other.storeFolder(), farm.storeFolder(),
                               std::filesystem::copy_options::recursive |
                                   std::filesystem::copy_options::skip_existing);
    };
    const auto outcome = farm.batch ({ "--passages", "1" });
    CHECK (outcome.code == 0);
    CHECK (farm.numbers (outcome, "rendered") == Numbers { 1, 6 });
    CHECK (farm.numbers (outcome, "stored") == Numbers { 2, 3, 4, 5 });
    CHECK (farm.control->passagesRendered == 2);
}

TEST_CASE ("A line whose lost take nobody can speak again fails alone", "[engine][command][farm]")
{
    FarmFixture farm ("Anna: One.\nBen: Two.\n");
    farm.loseFirstTake ("Anna: One more.\nBen: Two.\n");
    const auto outcome = farm.batch();
    CHECK (outcome.code == 2);
    CHECK (farm.numbers (outcome, "failed") == Numbers { 1 });
    CHECK (farm.numbers (outcome, "rendered") == Numbers { 2 });
    CHECK_THAT (outcome.err, Contains ("line 1, Anna: its take is of other words"));
    const auto gathered = farm.gather();
    CHECK (gathered.code == 2);
    CHECK_THAT (gathered.err, Contains ("line 1, Anna: its take is of other words"));
}

TEST_CASE ("A cut take that a project hears has failed, unless somebody has chosen it",
           "[engine][command][farm]")
{
    FarmFixture farm ("Anna: One.\nBen: Two.\n");
    farm.control->finish = engine::FinishReason::Length;
    REQUIRE (farm.renderProject().code == 4);
    farm.control->finish = engine::FinishReason::Stop;
    for (const auto& take : farm.document().takes)
        REQUIRE (farm.takeStore().keep (farm.kept (*take)));
    farm.change (project::ChooseTake { farm.document().lines[1]->id, farm.document().takes[1]->id });
    farm.loaded = {};
    const auto outcome = farm.batch();
    CHECK (outcome.code == 2);
    CHECK (farm.numbers (outcome, "failed") == Numbers { 1 });
    CHECK (farm.loaded.model.empty()); // nothing is to be spoken
    CHECK (farm.numbers (outcome, "stored") == Numbers { 2 });
    CHECK_THAT (outcome.err, Contains ("line 1, Anna: the model's length limit cut"));
    CHECK (farm.gather().code == 2);
}

TEST_CASE ("A take of a newer version is neither used nor replaced", "[engine][command][farm]")
{
    FarmFixture farm ("Anna: One.\nBen: Two.\n");
    REQUIRE (farm.batch().code == 0);
    const auto key = farm.takeStore().list()->front();
    const auto file = "takes/takes/" + key.substr (0, 2) + '/' + key + ".json";
    auto record = nlohmann::json::parse (farm.read (file));
    record["format"] = 99;
    farm.write (file, record.dump());
    const auto outcome = farm.batch();
    CHECK (outcome.code == 2);
    CHECK (farm.numbers (outcome, "failed").size() == 1);
    CHECK (farm.numbers (outcome, "stored").size() == 1);
    CHECK_THAT (outcome.err, Contains ("newer version"));
    CHECK (farm.control->passagesRendered == 2);
    CHECK (farm.read (file) == record.dump());
}
