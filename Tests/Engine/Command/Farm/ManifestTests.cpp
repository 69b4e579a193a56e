// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Core/ContentHash.h"
#include "FarmFixture.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;
using Numbers = std::vector<int>;
using Names = std::vector<std::string>;

namespace
{
constexpr const char* game =
    R"({"tableread_manifest": 1, "voices": {"Guard": "anna", "*": "ben"}, "seed": 3, "lines": [
    {"id": "gate_010", "speaker": "Guard", "text": "One."},
    {"id": "gate_020", "speaker": "Tom", "text": "Two.", "seed": 5},
    {"id": "gate_030", "speaker": "Guard", "text": "Three."}]})";

struct GameFixture : FarmFixture
{
    GameFixture() { input = write ("game.json", game); }
};
} // namespace

TEST_CASE ("A manifest's lines are spoken, and gathered under their ids", "[engine][command][farm]")
{
    GameFixture farm;
    const auto outcome = farm.batch();
    CHECK (outcome.code == 0);
    CHECK (farm.numbers (outcome, "rendered") == Numbers { 1, 2, 3 });
    for (const auto& said : farm.said (outcome))
        if (said.contains ("line"))
            CHECK (said["id"] ==
                   Names ({ "gate_010", "gate_020", "gate_030" })[said["line"].get<std::size_t>() - 1]);
    CHECK (farm.said (outcome)[1]["seed"] == 5);
    CHECK (farm.said (outcome)[1]["title"] == "gate_020, Tom");

    REQUIRE (farm.gather().code == 0);
    CHECK (farm.files ("gathered") ==
           Names { "game.tableread", "gate_010.wav", "gate_020.wav", "gate_030.wav", "lines.json" });
    const auto one = farm.spoken ("One.", "anna", 3), two = farm.spoken ("Two.", "ben", 5),
               three = farm.spoken ("Three.", "anna", 3);
    CHECK ((wavFloats (farm.read ("gathered/gate_010.wav")) == one));
    CHECK ((wavFloats (farm.read ("gathered/gate_020.wav")) == two));
    const auto list = nlohmann::json::parse (farm.read ("gathered/lines.json"));
    CHECK (list["lines"][1]["id"] == "gate_020");
    CHECK (list["lines"][1]["hash"] == contentHash (two));

    // The project plays what the farm has spoken, each line with its own seed.
    farm.control->passagesRendered = 0;
    farm.takes = [&] (const Settings&) {
        return std::make_shared<TakeStore> (TakeStoreOptions { .folder = farm.storeFolder() });
    };
    REQUIRE (farm.run ({ "render", farm.path ("gathered/game.tableread"), "--format", "f32", "-o",
                         farm.path ("out.wav") })
                 .code == 0);
    CHECK (farm.control->passagesRendered == 0);
    CHECK ((farm.outFloats() == one + two + three));
}

TEST_CASE ("A line that is put into a manifest is all that is spoken then", "[engine][command][farm]")
{
    GameFixture farm;
    REQUIRE (farm.batch().code == 0);
    auto changed = nlohmann::json::parse (game);
    auto& lines = changed["lines"];
    lines.insert (lines.begin(),
                  nlohmann::json { { "id", "gate_005" }, { "speaker", "Tom" }, { "text", "None." } });
    farm.write ("game.json", changed.dump());
    const auto outcome = farm.batch();
    CHECK (outcome.code == 0);
    CHECK (farm.numbers (outcome, "rendered") == Numbers { 1 });
    CHECK (farm.numbers (outcome, "stored") == Numbers { 2, 3, 4 });
}

TEST_CASE ("A recording of a manifest lies beside it; one that is missing is named",
           "[engine][command][farm]")
{
    GameFixture farm;
    auto changed = nlohmann::json::parse (game);
    changed["voices"]["Guard"] = "guard.wav";
    farm.write ("game.json", changed.dump());
    const auto missing = farm.batch();
    CHECK (missing.code == 2);
    CHECK_THAT (missing.err, Contains ("guard.wav"));
    writeSound (farm.path ("guard.wav"), sine (220, 4.0));
    CHECK (farm.batch().code == 0);
}

TEST_CASE ("A manifest that cannot be used is refused before anything is spoken", "[engine][command][farm]")
{
    GameFixture farm;
    farm.write (
        "game.json",
        R"({"tableread_manifest": 1, "voices": {}, "lines": [{"id": "a", "speaker": "Tom", "text": "One."}]})");
    for (const auto& outcome : { farm.batch(), farm.gather() })
    {
        CHECK (outcome.code == 2);
        CHECK_THAT (outcome.err, Contains ("game.json: lines[0].speaker: \"Tom\" has no voice."));
    }
    CHECK (farm.control->passagesRendered == 0);
}
