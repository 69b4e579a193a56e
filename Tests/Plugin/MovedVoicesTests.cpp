// SPDX-License-Identifier: GPL-3.0-or-later
// A host's session has no file that a plugin knows of, so its recordings are found by their hashes alone.
#include <catch2/catch.hpp>

#include "Editor/Cast/Model.h"
#include "PluginFixture.h"
#include "Project/Lookup.h"
#include "StateText.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
constexpr const char* dialogue = "Anna: Good evening.\nBen: You are late.\n";

/** A host's session that was rendered and saved, with the recordings beside it. */
struct MovedSession
{
    MovedSession()
    {
        std::filesystem::create_directories (voices());
        writeSound (voices() / "ada.wav", sine (200.0, 3.0));
        writeSound (voices() / "bob.wav", sine (120.0, 3.0));
        Workspace workspace (options (folder.path()));
        workspace.setScript (dialogue);
        choose (workspace, "Anna", voices() / "ada.wav");
        choose (workspace, "Ben", voices() / "bob.wav");
        REQUIRE (renderAll (workspace));
        sound = bounce (workspace);
        saved = *workspace.save();
    } // what is due is written into the store

    std::filesystem::path voices() const { return folder.path() / "session/voices"; }

    /** Where recordings are kept too. @param place  the machine's */
    Workspace::Options options (const std::filesystem::path& place) const
    {
        auto wanted = optionsIn (folder.path());
        const auto store = std::make_shared<TakeStore> (TakeStoreOptions { .folder = place / "takes" });
        wanted.stage.store = store;
        wanted.books.store = store;
        return wanted;
    }

    static void choose (Workspace& workspace, const std::string& speaker, const std::filesystem::path& file)
    {
        CastModel cast;
        cast.show (workspace.document());
        REQUIRE (workspace.edit (cast.chooseVoice (speaker, {}, { file.stem().string(), file })));
        workspace.settle();
    }

    TemporaryFolder folder;
    FakeEngine engine { folder.path() / "engine.sock" };
    std::vector<float> sound;
    std::string saved;
};

project::Mood voiceOf (const project::Document& document, const std::string& speaker)
{
    return project::memberOf (document, speaker)->moods.at (0);
}

/** How the cast's panel shows somebody. */
CastEntry entryOf (const Showing& now, std::size_t place)
{
    CastModel cast;
    cast.show (now.document, now.missingVoices);
    return cast.entries().at (place);
}
} // namespace

TEST_CASE ("A session that was moved with its recordings finds them in the take store",
           "[plugin][workspace][voices]")
{
    MovedSession session;
    std::filesystem::rename (session.folder.path() / "session", session.folder.path() / "elsewhere");
    Workspace workspace (session.options (session.folder.path()));
    workspace.load (session.saved);
    CHECK ((bounce (workspace) == session.sound));
    CHECK (session.engine.jobs() == 2); // its takes are no others
    const auto now = workspace.showing();
    CHECK (now.missingVoices.empty());
    CHECK_THAT (now.notes.at (0), Catch::StartsWith ("Anna's voice ada.wav was found as "));
    const auto before = voiceOf (documentIn (session.saved), "Anna"), after = voiceOf (*now.document, "Anna");
    CHECK (after.content == before.content);
    CHECK (after.voice.name == "ada");
    CHECK (std::filesystem::exists (after.voice.path));
    CHECK (entryOf (now, 0).voices.at (0).label == "ada"); // not a hash

    REQUIRE (workspace.edit (project::Reroll { { now.document->lines[0]->id } }));
    REQUIRE (renderAll (workspace));
    CHECK (session.engine.requests().back().voices.at (0).path == after.voice.path);
}

TEST_CASE ("A session whose recordings are nowhere names them, loses nothing, and takes them back",
           "[plugin][workspace][voices]")
{
    MovedSession session;
    const auto elsewhere = session.folder.path() / "elsewhere/voices";
    std::filesystem::rename (session.folder.path() / "session", elsewhere.parent_path());
    const TemporaryFolder other; // machine, with a store of its own
    Workspace workspace (session.options (other.path()));
    workspace.load (session.saved);
    workspace.settle();
    const auto before = documentIn (session.saved);
    const auto lost = workspace.showing();
    auto kept = documentIn (*workspace.save());
    kept.id = before.id; // which a session gets once it is open
    CHECK (kept == before);
    CHECK (lost.missingVoices ==
           std::vector { voiceOf (before, "Anna").voice, voiceOf (before, "Ben").voice });
    CHECK_THAT (lost.notes.at (0), Catch::Contains ("ada.wav was not found") && Catch::Contains ("Choose"));
    CHECK (entryOf (lost, 0).remark == "ada.wav was not found");
    CHECK (entryOf (lost, 0).isWarning);
    CHECK (entryOf (lost, 1).voices.at (0).isMissing);

    MovedSession::choose (workspace, "Anna", elsewhere / "ada.wav"); // Ben's lies beside it
    const auto found = workspace.showing();
    CHECK (found.missingVoices.empty());
    CHECK_FALSE (entryOf (found, 0).isWarning);
    for (const auto* const speaker : { "Anna", "Ben" })
        CHECK (voiceOf (*found.document, speaker).content == voiceOf (before, speaker).content);
    CHECK (voiceOf (*found.document, "Ben").voice.path == elsewhere / "bob.wav");
    CHECK ((bounce (workspace) == session.sound));
}

TEST_CASE ("A cast whose recordings are elsewhere by now is looked for when it is loaded",
           "[plugin][workspace][voices]")
{
    MovedSession session;
    CastModel cast;
    cast.show (std::make_shared<const project::Document> (documentIn (session.saved)));
    const auto edit = CastModel::fromFile (cast.toFile());
    Workspace workspace (session.options (session.folder.path()));
    workspace.setScript (dialogue);
    std::filesystem::rename (session.voices() / "bob.wav", session.folder.path() / "bob.wav");
    const auto ada = voiceOf (documentIn (session.saved), "Anna").voice;
    REQUIRE (workspace.edit (edit));
    workspace.lookForRecordings();
    CHECK ((bounce (workspace) == session.sound));
    CHECK (voiceOf (*workspace.document(), "Anna").voice == ada);
    CHECK_THAT (workspace.showing().notes.at (0), Catch::StartsWith ("Ben's voice bob.wav was found as "));
    CHECK (session.engine.jobs() == 4); // takes are the project's own
}
