// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "Support/Environment.h"

namespace tableread::test
{
/** Where plugins in this process look for their engine and their takes: in a folder, whatever the user has set. */
class PluginEnvironment
{
public:
    /** @param engine  the program that they start if nobody listens on engine.sock in the folder */
    explicit PluginEnvironment (const std::filesystem::path& folder, const std::string& engine = "/nowhere")
    {
        std::filesystem::create_directories (folder / "takes");
        ::setenv ("TABLEREAD_SOCKET", (folder / "engine.sock").c_str(), 1);
        ::setenv ("TABLEREAD_TAKES", (folder / "takes").c_str(), 1);
        ::setenv ("TABLEREAD_SETTINGS", "/dev/null", 1);
        setEngine (engine);
    }

    static void setEngine (const std::string& program) { ::setenv ("TABLEREAD_ENGINE", program.c_str(), 1); }

private:
    Environment before { { "TABLEREAD_SOCKET", "TABLEREAD_ENGINE", "TABLEREAD_TAKES",
                           "TABLEREAD_SETTINGS" } };
};
} // namespace tableread::test
