// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <fstream>
#include <iterator>
#include <span>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Core/Disk/Bytes.h"
#include "Core/Disk/PendingFile.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::sys_seconds;

namespace
{
std::vector<fs::path> filesIn (const fs::path& folder)
{
    return { fs::directory_iterator (folder), fs::directory_iterator() };
}

void fill (const PendingFile& file, std::string_view text)
{
    REQUIRE (writeBytes (file.descriptor(), std::as_bytes (std::span (text))) == 0);
}

sys_seconds lastWrite (const fs::path& file)
{
    struct stat status = {};
    REQUIRE (::stat (file.c_str(), &status) == 0);
    return sys_seconds (std::chrono::seconds (status.st_mtim.tv_sec));
}
} // namespace

TEST_CASE ("A pending file has its name when it is complete, and leaves nothing otherwise", "[source][core]")
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "take.json";
    for (const auto* text : { "first", "second" }) // which replaces it
    {
        auto pending = PendingFile::create (file);
        REQUIRE (pending);
        fill (*pending, text);
        const auto before = readBytes (file, 100);
        CHECK ((! before || *before == "first"));
        REQUIRE (pending->complete() == 0);
        CHECK (readBytes (file, 100).value() == text);
        CHECK (filesIn (folder.path()) == std::vector { file });
    }
    {
        auto pending = PendingFile::create (file);
        REQUIRE (pending);
        fill (*pending, "third");
        CHECK (filesIn (folder.path()).size() == 2);
    }
    CHECK (readBytes (file, 100).value() == "second");
    CHECK (filesIn (folder.path()) == std::vector { file });
    CHECK (PendingFile::create (folder.path() / "none" / "take.json").error() == ENOENT);
}

TEST_CASE ("Any number of writers of one file are apart", "[source][core]")
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "take.json";
    auto one = PendingFile::create (file), other = PendingFile::create (file);
    REQUIRE ((one && other));
    fill (*one, "one");
    fill (*other, "other");
    for (const auto& pending : filesIn (folder.path()))
    {
        CHECK (isPendingName (pending));
        CHECK (pending.filename().string().starts_with ("take.json."));
    }
    REQUIRE (other->complete() == 0);
    REQUIRE (one->complete() == 0);
    CHECK (readBytes (file, 100).value() == "one");
}

TEST_CASE ("What a process has not completed is abandoned when the process is gone", "[source][core]")
{
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "take.json";
    const auto child = ::fork();
    REQUIRE (child >= 0);
    if (child == 0)
    {
        const auto pending = PendingFile::create (file);
        ::_exit (pending ? 0 : 1); // without its destructor
    }
    siginfo_t ended {};
    REQUIRE (::waitid (P_PID, static_cast<id_t> (child), &ended, WEXITED | WNOWAIT) == 0);
    REQUIRE (ended.si_status == 0);
    const auto left = filesIn (folder.path());
    REQUIRE (left.size() == 1);
    const auto now = lastWrite (left.front());
    CHECK (isAbandoned (left.front(), now - hours (1))); // although nobody has collected the process yet
    REQUIRE (::waitpid (child, nullptr, 0) == child);
    CHECK (isAbandoned (left.front(), now - hours (1)));

    const auto pending = PendingFile::create (file);
    for (const auto& each : filesIn (folder.path()))
        CHECK (isAbandoned (each, now - hours (1)) == (each == left.front()));
}

TEST_CASE ("What another machine writes is abandoned when it has not changed for long", "[source][core]")
{
    const test::TemporaryFolder folder;
    const auto theirs = folder.path() / "take.json.0a1b2c3d-1-89abcdef.part";
    std::ofstream (theirs) << "half";
    const auto now = lastWrite (theirs);
    CHECK_FALSE (isAbandoned (theirs, now - hours (1)));
    CHECK (isAbandoned (theirs, now + hours (1)));
    for (const auto* name :
         { "take.json", "movie.part", "take.json.1.part", "take.json.0a1b2c3d-x-89abcdef.part",
           "take.json.0a1b2c3d--1-89abcdef.part", "take.json.0a1b2c3d-0-89abcdef.part" })
    {
        CAPTURE (name);
        std::ofstream (folder.path() / name) << "foreign";
        CHECK_FALSE (isPendingName (name));
        CHECK_FALSE (isAbandoned (folder.path() / name, now + hours (1)));
    }
    CHECK_FALSE (isAbandoned (folder.path() / "gone.0a1b2c3d-1-89abcdef.part", now + hours (1)));
}

TEST_CASE ("Files are read whole or not at all, and no pipe is waited for", "[source][core]")
{
    const test::TemporaryFolder folder;
    std::ofstream (folder.path() / "file") << std::string (1'000, 'x');
    CHECK (readBytes (folder.path() / "file", 1'000).value() == std::string (1'000, 'x'));
    CHECK (readBytes (folder.path() / "file", 999).error() == EFBIG);
    CHECK (readBytes (folder.path() / "none", 999).error() == ENOENT);
    CHECK (readBytes (folder.path(), 999).error() == EINVAL);
    REQUIRE (::mkfifo ((folder.path() / "pipe").c_str(), 0600) == 0);
    CHECK (readBytes (folder.path() / "pipe", 999).error() == EINVAL);
    CHECK (syncNames (folder.path()) == 0);
    CHECK (syncNames (folder.path() / "none") == ENOENT);
}
