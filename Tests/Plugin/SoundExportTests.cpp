// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "GatedStore.h"
#include "PluginFixture.h"
#include "Processor/SoundExport.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** What was written for the last wish. */
std::filesystem::path fileOf (const SoundExport& files)
{
    REQUIRE (eventually ([&] { return files.state().ended.has_value(); }));
    const auto ended = *files.state().ended;
    INFO ((ended ? std::string() : ended.error().text()));
    REQUIRE (ended);
    return *ended;
}

/** A rendered scene, and what writes its sounds. */
struct Rack
{
    Rack()
    {
        workspace.setScript (scene);
        REQUIRE (renderAll (workspace));
        REQUIRE (eventually ([&] { // then nothing changes any more
            return workspace.document()->takes.size() == workspace.document()->lines.size();
        }));
    }

    std::filesystem::path file() const { return fileOf (files); }

    std::size_t filesInDrags() const
    {
        using Folder = std::filesystem::recursive_directory_iterator;
        std::error_code none;
        Folder folder (fixture.folder.path() / "drags", none);
        return none ? 0 : (std::size_t) std::count_if (begin (folder), end (folder), [] (const auto& entry) {
            return entry.is_regular_file();
        });
    }

    PluginFixture fixture;
    Workspace workspace { fixture.options() };
    SoundExport files { workspace.player(), fixture.folder.path() / "drags" };
};
} // namespace

TEST_CASE ("A sound to be dragged is written in the background", "[plugin][drag]")
{
    Rack rack;
    CHECK (rack.files.state().name.empty());
    rack.files.begin (playback::DraggedSpeaker { "Anna" });
    CHECK (rack.files.state().name == "Anna.wav");
    const auto anna = rack.file();
    CHECK (anna.filename() == "Anna.wav");
    CHECK (readSound (anna).samples.size() == expectedSound (24'000.0).size());
    CHECK (rack.files.state().fraction > 0.5);

    rack.files.begin (playback::DraggedScene { 0 });
    CHECK (rack.files.state().name == "Scene 1.wav");
    const auto whole = readSound (rack.file()).samples, expected = expectedSound (24'000.0);
    REQUIRE (whole.size() <= expected.size()); // without the pause at its end
    CHECK (std::equal (whole.begin(), whole.end(), expected.begin()));
}

TEST_CASE ("What would be the same again is not written again", "[plugin][drag]")
{
    Rack rack;
    const playback::DraggedSpeaker ben { "Ben" };
    rack.files.begin (ben);
    const auto first = rack.file();
    rack.files.begin (ben);
    REQUIRE (rack.files.state().ended); // at once
    CHECK (rack.file() == first);
    CHECK (rack.filesInDrags() == 1);

    SECTION ("but it is after an edit")
    {
        auto member = *rack.workspace.document()->cast.front();
        member.gainDb = -3.0;
        REQUIRE (rack.workspace.edit (project::SetMember { member }));
    }
    SECTION ("at another rate")
    {
        rack.workspace.player().stage().setHostRate (48'000.0);
    }
    SECTION ("and where the file is gone")
    {
        std::filesystem::remove (first);
    }
    rack.files.begin (ben);
    CHECK (rack.file() != first);
}

TEST_CASE ("A sound whose take is just being loaded is written once that is there", "[plugin][drag][threads]")
{
    Rack rack;
    const playback::DraggedLine line { rack.workspace.document()->lines[1]->id };
    rack.files.begin (line);
    const auto expected = readSound (rack.file()).samples;
    auto options = rack.fixture.options();
    const auto store =
        std::make_shared<GatedStore> (TakeStoreOptions { .folder = rack.fixture.folder.path() / "takes" });
    store->isShut = true;
    options.stage.store = store;
    Workspace opened (options);
    opened.load (*rack.workspace.save());
    CHECK (eventually ([&] { return isAll (opened, playback::PartState::Loading); }));

    SoundExport files (opened.player(), rack.fixture.folder.path() / "drags");
    files.begin (line);
    std::this_thread::sleep_for (std::chrono::milliseconds (200)); // it looks again and again
    CHECK_FALSE (files.state().ended);
    store->isShut = false;
    CHECK (readSound (fileOf (files)).samples == expected);
}

TEST_CASE ("A sound is saved where the user wants it", "[plugin][drag]")
{
    Rack rack;
    const auto mine = rack.fixture.folder.path() / "mine.wav";
    const auto line = rack.workspace.document()->lines[1]->id;
    rack.files.begin (playback::DraggedLine { line }, mine);
    CHECK (rack.files.state().name == "mine.wav");
    CHECK (rack.file() == mine);
    const auto saved = readSound (mine).samples;
    std::ofstream (mine) << "another sound";
    rack.files.begin (playback::DraggedLine { line }, mine); // it is written anew, whatever was done with it
    CHECK (rack.file() == mine);
    CHECK (readSound (mine).samples == saved);
    rack.files.begin (playback::DraggedLine { line });
    const auto dragged = rack.file();
    CHECK (dragged != mine);
    CHECK (readSound (dragged).samples == saved);
}

TEST_CASE ("The newest wish counts, and what is no longer wanted leaves nothing", "[plugin][drag][threads]")
{
    Rack rack;
    rack.workspace.player().stage().setHostRate (192'000.0); // which takes a moment
    const bool isCancelled = GENERATE (false, true);
    for (int round = 0; round < 20; ++round)
        rack.files.begin (playback::DraggedSpeaker { round % 2 == 0 ? "Anna" : "Ben" });
    if (isCancelled)
    {
        rack.files.cancel();
        CHECK (rack.files.state().name.empty());
        rack.files.begin (playback::DraggedScene { 0 });
        CHECK (rack.file().filename() == "Scene 1.wav");
    }
    else
        CHECK (rack.file().filename() == "Ben.wav");
    CHECK (rack.filesInDrags() <= 2); // one may have been whole when it was no longer wanted
}

TEST_CASE ("What cannot be written is said", "[plugin][drag]")
{
    Rack rack;
    rack.workspace.stop();
    rack.workspace.setScript (std::string (scene) + "Ben: Well then.\n");
    rack.workspace.settle();
    rack.files.begin (playback::DraggedSpeaker { "Ben" });
    REQUIRE (eventually ([&] { return rack.files.state().ended.has_value(); }));
    REQUIRE_FALSE (*rack.files.state().ended);
    CHECK (rack.files.state().ended->error().text() ==
           "line 8, Ben is not rendered yet. Render it, then drag again.");
    rack.files.begin (playback::DraggedSpeaker { "Anna" }, "/nowhere/anna.wav");
    REQUIRE (eventually ([&] { return rack.files.state().ended.has_value(); }));
    CHECK_FALSE (*rack.files.state().ended);
}
