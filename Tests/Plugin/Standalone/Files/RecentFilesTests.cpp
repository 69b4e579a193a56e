// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "Standalone/Files/RecentFiles.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
std::vector<std::string> namesIn (const RecentFiles& recent)
{
    std::vector<std::string> names;
    for (const auto& entry : recent.list())
        names.push_back (entry.file.filename().string());
    return names;
}
} // namespace

TEST_CASE ("The last ten files are listed, the last one first", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const auto place = folder.path() / "config" / "recent";
    const RecentFiles recent (place);
    CHECK (recent.list().empty());
    for (int i = 0; i < 12; ++i)
        recent.add (folder.path() / ("scene " + std::to_string (i)));
    recent.add (folder.path() / "elsewhere" / ".." / "scene 5"); // again: to the front
    CHECK (namesIn (recent) == std::vector<std::string> { "scene 5", "scene 11", "scene 10", "scene 9",
                                                          "scene 8", "scene 7", "scene 6", "scene 4",
                                                          "scene 3", "scene 2" });
    CHECK (std::distance (fs::directory_iterator (place), {}) == 10);
    recent.clear();
    CHECK (recent.list().empty());
}

TEST_CASE ("Files that are gone are known as such", "[plugin][standalone]")
{
    const TemporaryFolder folder;
    const RecentFiles recent (folder.path() / "recent");
    std::ofstream (folder.path() / "here") << "x";
    recent.add (folder.path() / "here");
    recent.add (folder.path() / "gone");
    const auto list = recent.list();
    REQUIRE (list.size() == 2);
    CHECK_FALSE (list[0].exists);
    CHECK (list[1].exists);
}

TEST_CASE ("Programs that add at the same time lose nothing of each other", "[plugin][standalone][threads]")
{
    const TemporaryFolder folder;
    std::vector<std::thread> programs;
    programs.reserve (5);
    for (int program = 0; program < 5; ++program)
        programs.emplace_back ([&, program] {
            const RecentFiles recent (folder.path() / "recent");
            for (int round = 0; round < 20; ++round)
                for (int file = 0; file < 2; ++file)
                    recent.add (folder.path() / (std::to_string (program) + std::to_string (file)));
        });
    for (auto& program : programs)
        program.join();
    auto names = namesIn (RecentFiles (folder.path() / "recent"));
    std::sort (names.begin(), names.end());
    CHECK (names == std::vector<std::string> { "00", "01", "10", "11", "20", "21", "30", "31", "40", "41" });
}

TEST_CASE ("A list that cannot be kept, or is none, harms nothing", "[plugin][standalone][errors]")
{
    const TemporaryFolder folder;
    std::ofstream (folder.path() / "file") << "x";
    for (const auto& place : { fs::path(), folder.path() / "file" })
    {
        const RecentFiles recent (place);
        recent.add ("scene");
        CHECK (recent.list().empty());
    }
    std::ofstream (folder.path() / std::string (32, 'a')) << "relative";
    CHECK (RecentFiles (folder.path()).list().empty());
}
