// SPDX-License-Identifier: GPL-3.0-or-later
// What `--bounce` of a project does with the take store.
#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>

#include "AppRun.h"
#include "Project/File/Place.h"
#include "StateText.h"

using namespace tableread;
using namespace tableread::test;

TEST_CASE ("The takes of a project that is only bounced are known to the store, so that they are not evicted",
           "[plugin][bounce]")
{
    App app;
    const auto file = app.folder.path() / "scene.tableread";
    std::ofstream (file) << StateText { scene, 3 }.text();
    const TakeStore store ({ .folder = app.folder.path() / "takes" });
    const auto listed = [&] {
        return store.session (documentIn (contentOf (file)).id).value_or (TakeSession());
    };
    const auto bounce = [&] {
        CHECK (app.run ("--bounce scene.tableread -o out.wav --rate 24000" + engineOption) == 0);
    };
    CHECK (app.run ("--bounce scene.txt -o script.wav" + engineOption) == 0);
    CHECK_FALSE (
        std::filesystem::exists (app.folder.path() / "takes" / "sessions")); // a script is no project
    bounce();
    auto content = project::readProject (file).value();
    CHECK (content.document->id.size() == 32);
    CHECK (listed().takes.size() == 5);
    const auto first = content.document->takes[0];
    content.document = std::make_shared<const project::Document> (
        project::apply (*content.document, project::PinTake { first->id, true }).value());
    REQUIRE (project::writeProject (file, content));
    bounce();
    CHECK (listed().takes.size() == 4);
    CHECK (listed().pinned == std::vector { first->audio });
    CHECK (documentIn (contentOf (file)) == *content.document);
}

TEST_CASE ("A damaged take is said to be so, and rendered again", "[plugin][bounce]")
{
    App app;
    std::ofstream (app.folder.path() / "scene.tableread") << StateText { scene, 3 }.text();
    const auto bounce = [&] {
        CHECK (app.run ("--bounce scene.tableread -o out.wav --rate 24000" + engineOption) == 0);
    };
    bounce();
    const auto takes = documentIn (contentOf (app.folder.path() / "scene.tableread")).takes;
    TakeStore store ({ .folder = app.folder.path() / "takes" });
    const auto cut = store.fileWith (takes[0]->audio), changed = store.fileWith (takes[1]->audio);
    std::filesystem::resize_file (cut, std::filesystem::file_size (cut) / 2);
    std::fstream (changed, std::ios::in | std::ios::out | std::ios::binary).seekp (100) << "?!";
    bounce();
    for (const auto& take : { takes[0], takes[1] })
        CHECK_THAT (app.said(), Catch::Contains ("the take " + take->audio + " is damaged ("));
    CHECK_THAT (app.said(), ! Catch::Contains (takes[2]->audio));
    CHECK ((readWav (app.folder.path() / "out.wav", 24'000) == expectedSound (24'000, 3)));
    bounce();
    CHECK_THAT (app.said(), ! Catch::Contains ("damaged"));
}

TEST_CASE ("A locked line whose take is of other words and lost is a gap that says what to do",
           "[plugin][bounce]")
{
    App app;
    const auto file = app.folder.path() / "scene.tableread";
    std::ofstream (file) << StateText { scene, 3 }.text();
    const auto bounce = [&] {
        return app.run ("--bounce scene.tableread -o out.wav --rate 24000" + engineOption);
    };
    REQUIRE (bounce() == 0);
    auto content = project::readProject (file).value();
    auto document =
        project::apply (*content.document, project::SetLocked { content.document->lines[1]->id, true });
    auto text = std::string (scene);
    document =
        project::apply (*document, project::SetScript { text.replace (text.find ("train"), 5, "coach") });
    content.document = std::make_shared<const project::Document> (document.value());
    REQUIRE (project::writeProject (file, content));
    CHECK (bounce() == 0); // it keeps its take
    const auto& takes = document->takes;
    const auto take = std::find_if (takes.begin(), takes.end(), [&] (const auto& each) {
        return each->id == document->lines[1]->chosen;
    });
    REQUIRE (take != takes.end());
    std::filesystem::remove (TakeStore ({ .folder = app.folder.path() / "takes" }).fileWith ((*take)->audio));
    CHECK (bounce() == 4);
    CHECK_THAT (app.said(), Catch::Contains ("out.wav has a gap") &&
                                Catch::Contains ("line 2, Ben: " + std::string (project::staleTakeLost)));
}

TEST_CASE ("The gaps of a project's bounce also stand in a file beside its takes", "[plugin][bounce]")
{
    App app;
    const auto file = app.folder.path() / "scene.tableread";
    std::ofstream (file) << StateText { scene, 3 }.text();
    const auto reports = [&] {
        std::vector<std::string> names;
        if (std::filesystem::exists (app.folder.path() / "takes/reports"))
            for (const auto& each : std::filesystem::directory_iterator (app.folder.path() / "takes/reports"))
                names.push_back (each.path().filename());
        return names;
    };
    const std::string bounce = " -o out.wav --rate 24000";
    const std::string noEngine = "TABLEREAD_ENGINE=/nowhere/engine";
    CHECK (app.run ("--bounce scene.txt" + bounce, noEngine) == 4);
    CHECK (reports().empty()); // a script has no session
    CHECK (app.run ("--bounce scene.tableread" + bounce, noEngine) == 4);
    REQUIRE (reports().size() == 1);
    const auto id = documentIn (contentOf (file)).id;
    CHECK (id.size() == 32);
    CHECK (reports()[0].starts_with (id + '.'));
    const auto report = app.folder.path() / "takes/reports" / reports()[0];
    CHECK_THAT (contentOf (report), Catch::StartsWith ("The bounce has 5 gaps") &&
                                        Catch::Contains ("line 6, Anna: ") &&
                                        Catch::Contains ("/nowhere/engine"));
    CHECK_THAT (app.said(), Catch::Contains (report.string()));
    CHECK (app.run ("--bounce scene.tableread" + bounce + engineOption) == 0);
    CHECK (reports().size() == 1); // one that is complete has none
}
