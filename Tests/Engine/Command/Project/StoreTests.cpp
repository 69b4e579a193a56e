// SPDX-License-Identifier: Apache-2.0
// What `render` of a project does with the take store.
#include <chrono>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "Core/ContentHash.h"
#include "Project/Requests.h"
#include "ProjectFixture.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;
namespace fs = std::filesystem;

TEST_CASE ("The takes of a project that only the command line uses are not evicted",
           "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    CHECK (engine.document().id.empty()); // nothing of it is kept yet
    REQUIRE (engine.renderProject().code == 0);
    const auto id = engine.document().id;
    CHECK (isContentHash (id));
    const auto takes = engine.document().takes;
    CHECK (engine.listed().takes == std::vector { takes[1]->audio, takes[0]->audio });

    engine.change (project::PinTake { takes[0]->id, true });
    REQUIRE (engine.renderProject().code == 0);
    CHECK (engine.document().id == id);
    CHECK (engine.listed().takes == std::vector { takes[1]->audio });
    CHECK (engine.listed().pinned == std::vector { takes[0]->audio });

    auto options = engine.place;
    options.mostBytes = 0;
    options.grace = -1h; // which a take that nobody lists does not survive
    REQUIRE (TakeStore (options).evict());
    for (const auto& take : takes)
        CHECK_FALSE (engine.kept (*take).empty());
}

TEST_CASE ("A project that had takes before it had an id gets one, and its recordings are kept",
           "[engine][command][project]")
{
    ProjectFixture engine;
    writeSound (engine.path ("anna.wav"), sine (220, 4.0));
    REQUIRE (engine.make ("Anna: One.\n", { "--voice", "Anna=" + engine.path ("anna.wav") }).code == 0);
    REQUIRE (engine.renderProject().code == 0);
    auto content = project::readProject (engine.file()).value();
    auto old = *content.document;
    old.id.clear();
    content.document = std::make_shared<const project::Document> (old);
    REQUIRE (project::writeProject (engine.file(), content));
    fs::remove_all (engine.place.folder / "sessions");

    REQUIRE (engine.bounce().code == 0); // nothing has to be rendered
    CHECK (engine.control->passagesRendered == 1);
    const auto& recording = old.cast[0]->moods[0].content;
    CHECK (engine.listed().takes == std::vector { recording, old.takes[0]->audio });
    CHECK_FALSE (TakeStore (engine.place).fileWith (recording).empty());
}

TEST_CASE ("A take that the store has lost is rendered again, and counted", "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    REQUIRE (engine.renderProject().code == 0);
    const auto takes = engine.document().takes;
    fs::remove (engine.audioOf (*takes[1]));
    const auto outcome = engine.renderProject ({ "--json" });
    CHECK (outcome.code == 0);
    CHECK_THAT (outcome.err, Contains ("1 of 2 passages rendered in"));
    const auto said = nlohmann::json::parse (outcome.out);
    CHECK (said["rendered"] == 1);
    CHECK (said["passages"][0]["rendered"] == false);
    CHECK (said["passages"][1]["rendered"] == true);
    CHECK (engine.document().takes.size() == 2);
    CHECK_FALSE (engine.kept (*takes[1]).empty());
}

TEST_CASE ("A store that takes nothing costs no sound: it is written, and the loss is said once",
           "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    engine.loseStore();
    const auto before = engine.read ("scene.tableread");
    const auto outcome = engine.bounce();
    CHECK (outcome.code == 75);
    const std::string loss = "takes cannot be kept in " + engine.place.folder.string();
    CHECK_THAT (outcome.err, Contains (loss) && Contains ("2 of 2 passages rendered") && Contains ("Wrote "));
    CHECK (outcome.err.find (loss) == outcome.err.rfind (loss));
    const auto sound =
        engine.spoken ("Good morning.", "anna") + Samples (2400, 0.0f) + engine.spoken ("Is it?", "ben");
    CHECK ((engine.outFloats() == sound));
    CHECK (engine.document().takes.empty()); // whoever opens it would look for them in vain

    SECTION ("and once it is there again, the same command does the rest")
    {
        fs::create_directory (engine.place.folder);
        CHECK (engine.bounce().code == 0);
        CHECK ((engine.outFloats() == sound));
        CHECK (engine.document().takes.size() == 2);
        CHECK (before != engine.read ("scene.tableread"));
    }
    SECTION ("but without a file to write it ends at the first take")
    {
        engine.control->passagesRendered = 0;
        const auto stopped = engine.renderProject ({ "--passages", "1" });
        CHECK (stopped.code == 2);
        CHECK_THAT (stopped.err, Contains (loss));
        CHECK (engine.control->passagesRendered == 1);
    }
    SECTION ("and a take that is cut off is in a file of its own name all the same")
    {
        fs::remove (engine.path ("out.wav"));
        engine.control->finish = FinishReason::Length;
        CHECK (engine.bounce().code == 75);
        CHECK (fs::exists (engine.path ("out.partial.wav")));
        CHECK_FALSE (fs::exists (engine.path ("out.wav")));
    }
}

TEST_CASE ("Takes whose audio is gone are shown as missing", "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    REQUIRE (engine.renderProject().code == 0);
    const auto shown = [&] {
        std::vector<std::string> all;
        const auto said = engine.run ({ "project", "show", engine.file(), "--json" });
        CHECK (said.code == 0);
        const auto json = nlohmann::json::parse (said.out);
        for (const auto& passage : json["passages"])
            all.push_back (passage["status"]);
        return all;
    };
    CHECK (shown() == std::vector<std::string> { "done", "done" });
    const auto content = project::readProject (engine.file()).value();
    TakeStore store (engine.place);
    const auto collected = project::collect (content, store).value();

    fs::remove (engine.audioOf (*content.document->takes[1]));
    CHECK (shown() == std::vector<std::string> { "done", "missing" });
    CHECK_THAT (engine.run ({ "project", "show", engine.file() }).out,
                Contains ("[take 3, done, ") && Contains ("[take 4, missing, "));
    engine.loseStore();
    CHECK (shown() == std::vector<std::string> { "missing", "missing" });
    REQUIRE (project::writeProject (engine.file(), collected));
    CHECK (shown() == std::vector<std::string> { "done", "done" }); // they are in the project
}

TEST_CASE ("A damaged take is set aside with a sentence, and rendered again in the same run",
           "[engine][command][project]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    REQUIRE (engine.bounce().code == 0);
    const auto sound = engine.outFloats();
    const auto take = engine.document().takes[1];
    const auto file = engine.audioOf (*take);
    if (GENERATE (false, true))
        fs::resize_file (file, fs::file_size (file) / 2);
    else
    {
        std::fstream bytes (file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekp (60);
        bytes << "?!";
    }
    const auto outcome = GENERATE (false, true) ? engine.bounce() : engine.renderProject();
    CHECK (outcome.code == 0);
    CHECK_THAT (outcome.err, Contains ("the take " + take->audio + " is damaged (") &&
                                 Contains ("lies in \"damaged\" now") &&
                                 Contains ("1 of 2 passages rendered"));
    CHECK (fs::exists (engine.place.folder / "damaged" / file.filename()));
    CHECK (engine.bounce().code == 0);
    CHECK ((engine.outFloats() == sound));
}

TEST_CASE ("A locked line whose take is of other words and lost is refused, with what to do",
           "[engine][command][project][errors]")
{
    ProjectFixture engine;
    REQUIRE (engine.make (twoLines).code == 0);
    REQUIRE (engine.renderProject().code == 0);
    engine.change (project::SetLocked { engine.document().lines[0]->id, true });
    engine.change (project::SetScript { "Anna: Good evening.\nBen: Is it?\n" });
    CHECK (engine.renderProject().code == 0); // it keeps its take
    fs::remove (engine.audioOf (*engine.document().takes[0]));
    const auto outcome = engine.bounce();
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("line 1, Anna: " + std::string (project::staleTakeLost)));
}
