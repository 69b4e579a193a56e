// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Project/File/Place.h"
#include "Standalone/Files/DocumentFile.h"
#include "Support/Failure.h"
#include "Support/TemporaryFolder.h"
#include "TypedProject.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
namespace fs = std::filesystem;

TEST_CASE ("A document's file knows what is not saved", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    DocumentFile file;
    CHECK_FALSE (file.hasFile());
    CHECK (file.name() == "Untitled");
    CHECK_FALSE (file.isModified ({}));

    const auto first = typed ("Anna: Hello.");
    CHECK (file.isModified (*first.document));
    REQUIRE (file.saveAs (path, first));
    CHECK (file.hasFile());
    CHECK (file.name() == "scene.tableread");
    CHECK_FALSE (file.isModified (*first.document));

    const auto second = typed ("Anna: Hello.\nBen: Hello.", *first.document);
    CHECK (file.isModified (*second.document));
    const auto back = typed ("Anna: Hello.", *second.document); // has another next id
    CHECK (back.document->nextId != first.document->nextId);
    CHECK_FALSE (file.isModified (*back.document));

    REQUIRE (file.save (second));
    CHECK (file.isModified (*first.document));
    const auto opened = DocumentFile::open (path);
    REQUIRE (opened);
    CHECK (*opened->content.document->script == "Anna: Hello.\nBen: Hello.");
    CHECK (opened->file.path() == path);
    CHECK_FALSE (opened->file.isModified (*opened->content.document));
}

TEST_CASE ("What came into a project unasked needs no saving", "[plugin][standalone]")
{
    const auto before = typed ("Anna: Hello.");
    const DocumentFile file (before.document);
    auto now = *before.document;
    now.tempo = 90.0;
    now.settings.host.rendersAhead = true;
    project::Member anna;
    anna.speaker = "Anna";
    anna.moods = { { {}, { "david", {} }, {}, {} } };
    const auto cast = [&] {
        now.cast = { std::make_shared<const project::Member> (anna) };
        return now;
    };
    CHECK_FALSE (file.isModified (cast())); // a voice was given
    SECTION ("a voice was chosen")
    {
        anna.isChosen = true;
    }
    SECTION ("a level was set")
    {
        anna.gainDb = 3.0;
    }
    CHECK (file.isModified (cast()));
    const DocumentFile later (std::make_shared<const project::Document> (now));
    anna.moods[0].content = std::string (32, 'a'); // it was read
    CHECK_FALSE (later.isModified (cast()));
}

TEST_CASE ("A file that somebody else changed is not overwritten unasked", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    DocumentFile here;
    REQUIRE (here.saveAs (path, typed ("Anna: Here.")));
    auto there = DocumentFile::open (path);
    REQUIRE (there);

    SECTION ("another window saved")
    {
        REQUIRE (there->file.save (typed ("Anna: There.")));
        const auto saved = here.save (typed ("Anna: Here again."));
        REQUIRE_FALSE (saved);
        CHECK (saved.error().code == ErrorCode::Conflict);
        CHECK (saved.error().where == path.string());
        CHECK (*project::readProject (path)->document->script == "Anna: There.");
        REQUIRE (here.save (typed ("Anna: Here again."), DocumentFile::Changed::Overwrite));
        CHECK (*project::readProject (path)->document->script == "Anna: Here again.");
        CHECK (here.save (typed ("Anna: And again.")));
    }
    SECTION ("written again as it was")
    {
        const auto bytes = contentOf (path);
        std::ofstream (path, std::ios::binary) << bytes;
        CHECK (here.save (typed ("Anna: Here again.")));
    }
    SECTION ("removed")
    {
        fs::remove (path);
        CHECK (here.save (typed ("Anna: Here again.")));
        CHECK (fs::exists (path));
    }
    SECTION ("another file is in its place that cannot be read")
    {
        fs::remove (path);
        fs::create_directory (path);
        CHECK_FALSE (here.save (typed ("Anna: Here again.")));
    }
}

TEST_CASE ("A failed save leaves file and changes as they are", "[plugin][standalone][errors]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    DocumentFile file;
    REQUIRE (file.saveAs (path, typed ("Anna: Hello.")));
    const auto later = typed ("Anna: Later.");
    const auto saved = file.saveAs (folder.path() / "missing" / "other.tableread", later);
    REQUIRE_FALSE (saved);
    CHECK_THAT (saved.error().text(), Catch::Contains ("other.tableread"));
    CHECK (file.path() == path);
    CHECK (file.isModified (*later.document));
}

TEST_CASE ("A damaged or newer project is not opened and stays as it is", "[plugin][standalone][errors]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    std::ofstream (path) << "{ \"tableread_state\": 99 }";
    const auto newer = DocumentFile::open (path);
    REQUIRE_FALSE (newer);
    CHECK (newer.error().code == ErrorCode::Unsupported);
    std::ofstream (path) << "{ \"tableread_state\": 2, ";
    const auto damaged = DocumentFile::open (path);
    REQUIRE_FALSE (damaged);
    CHECK (damaged.error().code == ErrorCode::InvalidInput);
    CHECK (contentOf (path) == "{ \"tableread_state\": 2, ");
}

TEST_CASE ("A recovered document is unsaved, and knows its file", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "scene.tableread";
    DocumentFile before;
    const auto content = typed ("Anna: Hello.");
    REQUIRE (before.saveAs (path, content));
    auto file = DocumentFile::recovered (path, before.contentHash());
    CHECK (file.hasFile());
    CHECK (file.isModified (*content.document));
    SECTION ("saved into it")
    {
        CHECK (file.save (content));
        CHECK_FALSE (file.isModified (*content.document));
    }
    SECTION ("which was changed since")
    {
        REQUIRE (before.save (typed ("Anna: Later.")));
        CHECK_FALSE (file.save (content));
    }
    CHECK_FALSE (DocumentFile::recovered ({}, {}).hasFile());
}
