// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include "Plugin/PluginFixture.h"
#include "Support/FileContent.h"
#include "Support/SoundFiles.h"

namespace tableread::test
{
/** The app without a display, with a socket of its own and arguments as a shell passes them. */
class App
{
public:
    App()
    {
        std::ofstream (folder.path() / "scene.txt") << scene;
        std::filesystem::create_directory (folder.path() / "takes");
    }

    ~App()
    {
        signalEngines (SIGCONT);
        endEngines();
    }

    App (const App&) = delete;
    App& operator= (const App&) = delete;

    void endEngines() const { signalEngines (SIGTERM); }

    /** To all that were started. */
    void signalEngines (int signal) const
    {
        for (const auto id : engines())
            ::kill (id, signal);
    }

    /** The processes that were started, which may be over. */
    std::vector<pid_t> engines() const
    {
        std::ifstream file (folder.path() / "engine.pids");
        return { std::istream_iterator<pid_t> (file), {} };
    }

    /** environment: more of its variables, as for a shell. */
    int run (const std::string& arguments, const std::string& environment = {})
    {
        const auto command =
            "cd '" + folder.path().string() +
            "' && env -u DISPLAY -u TABLEREAD_ENGINE TABLEREAD_SETTINGS=/dev/null TABLEREAD_TAKES=" +
            (folder.path() / "takes").string() +
            " TABLEREAD_SOCKET=" + (folder.path() / "engine.sock").string() + ' ' + environment +
            " '" TABLEREAD_APP "' " + arguments + " > said.txt 2>&1";
        const int status = std::system (command.c_str());
        return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
    }

    std::string said() const { return contentOf (folder.path() / "said.txt"); }

    test::TemporaryFolder folder;
};

inline std::vector<float> readWav (const std::filesystem::path& file, int rate)
{
    const auto sound = readSound (file);
    CHECK (sound.sampleRateHz == rate);
    CHECK (sound.channels == 1);
    CHECK (sound.format == (SF_FORMAT_WAV | SF_FORMAT_FLOAT));
    return sound.samples;
}

/** The option for an engine of tones of its own. */
inline const std::string engineOption = " --engine '" TABLEREAD_FAKE_ENGINE "'";
} // namespace tableread::test
