// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>
#include <sndfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "Plugin/HostedPlugin.h"
#include "Support/TemporaryFolder.h"
#include "Timeline/HostAudio.h"

using namespace tableread;
using namespace tableread::plugin;
using namespace tableread::test;

namespace
{
constexpr const char* dialogue = "Anna: Good evening.\n"
                                 "Ben: You are late.\n"
                                 "[pause 350ms]\n"
                                 "Anna: I know.\n";
constexpr std::int64_t pauseBeforeLast = 350 * 24; // model samples
constexpr std::uint64_t seed = 7;

std::vector<float> readWav (const std::filesystem::path& file)
{
    SF_INFO info = {};
    auto* input = sf_open (file.c_str(), SFM_READ, &info);
    REQUIRE (input != nullptr);
    std::vector<float> samples ((std::size_t) (info.frames * info.channels));
    sf_read_float (input, samples.data(), (sf_count_t) samples.size());
    sf_close (input);
    return samples;
}

/** A folder where the engine's own command has rendered the dialogue, and where a plugin in this process finds (and
    starts) the engine. Whatever was started is ended with it. */
class Stage
{
public:
    Stage()
    {
        std::ofstream (folder.path() / "dialogue.txt") << dialogue;
        ::setenv ("TABLEREAD_SOCKET", socket().c_str(), 1);
        ::setenv ("TABLEREAD_ENGINE", TABLEREAD_ENGINE_PROGRAM, 1);
    }

    ~Stage()
    {
        ::unsetenv ("TABLEREAD_SOCKET");
        ::unsetenv ("TABLEREAD_ENGINE");
        signalEngine (SIGTERM);
    }

    std::filesystem::path socket() const { return folder.path() / "engine.sock"; }

    void run (const std::string& command) const
    {
        const auto line = "cd '" + folder.path().string() + "' && " + command + " > said.txt 2>&1";
        const int status = std::system (line.c_str());
        std::ifstream said (folder.path() / "said.txt");
        CAPTURE (line, std::string (std::istreambuf_iterator<char> (said), {}));
        REQUIRE (WIFEXITED (status));
        REQUIRE (WEXITSTATUS (status) == 0);
    }

    void renderByCommand() const
    {
        run ("'" TABLEREAD_ENGINE_PROGRAM "' render dialogue.txt --seed " + std::to_string (seed) +
             " --format f32 -o whole.wav --stems stems");
    }

    std::vector<float> whole() const { return readWav (folder.path() / "whole.wav"); }

    /** The command's lines, each resampled in one go and placed by hand. */
    std::vector<float> expected (double rate) const
    {
        std::vector<std::filesystem::path> stems;
        for (const auto& entry : std::filesystem::directory_iterator (folder.path() / "stems"))
            stems.push_back (entry.path());
        std::sort (stems.begin(), stems.end());
        REQUIRE (stems.size() == 3);
        std::vector<float> sound;
        std::int64_t position = 0;
        for (std::size_t i = 0; i < stems.size(); ++i)
        {
            const auto speech = readWav (stems[i]);
            const auto take = std::make_shared<Take>();
            take->append (speech);
            take->finish();
            const auto audio = HostAudio::create (take, rate).value();
            audio->pump();
            position += i == 2 ? pauseBeforeLast : 0;
            const auto start = (std::size_t) toHost ({ position }, rate).value;
            sound.resize (start + (std::size_t) audio->rendered());
            audio->read (0, std::span (sound).subspan (start));
            position += (std::int64_t) speech.size();
        }
        return sound;
    }

    /** The process that listens, by what the system knows of our socket's peer. */
    pid_t engine() const
    {
        const int peer = ::socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address {};
        address.sun_family = AF_UNIX;
        std::strncpy (address.sun_path, socket().c_str(), sizeof (address.sun_path) - 1);
        ucred identity {};
        socklen_t size = sizeof (identity);
        if (::connect (peer, reinterpret_cast<const sockaddr*> (&address), sizeof (address)) == 0)
            ::getsockopt (peer, SOL_SOCKET, SO_PEERCRED, &identity, &size);
        ::close (peer);
        return identity.pid;
    }

    void signalEngine (int signal) const
    {
        if (const auto id = engine(); id > 0)
            ::kill (id, signal);
    }

    test::TemporaryFolder folder;
};

SessionState rendered()
{
    SessionState state;
    state.script = dialogue;
    state.seed = seed;
    state.isRendered = true;
    return state;
}

struct Format
{
    const char* name;
    const char* bundle;
};

const Format formats[] = { { "VST3", TABLEREAD_VST3 }, { "LV2", TABLEREAD_LV2 } };
} // namespace

TEST_CASE ("A DAW hears the very samples that the engine's command writes", "[system]")
{
    const Stage stage;
    stage.renderByCommand();
    const auto whole = stage.whole();
    REQUIRE (whole.size() > 24'000);
    for (const auto& format : formats)
        for (const double rate : { 24'000.0, 48'000.0 })
        {
            CAPTURE (format.name, rate);
            const auto expected = stage.expected (rate);
            HostedPlugin plugin (format.name, format.bundle, rate, 8192);
            plugin.load (rendered());
            for (const int block : { 512, 1, 17, 64, 8192 }) // the first one while it is being rendered
            {
                const auto heard = plugin.bounce (0, (std::int64_t) expected.size(), block);
                CHECK ((heard == expected));
                if (rate == 24'000.0)
                    CHECK ((heard == whole));
            }
        }
}

TEST_CASE ("The app bounces the very samples that the engine's command writes", "[system]")
{
    const Stage stage;
    stage.renderByCommand();
    stage.run ("env -u DISPLAY '" TABLEREAD_APP "' --bounce dialogue.txt -o app.wav --rate 24000 --seed " +
               std::to_string (seed));
    CHECK ((readWav (stage.folder.path() / "app.wav") == stage.whole()));
    stage.run ("env -u DISPLAY '" TABLEREAD_APP "' --bounce dialogue.txt -o app48.wav --seed " +
               std::to_string (seed));
    CHECK ((readWav (stage.folder.path() / "app48.wav") == stage.expected (48'000.0)));
}

TEST_CASE ("An engine that is killed in the middle of a line leaves no trace in the bounce", "[system]")
{
    const Stage stage;
    stage.renderByCommand();
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, 24'000.0, 512);
    plugin.load (rendered());
    const auto begun =
        plugin.bounce (0, 4'000, 500); // the second frame is there: the first line is being spoken
    const auto first = stage.engine();
    REQUIRE (first > 0);
    ::kill (first, SIGKILL);
    const auto whole = stage.whole();
    CHECK ((plugin.bounce (0, (std::int64_t) whole.size(), 512) == whole));
    const auto second = stage.engine();
    CHECK (second > 0);
    CHECK (second != first);
}

TEST_CASE ("Two plugins share one engine and hear the same", "[system]")
{
    const Stage stage;
    stage.renderByCommand();
    const auto whole = stage.whole();
    HostedPlugin one ("VST3", TABLEREAD_VST3, 24'000.0, 512), other ("VST3", TABLEREAD_VST3, 24'000.0, 512);
    one.load (rendered());
    other.load (rendered());
    CHECK ((other.bounce (0, (std::int64_t) whole.size(), 512) == whole));
    CHECK ((one.bounce (0, (std::int64_t) whole.size(), 512) == whole));
}
