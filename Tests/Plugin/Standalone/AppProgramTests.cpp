// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <sys/wait.h>

#include <catch2/catch.hpp>

#include "Support/TemporaryFolder.h"

using namespace tableread;

TEST_CASE ("Without a display the app says so and how to do without", "[plugin][app]")
{
    const test::TemporaryFolder folder;
    const auto* const environment = GENERATE ("-u DISPLAY", "DISPLAY=:4711");
    const auto* const arguments = GENERATE ("", "scene.tableread");
    const auto said = folder.path() / "said.txt";
    const auto command = "env " + std::string (environment) + " HOME=" + folder.path().string() +
                         " '" TABLEREAD_APP "' " + arguments + " > " + said.string() + " 2>&1";
    const int status = std::system (command.c_str());
    REQUIRE (WIFEXITED (status));
    CHECK (WEXITSTATUS (status) == 2);
    std::ifstream file (said);
    const std::string words { std::istreambuf_iterator<char> (file), {} };
    CHECK_THAT (words, Catch::StartsWith ("TableRead: no window can be opened") &&
                           Catch::Contains ("TableRead --bounce SCRIPT -o OUT.wav"));
    CHECK (std::count (words.begin(), words.end(), '\n') == 1);
}
