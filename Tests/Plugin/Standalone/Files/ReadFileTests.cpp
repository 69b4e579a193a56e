// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch.hpp>

#include "Standalone/Files/ReadFile.h"
#include "Support/Failure.h"
#include "Support/TemporaryFolder.h"
#include "TypedProject.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

TEST_CASE ("A script is opened as a new project beside it, with nothing to save", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto script = folder.path() / "scene.txt";
    std::ofstream (script) << "Anna: Hello.\nBen: Good evening.\n";
    const auto opened = readFile (script);
    REQUIRE (opened);
    CHECK (opened->content.document->lines.size() == 2);
    CHECK_FALSE (opened->file.hasFile());
    CHECK (opened->file.path() == folder.path() / "scene.tableread");
    CHECK_FALSE (opened->file.isModified (*opened->content.document));
    const auto relative = readFile (std::filesystem::relative (script)); // as a command line may have it
    REQUIRE (relative);
    CHECK (relative->file.path() == folder.path() / "scene.tableread");
}

TEST_CASE ("What looks like no script is refused in words for a window", "[plugin][standalone][errors]")
{
    const TemporaryFolder folder;
    const auto whyNot = [&] (const char* name, const std::string& bytes) {
        std::ofstream (folder.path() / name) << bytes;
        const auto opened = readFile (folder.path() / name);
        REQUIRE_FALSE (opened);
        CHECK_THAT (opened.error().message, ! Catch::Contains ("--"));
        return opened.error().message;
    };
    CHECK_THAT (whyNot ("subtitles.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello.\n"),
                Catch::StartsWith ("looks like ") && Catch::Contains ("SRT"));
    const std::string bytes ("RIFF\x24\0\0\0WAVEfmt ", 16);
    CHECK_THAT (whyNot ("clara.wav", bytes), Catch::StartsWith ("is a sound, not a script."));
    CHECK_THAT (whyNot ("clara", bytes), Catch::StartsWith ("is not plain text"));
    CHECK_THAT (whyNot ("utf16.txt", std::string ("A\0n\0n\0a\0", 8)), Catch::Contains ("UTF-8"));
}

TEST_CASE ("A project is recognised by its content", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "scene.json";
    std::ofstream (file) << toText (typed ("Anna: Hello."));
    const auto opened = readFile (file);
    REQUIRE (opened);
    CHECK (opened->file.hasFile());
    CHECK (*opened->content.document->script == "Anna: Hello.");
}

TEST_CASE ("What is neither project nor script is refused with its name", "[plugin][standalone][errors]")
{
    const TemporaryFolder folder;
    const auto file = folder.path() / "scene.txt";
    SECTION ("zero bytes")
    {
        std::ofstream (file) << std::string ("Anna: \0Hello.", 13);
    }
    SECTION ("subtitles")
    {
        std::ofstream (file) << "1\n00:00:01,000 --> 00:00:02,000\nHello.\n";
    }
    SECTION ("nothing to speak")
    {
        std::ofstream (file) << "\n";
    }
    SECTION ("missing")
    {}
    const auto opened = readFile (file);
    REQUIRE_FALSE (opened);
    CHECK (opened.error().where == file.string());
}
