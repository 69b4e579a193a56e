// SPDX-License-Identifier: GPL-3.0-or-later
#include <optional>
#include <utility>

#include <catch2/catch.hpp>

#include "FakeUser.h"
#include "Project/File/Place.h"
#include "Standalone/Files/Documents.h"
#include "Support/Failure.h"
#include "Support/TemporaryFolder.h"
#include "TypedProject.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
struct ShownProject : OpenProject
{
    project::Content content() const override { return now; }

    void settle() override
    {
        if (typing)
            type (*std::exchange (typing, {}));
    }

    void replace (project::Content other, const fs::path& folder) override
    {
        now = std::move (other);
        voices = folder;
    }

    void type (const std::string& script) { now = typed (script, *now.document); }
    std::string script() const { return *now.document->script; }

    project::Content now;
    std::optional<std::string> typing; // not in the project yet
    fs::path voices;
};

struct Window
{
    explicit Window (const TemporaryFolder& folder)
        : documents (project, user,
                     { .autosave = { folder.path() / "autosave", std::chrono::hours (1) },
                       .recent = folder.path() / "recent" })
    {
        documents.onTitle = [this] { title = documents.title(); };
    }

    void type (const std::string& script)
    {
        project.type (script);
        documents.changed();
    }

    /** Whether the window may close. */
    bool close()
    {
        bool closes = false;
        documents.close ([&] { closes = true; });
        return closes;
    }

    ShownProject project;
    FakeUser user;
    Documents documents;
    std::string title;
};

std::size_t autosavesIn (const TemporaryFolder& folder)
{
    std::error_code none;
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator (folder.path() / "autosave", none))
        count += entry.path().extension() == autosaveExtension;
    return count;
}
} // namespace

TEST_CASE ("A project that is to be saved with its sound is not saved before it is",
           "[standalone][files][collect]")
{
    const TemporaryFolder folder;
    Window window (folder);
    window.type ("Anna: Hello.");
    window.user.file = folder.path() / "scene.tableread";
    window.documents.save();
    REQUIRE_FALSE (window.documents.isModified());
    for (const auto& audio : { std::make_shared<const project::EmbeddedAudio>(),
                               std::shared_ptr<const project::EmbeddedAudio>() })
    {
        window.project.now.audio = audio;
        window.documents.changed();
        CHECK (window.documents.isModified());
        window.documents.save();
        CHECK_FALSE (window.documents.isModified());
    }
}

TEST_CASE ("A new project is saved under a name, and its title says what is not saved",
           "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    Window window (folder);
    CHECK (window.documents.title() == "Untitled");
    window.type ("Anna: Hello.");
    CHECK (window.title == "Untitled *");

    window.user.file = folder.path() / "scene";
    window.documents.save();
    CHECK (window.title == "scene.tableread");
    CHECK (*project::readProject (path)->document->script == "Anna: Hello.");
    REQUIRE (window.documents.recentFiles().list().size() == 1);
    CHECK (window.documents.recentFiles().list()[0].file == path);

    window.type ("Anna: Good evening.");
    CHECK (window.title == "scene.tableread *");
    window.user.file.clear(); // no name is asked for again
    window.documents.save();
    CHECK (window.title == "scene.tableread");
    CHECK (*project::readProject (path)->document->script == "Anna: Good evening.");
    CHECK (window.user.heard.empty());
}

TEST_CASE ("Nothing unsaved is dropped unasked", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    Window window (folder);
    CHECK (window.close()); // nothing to save
    window.type ("Anna: Hello.");
    const auto act = GENERATE (0, 1, 2);
    const auto leave = [&] { // and whether the window closes
        if (act == 0)
            window.documents.startNew();
        else if (act == 1)
        {
            std::ofstream (folder.path() / "other.txt") << "Ben: Other.";
            window.documents.open (folder.path() / "other.txt");
        }
        else
            return window.close();
        return false;
    };

    SECTION ("cancelled")
    {
        window.user.answers = { Answer::Cancel };
        CHECK_FALSE (leave());
        CHECK (window.project.script() == "Anna: Hello.");
        CHECK (window.documents.isModified());
    }
    SECTION ("not saved")
    {
        window.user.answers = { Answer::No };
        CHECK (leave() == (act == 2));
        CHECK (window.project.script() == (act == 0 ? "" : act == 1 ? "Ben: Other." : "Anna: Hello."));
        CHECK_FALSE (fs::exists (path));
    }
    SECTION ("saved")
    {
        window.user.answers = { Answer::Yes };
        window.user.file = path;
        CHECK (leave() == (act == 2));
        CHECK (window.project.script() == (act == 0 ? "" : act == 1 ? "Ben: Other." : "Anna: Hello."));
        CHECK (*project::readProject (path)->document->script == "Anna: Hello.");
    }
    SECTION ("no name was chosen")
    {
        window.user.answers = { Answer::Yes };
        CHECK_FALSE (leave());
        CHECK (window.project.script() == "Anna: Hello.");
    }
    SECTION ("saving fails")
    {
        window.user.answers = { Answer::Yes };
        window.user.file = folder.path() / "missing" / "scene.tableread";
        CHECK_FALSE (leave());
        CHECK (window.project.script() == "Anna: Hello.");
        CHECK (window.documents.isModified());
        CHECK_THAT (window.user.heard.back(), Catch::StartsWith ("Not saved: "));
    }
    REQUIRE_FALSE (window.user.heard.empty());
    CHECK (window.user.heard.front() == "Save the changes of Untitled?");
}

TEST_CASE ("What was typed in the last moment is saved too", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    Window window (folder);
    window.user.file = path;
    window.project.typing = "Anna: Hello.";
    SECTION ("saved")
    {
        window.documents.save();
    }
    SECTION ("closed")
    {
        window.user.answers = { Answer::Yes };
        CHECK (window.close());
    }
    CHECK (*project::readProject (path)->document->script == "Anna: Hello.");
}

TEST_CASE ("What cannot be opened leaves the project as it is", "[plugin][standalone][errors]")
{
    const TemporaryFolder folder;
    Window window (folder);
    window.type ("Anna: Hello.");
    window.documents.open (folder.path() / "missing.tableread");
    CHECK (window.project.script() == "Anna: Hello.");
    REQUIRE (window.user.heard.size() == 1); // and nobody is asked to save first
    CHECK_THAT (window.user.heard[0],
                Catch::StartsWith ("Not opened: ") && Catch::Contains ("missing.tableread"));
    std::ofstream (folder.path() / "cut.tableread") << R"({ "tableread_state": 2, "script": "An)";
    window.documents.open (folder.path() / "cut.tableread");
    REQUIRE (window.user.heard.size() == 2);
    CHECK_THAT (window.user.heard[1], Catch::Contains ("cut.tableread ")); // no colon before what it is
}

TEST_CASE ("A project is opened with its folder, and notes are told", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    auto text = toText (typed ("Anna: Hello."));
    text.replace (text.find ("Hello"), 5, "Howdy"); // by hand, so the checksum is wrong
    std::ofstream (path) << text;
    Window window (folder);
    window.user.file = path;
    window.documents.openChosen();
    CHECK (window.project.voices == folder.path());
    CHECK (window.title == "scene.tableread");
    REQUIRE (window.user.heard.size() == 1);
    CHECK_THAT (window.user.heard[0], Catch::StartsWith ("scene.tableread: "));
    CHECK (window.documents.recentFiles().list().size() == 1);
    window.documents.startNew();
    CHECK (window.title == "Untitled");
    CHECK (window.project.voices.empty());
}

TEST_CASE ("A name that gets its ending and is taken is asked about", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    std::ofstream (path) << "precious";
    Window window (folder);
    window.type ("Anna: Hello.");
    window.user.file = folder.path() / "scene";
    SECTION ("no")
    {
        window.user.answers = { Answer::No };
        window.documents.saveAs();
        CHECK (contentOf (path) == "precious");
        CHECK (window.documents.isModified());
    }
    SECTION ("yes")
    {
        window.user.answers = { Answer::Yes };
        window.documents.saveAs();
        CHECK (*project::readProject (path)->document->script == "Anna: Hello.");
    }
    CHECK (window.user.heard.size() == 1);
}

TEST_CASE ("A file that another window has saved is replaced only if the user says so",
           "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    Window here (folder), there (folder);
    here.type ("Anna: Here.");
    here.user.file = path;
    here.documents.save();
    there.documents.open (path);
    there.type ("Anna: There.");
    there.documents.save();
    here.type ("Anna: Here again.");
    SECTION ("no")
    {
        here.user.answers = { Answer::Cancel };
        here.documents.save();
        CHECK (*project::readProject (path)->document->script == "Anna: There.");
        CHECK (here.documents.isModified());
        REQUIRE (here.user.heard.size() == 1);
        CHECK_THAT (here.user.heard[0], Catch::Contains ("scene.tableread was changed by another program"));
    }
    SECTION ("under another name")
    {
        here.user.answers = { Answer::Yes };
        here.user.file = folder.path() / "here.tableread";
        here.documents.save();
        CHECK (*project::readProject (path)->document->script == "Anna: There.");
        CHECK (here.title == "here.tableread");
    }
    SECTION ("yes")
    {
        here.user.answers = { Answer::No };
        here.documents.save();
        CHECK (*project::readProject (path)->document->script == "Anna: Here again.");
    }
    REQUIRE (here.user.heard.size() == 1);
    CHECK_THAT (here.user.heard[0], Catch::StartsWith (path.string()) && Catch::Contains ("Saving replaces"));
}

TEST_CASE ("A window that was ended is recovered by the next one", "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    {
        Window window (folder);
        window.type ("Anna: Saved.");
        window.user.file = path;
        window.documents.save();
        window.type ("Anna: Not saved.");
    }
    CHECK (autosavesIn (folder) == 1);
    Window window (folder);
    SECTION ("recovered")
    {
        window.user.answers = { Answer::Yes };
        window.documents.offerRecovery();
        CHECK (window.project.script() == "Anna: Not saved.");
        CHECK (window.title == "scene.tableread *");
        CHECK (window.project.voices == folder.path());
        CHECK (autosavesIn (folder) == 1); // its own now
        window.documents.save();           // into its file, which is as it was
        CHECK (*project::readProject (path)->document->script == "Anna: Not saved.");
        CHECK (window.close());
    }
    SECTION ("discarded")
    {
        window.user.answers = { Answer::No };
        window.documents.offerRecovery();
        CHECK (window.project.script().empty());
        CHECK (autosavesIn (folder) == 0);
    }
    SECTION ("left for later")
    {
        window.user.answers = { Answer::Cancel };
        window.documents.offerRecovery();
        CHECK (autosavesIn (folder) == 1);
        Window next (folder);
        next.user.answers = { Answer::Yes };
        next.documents.offerRecovery();
        CHECK (next.project.script() == "Anna: Not saved.");
    }
    SECTION ("damaged")
    {
        for (const auto& entry : fs::directory_iterator (folder.path() / "autosave"))
            fs::resize_file (entry.path(), fs::file_size (entry.path()) - 30);
        window.user.answers = { Answer::Yes };
        window.documents.offerRecovery();
        CHECK (window.project.script().empty());
        CHECK_THAT (window.user.heard.back(), Catch::StartsWith ("Not recovered: "));
        CHECK (autosavesIn (folder) == 1);
    }
    CHECK_THAT (window.user.heard.front(), Catch::StartsWith ("Recover scene.tableread from "));
}

TEST_CASE ("Each lost project is offered until one is recovered", "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    {
        Window one (folder), other (folder);
        one.type ("Anna: One.");
        other.type ("Anna: Other.");
    }
    {
        Window window (folder);
        window.user.answers = { Answer::Cancel, Answer::Cancel };
        window.documents.offerRecovery();
        CHECK (window.user.heard.size() == 2);
    }
    Window window (folder);
    window.user.answers = { Answer::No, Answer::Yes };
    window.documents.offerRecovery();
    CHECK (window.user.heard.size() == 2);
    CHECK (window.title == "Untitled *");
    CHECK (autosavesIn (folder) == 1);
}

TEST_CASE ("A project without changes leaves no autosave", "[plugin][standalone][autosave]")
{
    const TemporaryFolder folder;
    {
        Window window (folder);
        window.type ("Anna: Hello.");
        window.type ("");
    }
    CHECK (autosavesIn (folder) == 0);
    {
        Window window (folder);
        window.type ("Anna: Hello.");
        window.user.answers = { Answer::No };
        CHECK (window.close());
    }
    CHECK (autosavesIn (folder) == 0);
}
