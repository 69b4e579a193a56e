// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "ProjectFixture.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

TEST_CASE ("A script becomes a project", "[engine][command][project]")
{
    ProjectFixture engine;
    writeSound (engine.path ("anna.wav"), sine (220, 4.0));
    const auto made = engine.make (twoLines, { "--voice", "Anna=" + engine.path ("anna.wav"), "--voice",
                                               "Ben=david", "--seed", "7", "--cfg", "1.5", "--steps", "3" });
    CHECK (made.code == 0);
    CHECK_THAT (made.err, Contains ("Wrote " + engine.file() + ": 2 lines."));
    CHECK (made.out.empty());
    const auto document = engine.document();
    CHECK (*document.script == twoLines);
    REQUIRE (document.lines.size() == 2);
    CHECK (document.lines[1]->pauseBeforeMs == 100);
    CHECK (document.settings.seed == 7);
    CHECK (document.settings.guidanceScale == 1.5f);
    CHECK (document.settings.steps == 3);
    REQUIRE (document.cast.size() == 2);
    const auto& anna = document.cast[0]->moods[0];
    CHECK (anna.voice.path == engine.path ("anna.wav"));
    CHECK (anna.content.size() == 32);
    CHECK (anna.relative == "anna.wav");
    CHECK (document.cast[1]->moods[0].voice.name == "david");
    CHECK (document.cast[1]->isChosen);
}

TEST_CASE ("A recording that is short for a voice gets a note in a new project too",
           "[engine][command][project]")
{
    ProjectFixture engine;
    writeSound (engine.path ("anna.wav"), sine (220, 1.0));
    const auto made = engine.make (twoLines, { "--voice", "Anna=" + engine.path ("anna.wav") });
    CHECK (made.code == 0);
    CHECK_THAT (made.err,
                Contains ("Anna's voice anna.wav is 1 s long; 3 s or more give a better likeness."));
}

TEST_CASE ("An existing file is not replaced by a new project", "[engine][command][project][errors]")
{
    ProjectFixture engine;
    engine.write ("scene.tableread", "mine");
    const auto made = engine.make (twoLines);
    CHECK (made.code == 2);
    CHECK_THAT (made.err, Contains ("is there already"));
    CHECK (engine.read ("scene.tableread") == "mine");
}

TEST_CASE ("A voice that is no recording, or for nobody, becomes no project",
           "[engine][command][project][errors]")
{
    ProjectFixture engine;
    engine.write ("words.txt", "Hello.");
    writeSound (engine.path ("silent.wav"), { std::vector<float> (48'000), 24'000 });
    const auto [speaker, voice, says] = GENERATE (table<std::string, std::string, std::string> (
        { { "Anna", "nosuch.wav", "nosuch.wav does not exist. Check the path." },
          { "Anna", "words.txt", "voice \"Anna\": words.txt is not a readable recording" },
          { "Anna", "silent.wav", "voice \"Anna\": silent.wav is silent" },
          { "Nobody", "clara", "scene.txt has this name. Anna and Ben speak there." } }));
    const auto made = engine.make (
        twoLines, { "--voice", speaker + '=' + (voice == "clara" ? voice : engine.path (voice)) });
    CHECK (made.code == 2);
    CHECK_THAT (made.err, Contains (says));
    CHECK_FALSE (std::filesystem::exists (engine.file()));
}

TEST_CASE ("A project is not written under the name of something else", "[engine][command][project][errors]")
{
    ProjectFixture engine;
    const auto script = engine.write ("scene.txt", twoLines);
    const std::string name = GENERATE ("scene.wav", "scene", ".tableread");
    const auto made = engine.run ({ "project", "new", script, "-o", engine.path (name) });
    CHECK (made.code == 2);
    CHECK_THAT (made.err, Contains ("is no name for a project. Give one that ends in .tableread."));
    CHECK (engine.make (twoLines).code == 0);
    CHECK (engine.run ({ "project", "collect", engine.file(), "-o", engine.path (name) }).code == 2);
    CHECK_FALSE (std::filesystem::exists (engine.path (name)));
}

TEST_CASE ("What cannot be spoken becomes no project", "[engine][command][project][errors]")
{
    ProjectFixture engine;
    const std::string script =
        GENERATE (as<std::string>(), "", "# nothing\n", "1\n00:00:01,000 --> 00:00:02,000\nHi.\n");
    const auto made = engine.make (script);
    CHECK (made.code == 2);
    CHECK_THAT (made.err, Contains ("scene.txt: "));
    CHECK (engine.files() == std::vector<std::string> { "scene.txt" });
    CHECK (engine.run ({ "project" }).code == 2);
    CHECK (engine.run ({ "project", "new", engine.path ("scene.txt") }).code == 2);
    CHECK (engine.run ({ "project", "new", engine.path ("no.txt"), "-o", engine.file() }).code == 2);
}

TEST_CASE ("A project is shown to people and programs", "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines, { "--voice", "Anna=anna" }).code == 0);
    const auto shown = engine.run ({ "project", "show", engine.file() });
    CHECK (shown.code == 0);
    CHECK_THAT (shown.out, Contains ("scene.tableread: 2 lines, 0 takes, seed 0.") &&
                               Contains ("Anna: 1 line, voice anna\n") &&
                               Contains ("     1 Anna: Good morning.\n       [missing]\n"));
    REQUIRE (engine.renderProject().code == 0);
    engine.change (project::SetScript { "Anna: Good evening.\n[pause 100ms]\nBen: Is it?\n" });
    const auto json = nlohmann::json::parse (engine.run ({ "project", "show", engine.file(), "--json" }).out);
    CHECK (json["schema"] == "tableread-project");
    CHECK (json["lines"] == 2);
    CHECK (json["takes"] == 2);
    CHECK (json["passages"][0]["status"] == "stale");
    CHECK (json["passages"][0]["take"].is_null());
    CHECK (json["passages"][1]["status"] == "done");
    CHECK (json["passages"][1]["lines"][0]["text"] == "Is it?");
    CHECK (json["cast"][1]["moods"][0]["voice"] == "ben");
    CHECK (json["passages"][1]["outdated"] == false);

    engine.change (project::SetLocked { engine.document().lines[1]->id, true });
    engine.change (project::SetScript { "Anna: Good evening.\n[pause 100ms]\nBen: Is it so?\n" });
    CHECK_THAT (engine.run ({ "project", "show", engine.file() }).out,
                Contains ("Ben: Is it so?\n       [take 4, done, ") &&
                    Contains ("s, locked, other words, voices or settings by now]\n"));
    CHECK (nlohmann::json::parse (
               engine.run ({ "project", "show", engine.file(), "--json" }).out)["passages"][1]["outdated"] ==
           true);
}

TEST_CASE ("A damaged project is one sentence and exit code 2; a newer one too",
           "[engine][command][project][errors]")
{
    ProjectFixture engine;
    const auto [text, sentence] = GENERATE (table<std::string, std::string> (
        { { "{\"tableread_state\": 2, \"script\": \"An", "cannot be opened: it is not JSON" },
          { "{\"tableread_state\": 3}", "was saved by a newer TableRead" } }));
    engine.write ("scene.tableread", text);
    for (const auto& arguments :
         { std::vector<std::string> { "project", "show", engine.file() },
           std::vector<std::string> { "render", engine.file(), "-o", engine.path ("out.wav") } })
    {
        const auto outcome = engine.run (arguments);
        CHECK (outcome.code == 2);
        CHECK_THAT (outcome.err, Contains ("tableread-engine: " + engine.file() + ": " + sentence));
        CHECK (std::count (outcome.err.begin(), outcome.err.end(), '\n') == 1);
    }
    CHECK (engine.read ("scene.tableread") == text);
    CHECK (engine.files() == std::vector<std::string> { "scene.tableread" });
}
