// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "Core/LockFile.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
namespace fs = std::filesystem;

TEST_CASE ("A lock file has one holder at a time and goes with it", "[source][core]")
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    {
        const auto lock = LockFile::take (file);
        REQUIRE (lock);
        REQUIRE (*lock);
        CHECK ((*lock)->isInPlace());
        struct stat status = {};
        REQUIRE (::stat (file.c_str(), &status) == 0);
        CHECK ((status.st_mode & 0777) == 0600);
        const auto other = LockFile::take (file);
        REQUIRE (other);
        CHECK_FALSE (*other);
        CHECK (fs::exists (file)); // who does not get it leaves it
    }
    CHECK_FALSE (fs::exists (file));
}

TEST_CASE ("A holder that dies releases its lock file", "[source][core]")
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    int told[2];
    REQUIRE (::pipe (told) == 0);
    const auto child = ::fork();
    if (child == 0)
    {
        const auto lock = LockFile::take (file);
        [[maybe_unused]] const auto written = ::write (told[1], "x", 1);
        ::pause();
    }
    char byte = 0;
    REQUIRE (::read (told[0], &byte, 1) == 1);
    CHECK_FALSE (LockFile::take (file).value());
    ::kill (child, SIGKILL);
    ::waitpid (child, nullptr, 0);
    CHECK (LockFile::take (file).value());
    ::close (told[0]);
    ::close (told[1]);
}

TEST_CASE ("A lock file that was replaced belongs to its new holder", "[source][core]")
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "lock";
    auto old = LockFile::take (file).value();
    fs::remove (file);
    CHECK_FALSE (old->isInPlace());
    const auto fresh = LockFile::take (file).value();
    REQUIRE (fresh);
    old.reset();
    CHECK (fs::exists (file));
    CHECK (fresh->isInPlace());
}

TEST_CASE ("A lock file that cannot be made is an error that names it", "[source][core][errors]")
{
    const test::TemporaryFolder folder;
    fs::create_directory (folder.path() / "folder");
    fs::create_symlink (folder.path() / "elsewhere", folder.path() / "link");
    for (const auto* name : { "missing/lock", "folder", "link" })
    {
        CAPTURE (name);
        const auto lock = LockFile::take (folder.path() / name);
        REQUIRE_FALSE (lock);
        CHECK_THAT (lock.error().text(), Catch::StartsWith ((folder.path() / name).string()));
    }
    CHECK_FALSE (fs::exists (folder.path() / "elsewhere"));
}
