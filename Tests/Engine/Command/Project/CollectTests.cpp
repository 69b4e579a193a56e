// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "ProjectFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
/** A project that was rendered. */
struct RenderedProject : ProjectFixture
{
    RenderedProject()
    {
        REQUIRE (make (twoLines).code == 0);
        REQUIRE (renderProject().code == 0);
    }

    Outcome collect (std::vector<std::string> more = {})
    {
        std::vector<std::string> arguments { "project", "collect", file() };
        arguments.insert (arguments.end(), more.begin(), more.end());
        return run (arguments);
    }

    std::int64_t embeddedTakes (const std::string& of)
    {
        return nlohmann::json::parse (run ({ "project", "show", of, "--json" }).out)["embedded_takes"];
    }
};
} // namespace

TEST_CASE ("A project that was collected is enough to be heard on another machine",
           "[engine][command][project]")
{
    RenderedProject engine;
    const auto other = engine.path ("other.tableread");
    const auto collected = engine.collect ({ "-o", other });
    CHECK (collected.code == 0);
    CHECK (collected.err == "Wrote " + other + ": it holds the audio of 2 of 2 takes.\n");
    CHECK (engine.embeddedTakes (other) == 2);
    CHECK (engine.embeddedTakes (engine.file()) == 0);

    if (GENERATE (false, true))
        engine.loseStore();
    else
        engine.loseAllTakes();
    CHECK (engine.run ({ "render", other, "--format", "f32", "-o", engine.path ("out.wav") }).code == 0);
    CHECK ((engine.outFloats() == engine.spoken ("Good morning.", "anna") + Samples (2400, 0.0f) +
                                      engine.spoken ("Is it?", "ben")));
    CHECK_THAT (engine.collect ({ "-o", other }).err, Contains ("is there already"));
}

TEST_CASE ("A project is collected in its place, and its audio is left out again",
           "[engine][command][project]")
{
    RenderedProject engine;
    const auto before = engine.read ("scene.tableread");
    CHECK (engine.collect ({ "-q" }).err.empty());
    CHECK (engine.embeddedTakes (engine.file()) == 2);
    const auto dropped = engine.collect ({ "--drop" });
    CHECK (dropped.code == 0);
    CHECK_THAT (dropped.err, Contains ("it holds the audio of 0 of 2 takes"));
    CHECK (engine.read ("scene.tableread") == before);
}

TEST_CASE ("A project that cannot be collected as a whole says so", "[engine][command][project][errors]")
{
    RenderedProject engine;
    std::filesystem::remove (engine.audioOf (*engine.document().takes[1]));
    const auto collected = engine.collect();
    CHECK (collected.code == 4);
    CHECK_THAT (collected.err, Contains ("The audio of 1 take is not in the store and was left out.") &&
                                   Contains ("it holds the audio of 1 of 2 takes"));

    engine.write ("scene.tableread", "{\"tableread_state\": 3}");
    CHECK (engine.collect().code == 2);
    CHECK (engine.read ("scene.tableread") == "{\"tableread_state\": 3}");
    CHECK (engine.run ({ "project", "collect", engine.path ("no.tableread") }).code == 2);
}
