// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>
#include <set>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "Logging/RotatingFile.h"
#include "Support/FileSizeLimit.h"
#include "Support/TemporaryFolder.h"

using namespace tableread::engine;
using namespace tableread::test;
using Result = LineOutput::Result;

namespace
{
struct LogFolder
{
    std::filesystem::path path (const std::string& name) const { return folder.path() / name; }

    std::string content (const std::string& name) const
    {
        std::ifstream in (path (name), std::ios::binary);
        return { std::istreambuf_iterator<char> (in), {} };
    }

    std::set<std::string> names() const
    {
        std::set<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator (folder.path()))
            all.insert (entry.path().filename().string());
        return all;
    }

    const TemporaryFolder folder;
};
} // namespace

TEST_CASE ("A log is rotated by its size, and the oldest files go", "[engine][logging]")
{
    const LogFolder logs;
    {
        RotatingFile file (logs.path ("e.log"), { .bytes = 10, .files = 2 });
        for (const auto* line :
             { "one\n", "two\n", "three\n", "four\n", "five\n", "six\n", "seven\n", "eight\n" })
            CHECK (file.write (line) == Result::Written);
    }
    CHECK (logs.names() == std::set<std::string> { "e.log", "e.log.1", "e.log.2" });
    CHECK (logs.content ("e.log") == "eight\n");
    CHECK (logs.content ("e.log.1") == "six\nseven\n");
    CHECK (logs.content ("e.log.2") == "four\nfive\n");
    struct stat status
    {
    };
    REQUIRE (stat (logs.path ("e.log").c_str(), &status) == 0);
    CHECK ((status.st_mode & 0777) == 0600); // for its user only
    RotatingFile again (logs.path ("e.log"), { .bytes = 100, .files = 2 });
    CHECK (again.write ("nine\n") == Result::Written);
    CHECK (logs.content ("e.log") == "eight\nnine\n"); // it goes on where it was
}

TEST_CASE ("Without further files a log is begun anew", "[engine][logging]")
{
    const LogFolder logs;
    RotatingFile file (logs.path ("e.log"), { .bytes = 10, .files = 0 });
    for (const auto* line : { "one\n", "two\n", "three\n" })
        CHECK (file.write (line) == Result::Written);
    CHECK (logs.names() == std::set<std::string> { "e.log" });
    CHECK (logs.content ("e.log") == "three\n");
}

TEST_CASE ("A log that somebody moved away or removed is begun anew", "[engine][logging]")
{
    const LogFolder logs;
    RotatingFile file (logs.path ("e.log"), {});
    CHECK (file.write ("one\n") == Result::Written);
    std::filesystem::rename (logs.path ("e.log"), logs.path ("old"));
    CHECK (file.write ("two\n") == Result::Written);
    std::filesystem::remove (logs.path ("e.log"));
    CHECK (file.write ("three\n") == Result::Written);
    CHECK (logs.content ("old") == "one\n");
    CHECK (logs.content ("e.log") == "three\n");
}

TEST_CASE ("A full disk leaves no half line", "[engine][logging][errors]")
{
    const LogFolder logs;
    RotatingFile file (logs.path ("e.log"), {});
    CHECK (file.write ("one\n") == Result::Written);
    {
        const FileSizeLimit limit (6);
        CHECK (file.write ("four\n") == Result::Lost);
    }
    CHECK (file.write ("five\n") == Result::Written);
    CHECK (logs.content ("e.log") == "one\nfive\n");
}

TEST_CASE ("A log that cannot be renamed does not grow", "[engine][logging][errors]")
{
    const LogFolder logs;
    RotatingFile file (logs.path ("e.log"), { .bytes = 10, .files = 1 });
    std::filesystem::create_directory (logs.path ("e.log.1")); // a file cannot take its place
    std::ofstream (logs.path ("e.log.1/x")) << "x";
    for (const auto* line : { "one\n", "two\n", "three\n" })
        CHECK (file.write (line) == Result::Written);
    CHECK (logs.content ("e.log") == "three\n");
}
