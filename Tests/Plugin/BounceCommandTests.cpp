// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include "PluginFixture.h"
#include "Support/SoundFiles.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
/** The app without a display, with a socket of its own and arguments as a shell passes them. */
class App
{
public:
    App() { std::ofstream (folder.path() / "scene.txt") << scene; }

    ~App()
    {
        std::ifstream file (folder.path() / "engine.pids");
        for (pid_t id = 0; file >> id;)
            ::kill (id, SIGTERM);
    }

    /** environment: more of its variables, as for a shell. */
    int run (const std::string& arguments, const std::string& environment = {})
    {
        const auto command = "cd '" + folder.path().string() +
                             "' && env -u DISPLAY -u TABLEREAD_ENGINE TABLEREAD_SOCKET=" +
                             (folder.path() / "engine.sock").string() + ' ' + environment +
                             " '" TABLEREAD_APP "' " + arguments + " > said.txt 2>&1";
        const int status = std::system (command.c_str());
        return WIFEXITED (status) ? WEXITSTATUS (status) : -1;
    }

    std::string said() const
    {
        std::ifstream file (folder.path() / "said.txt");
        return { std::istreambuf_iterator<char> (file), {} };
    }

    test::TemporaryFolder folder;
};

std::vector<float> readWav (const std::filesystem::path& file, int rate)
{
    const auto sound = readSound (file);
    CHECK (sound.sampleRateHz == rate);
    CHECK (sound.channels == 1);
    CHECK (sound.format == (SF_FORMAT_WAV | SF_FORMAT_FLOAT));
    return sound.samples;
}

const std::string engine = " --engine '" TABLEREAD_FAKE_ENGINE "'";
} // namespace

TEST_CASE ("A script is bounced without a window, as a host would hear it", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--bounce scene.txt -o out.wav --seed 3" + engine) == 0);
    CHECK_THAT (app.said(), Catch::Contains ("out.wav") && Catch::Contains ("5 lines"));
    CHECK ((readWav (app.folder.path() / "out.wav", 48'000) == expectedSound (48'000, 3)));
    CHECK (app.run ("--bounce scene.txt -o slow.wav --rate 24000 --voice Anna=anna --seed 3" + engine) == 0);
    CHECK ((readWav (app.folder.path() / "slow.wav", 24'000) == expectedSound (24'000, 3)));
}

TEST_CASE ("A bounce in which a line was cut off says so by its exit code", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--bounce scene.txt -o out.wav --seed 3" + engine, "TABLEREAD_FAKE=finish=length") == 4);
    CHECK_THAT (app.said(), Catch::Contains ("reached the length limit"));
    CHECK ((readWav (app.folder.path() / "out.wav", 48'000) == expectedSound (48'000, 3)));
}

TEST_CASE ("A bounce with closed standard streams has no words in it", "[plugin][bounce]")
{
    App app;
    const std::string closed = GENERATE ("2>&-", "<&- >&- 2>&-");
    CHECK (app.run ("--bounce scene.txt -o out.wav --seed 3" + engine + " " + closed + " #") == 0);
    CHECK ((readWav (app.folder.path() / "out.wav", 48'000) == expectedSound (48'000, 3)));
}

TEST_CASE ("An impossible bounce is refused in one line, and leaves no file", "[plugin][bounce]")
{
    struct Bad
    {
        const char* arguments;
        int exitCode;
        const char* says;
    };
    const auto bad = GENERATE (
        Bad { "--bounce missing.txt -o out.wav", 2, "missing.txt: does not exist. Check the path." },
        Bad { "--bounce . -o out.wav", 2, ".: is a folder. Give a text file." },
        Bad { "--bounce /proc/self/mem -o out.wav", 75,
              "/proc/self/mem: cannot be read: Input/output error" },
        Bad { "--bounce scene.txt", 2, "needs -o" }, Bad { "-o out.wav", 2, "--bounce" },
        Bad { "--bounce scene.txt -o out.wav --rate 10", 2, "--rate 10" },
        Bad { "--bounce scene.txt -o out.wav --voice Anna", 2, "NAME=FILE" },
        Bad { "--bounce empty.txt -o out.wav", 2, "empty.txt: " },
        Bad { "--bounce scene.txt -o /nowhere/out.wav", 2, "/nowhere/out.wav" },
        Bad { "--bounce scene.txt -o ./scene.txt", 2, "is also an input" },
        Bad { "--bounce scene.txt -o scene.txt --voice Anna=scene.txt", 2, "is also an input" },
        Bad { "--bounce scene.txt -o out.wav --seed -1", 2, "2^64" },
        Bad { "--bounce scene.txt -o out.wav --seed 18446744073709551616", 2, "2^64" },
        Bad { "--bounce scene.txt -o out.wav --engine /nowhere/engine", 2, "/nowhere/engine" });
    CAPTURE (bad.arguments);
    App app;
    std::ofstream (app.folder.path() / "empty.txt") << "\n";
    const bool ownEngine = std::string (bad.arguments).find ("--engine") != std::string::npos;
    const bool isBounce = std::string (bad.arguments).find ("--bounce") != std::string::npos;
    CHECK (app.run (bad.arguments + (ownEngine || ! isBounce ? std::string() : engine)) == bad.exitCode);
    CHECK_THAT (app.said(), Catch::Contains (bad.says));
    CHECK_FALSE (std::filesystem::exists (app.folder.path() / "out.wav"));
}

TEST_CASE ("The app knows its version and its options", "[plugin][bounce]")
{
    App app;
    CHECK (app.run ("--version") == 0);
    CHECK (app.run ("--help") == 0);
    CHECK_THAT (app.said(), Catch::Contains ("--bounce"));
    CHECK (app.run ("--unknown") == 2);
}
