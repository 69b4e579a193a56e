// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "FarmFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
using Names = std::vector<std::string>;
} // namespace

TEST_CASE ("What is gathered has every line once, as it was spoken, and a project that plays it",
           "[engine][command][farm]")
{
    FarmFixture farm ("Anna: One.\nBen: Two.\nAnna: One.\n");
    REQUIRE (farm.batch().code == 0);
    const auto outcome = farm.gather();
    CHECK (outcome.code == 0);
    CHECK (farm.files ("gathered") ==
           Names { "001_Anna.wav", "002_Ben.wav", "003_Anna.wav", "lines.json", "scene.tableread" });
    const auto one = farm.spoken ("One.", "anna");
    CHECK ((wavFloats (farm.read ("gathered/001_Anna.wav")) == one));
    CHECK ((wavFloats (farm.read ("gathered/003_Anna.wav")) == one));
    const auto list = nlohmann::json::parse (farm.read ("gathered/lines.json"));
    REQUIRE (list["lines"].size() == 3);
    CHECK (list["lines"][1]["file"] == "002_Ben.wav");
    CHECK (list["lines"][1]["hash"] == contentHash (farm.spoken ("Two.", "ben")));

    const auto document = *project::readProject (farm.path ("gathered/scene.tableread")).value().document;
    REQUIRE (document.takes.size() == 3);
    for (const auto& take : document.takes)
    {
        CHECK (take->state == project::TakeRecord::State::Done);
        CHECK (take->fingerprint == "fake-tones-1");
        CHECK (farm.takeStore().has (project::samplesOf (*take)));
    }
    CHECK (farm.document().takes.empty()); // the project itself stays as it is

    farm.control->passagesRendered = 0;
    farm.takes = [&] (const Settings&) {
        return std::make_shared<TakeStore> (TakeStoreOptions { .folder = farm.storeFolder() });
    };
    REQUIRE (farm.run ({ "render", farm.path ("gathered/scene.tableread"), "--format", "f32", "-o",
                         farm.path ("out.wav") })
                 .code == 0);
    CHECK (farm.control->passagesRendered == 0);
    CHECK ((farm.outFloats() == one + farm.spoken ("Two.", "ben") + one));
}

TEST_CASE ("Missing, damaged and failed lines are named, and nothing is written", "[engine][command][farm]")
{
    FarmFixture farm;
    REQUIRE (farm.batch ({ "--lines", "2-6" }).code == 0);
    const auto missing = farm.gather();
    CHECK (missing.code == 75);
    CHECK_THAT (missing.err, Contains ("line 1, Anna: it was not spoken yet") &&
                                 Contains ("5 of 6 lines are there") && Contains ("Run batch again"));
    CHECK_FALSE (std::filesystem::exists (farm.path ("gathered")));

    REQUIRE (farm.batch ({ "--lines", "1" }).code == 0);
    const auto hash = contentHash (farm.spoken ("Four.", "ben"));
    const auto file = farm.takeStore().fileWith (hash);
    std::fstream (file, std::ios::in | std::ios::out | std::ios::binary).seekp (200) << "damage";
    const auto damaged = farm.gather();
    CHECK (damaged.code == 75);
    CHECK_THAT (damaged.err, Contains ("line 4, Ben: the take " + hash + " is damaged"));
    CHECK (farm.batch().code == 0);
    CHECK (farm.gather().code == 0);
}

TEST_CASE ("A cut line keeps the whole from being gathered, with its reason", "[engine][command][farm]")
{
    FarmFixture farm ("Anna: One.\nBen: Two.\n");
    farm.control->finish = engine::FinishReason::Length;
    REQUIRE (farm.batch ({ "--lines", "2" }).code == 2);
    farm.control->finish = engine::FinishReason::Stop;
    CHECK (farm.gather().code == 75); // one is missing, too
    REQUIRE (farm.batch().code == 2);
    const auto failed = farm.gather();
    CHECK (failed.code == 2);
    CHECK_THAT (failed.err, Contains ("line 2, Ben: the model's length limit") && Contains ("another seed"));
}

TEST_CASE ("A folder is gathered into again, but no other one", "[engine][command][farm]")
{
    FarmFixture farm;
    REQUIRE (farm.batch().code == 0);
    REQUIRE (farm.gather().code == 0);
    farm.change (project::SetScript { "Anna: One.\nBen: Two.\n" });
    CHECK (farm.gather().code == 0);
    CHECK (farm.files ("gathered") ==
           Names { "001_Anna.wav", "002_Ben.wav", "lines.json", "scene.tableread" });

    std::filesystem::create_directory (farm.path ("mine"));
    farm.write ("mine/lines.json", "{}");
    const auto refused = farm.gather ("mine");
    CHECK (refused.code == 2);
    CHECK_THAT (refused.err, Contains ("something else in this folder"));
    CHECK (farm.read ("mine/lines.json") == "{}");

    farm.write ("gathered/lines.json", R"({"lines":[{"file":"../scene.tableread"}]})");
    CHECK (farm.gather().code == 0);
    CHECK (std::filesystem::exists (farm.file()));
}

TEST_CASE ("Of two kinds of device that which has spoken more is gathered", "[engine][command][farm]")
{
    FarmFixture farm;
    REQUIRE (farm.batch ({ "--lines", "1-2" }).code == 0);
    farm.control->fingerprint = "fake-tones-2";
    REQUIRE (farm.batch().code == 0);
    REQUIRE (farm.takeStore().list()->size() == 8);
    REQUIRE (farm.gather().code == 0);
    const auto document = *project::readProject (farm.path ("gathered/scene.tableread")).value().document;
    for (const auto& take : document.takes)
        CHECK (take->fingerprint == "fake-tones-2");
}
