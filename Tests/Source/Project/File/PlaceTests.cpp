// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "Project/File/Place.h"
#include "Sample.h"
#include "Support/Failure.h"
#include "Support/FileSizeLimit.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::project;
using namespace tableread::test;
using Catch::Contains;

namespace
{
std::string contentOfFile (const std::filesystem::path& file)
{
    std::ifstream in (file, std::ios::binary);
    return { std::istreambuf_iterator<char> (in), {} };
}

std::size_t filesIn (const TemporaryFolder& folder)
{
    return (std::size_t) std::distance (std::filesystem::directory_iterator (folder.path()), {});
}
} // namespace

TEST_CASE ("A project's file is written whole and read back", "[source][project][file]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "scene.tableread";
    REQUIRE (writeProject (file, contentWith (sampleDocument())));
    const auto read = readProject (file);
    REQUIRE (read);
    CHECK (read->document->lines.size() == 2);
    CHECK (filesIn (folder) == 1);
    REQUIRE (writeProject (file, Content {}));
    CHECK (readProject (file)->document->lines.empty());
}

TEST_CASE ("A project is written through a link", "[source][project][file]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "scene.tableread", link = folder.path() / "link.tableread";
    REQUIRE (writeProject (file, Content {}));
    std::filesystem::permissions (file,
                                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::create_symlink ("scene.tableread", link);
    REQUIRE (writeProject (link, contentWith (sampleDocument())));
    CHECK (std::filesystem::is_symlink (link));
    CHECK (readProject (file)->document->lines.size() == 2);
    CHECK (std::filesystem::status (file).permissions() ==
           (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE ("An existing file is refused where that is asked for", "[source][project][file]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "scene.tableread";
    REQUIRE (writeBytes (file, "mine", Existing::Refuse));
    const auto refused = writeProject (file, Content {}, Existing::Refuse);
    REQUIRE_FALSE (refused);
    CHECK (refused.error().code == ErrorCode::Conflict);
    CHECK (refused.error().text() == file.string() + ": is there already. Choose another name.");
    CHECK (contentOfFile (file) == "mine");
    CHECK (filesIn (folder) == 1);
}

TEST_CASE ("What cannot be written leaves the old project", "[source][project][file]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "scene.tableread";
    REQUIRE (writeProject (file, contentWith (sampleDocument())));
    const auto before = contentOfFile (file);
    {
        const FileSizeLimit full (100);
        const auto written = writeProject (file, contentWith (sampleDocument()));
        REQUIRE_FALSE (written);
        CHECK (written.error().code == ErrorCode::OutOfMemory);
        CHECK (written.error().where == file.string());
    }
    CHECK (contentOfFile (file) == before);
    CHECK (filesIn (folder) == 1);
}

TEST_CASE ("What is no file is not waited for", "[source][project][file]")
{
    const TemporaryFolder folder;
    const auto pipe = folder.path() / "pipe.tableread";
    REQUIRE (::mkfifo (pipe.c_str(), 0600) == 0);
    for (const auto& place : { pipe, folder.path(), std::filesystem::path ("/dev/zero") })
    {
        const auto read = readProject (place);
        REQUIRE_FALSE (read);
        CHECK (read.error().code == ErrorCode::InvalidInput);
        CHECK_THAT (read.error().text(), Contains (place.string() + ": cannot be read: it is not a file"));
    }
    const auto missing = readProject (folder.path() / "no.tableread");
    REQUIRE_FALSE (missing);
    CHECK (missing.error().code == ErrorCode::NotFound);
}

TEST_CASE ("A project that is too large is refused before it is read", "[source][project][file]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "large.tableread";
    std::ofstream (file) << "{";
    std::filesystem::resize_file (file, mostFileBytes + 1); // takes no room on the disk
    const auto read = readProject (file);
    REQUIRE_FALSE (read);
    CHECK (read.error().code == ErrorCode::InvalidInput);
    CHECK_THAT (read.error().text(), Contains ("too large"));
}

TEST_CASE ("Voices are written with their path as seen from the project", "[source][project][file]")
{
    const TemporaryFolder folder;
    std::filesystem::create_directories (folder.path() / "show");
    auto document = sampleDocument();
    Member anna = *document.cast[0];
    anna.moods[0].voice.path = folder.path() / "voices/ada.wav";
    anna.moods[1].voice.path = folder.path() / "show/./soft.wav";
    document.cast[0] = std::make_shared<const Member> (anna);
    const auto file = folder.path() / "show/scene.tableread";
    REQUIRE (writeProject (file, contentWith (document)));
    const auto read = readProject (file);
    REQUIRE (read);
    const auto& moods = read->document->cast[0]->moods;
    CHECK (moods[0].relative == "../voices/ada.wav");
    CHECK (moods[1].relative == "soft.wav");
    CHECK (read->document->cast[1]->moods[0].relative.empty());
    CHECK (relativeTo (folder.path(), "relative.wav").empty());
}
