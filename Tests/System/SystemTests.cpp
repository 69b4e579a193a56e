// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "Plugin/HostedPlugin.h"
#include "Plugin/PluginEnvironment.h"
#include "Plugin/PluginFormats.h"
#include "Plugin/StateText.h"
#include "Project/LineIds.h"
#include "Project/Lookup.h"
#include "Support/RawHttp.h"
#include "Support/SoundFiles.h"
#include "Support/TemporaryFolder.h"
#include "Timeline/HostAudio.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
constexpr const char* dialogue = "Anna: Good evening.\n"
                                 "Ben: You’re late…\n"
                                 "[pause 350ms]\n"
                                 "Anna: I know.\n";
constexpr std::int64_t pauseBeforeLast = 350LL * 24; // model samples
constexpr std::uint64_t seed = 7;

/** A folder where the engine's own command has rendered the dialogue, and where a plugin in this process finds (and
    starts) the engine. Ends every process that was started. */
class Stage
{
public:
    Stage() { std::ofstream (folder.path() / "dialogue.txt") << dialogue; }

    ~Stage() { signalEngine (SIGTERM); }

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

    std::vector<float> whole() const { return readSound (folder.path() / "whole.wav").samples; }

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
            const auto speech = readSound (stems[i]).samples;
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

    /** The process that listens, as the system reports our socket's peer. */
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

    /** Kills the engine once it has spoken a frame of each line. @returns which it was; 0 if it never spoke. */
    pid_t killWhileItSpeaks() const
    {
        for (int i = 0; i < 30'000; ++i)
        {
            if (framesSpoken() >= 3)
            {
                const auto id = engine();
                ::kill (id, SIGKILL);
                return id;
            }
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
        }
        return 0;
    }

    void signalEngine (int signal) const
    {
        if (const auto id = engine(); id > 0)
            ::kill (id, signal);
    }

    test::TemporaryFolder folder;

private:
    PluginEnvironment environment { folder.path(), TABLEREAD_ENGINE_PROGRAM };

    double framesSpoken() const
    {
        try
        {
            const auto metrics = request (socket(), "GET", "/metrics").body;
            const auto counter = metrics.find ("\ntableread_generation_frames_total");
            const auto value = metrics.find (' ', counter);
            return value == std::string::npos ? 0.0 : std::strtod (metrics.c_str() + value, nullptr);
        }
        catch (const std::exception&) // it does not listen yet
        {
            return 0.0;
        }
    }
};

std::string rendered()
{
    return StateText { dialogue, seed }.text();
}

/** The dialogue with all that a project can say about where and how it is heard. */
std::string arranged()
{
    return StateText {
        dialogue, seed, false,
        [] (project::Project& source) {
            const auto line = [&] (std::size_t place) { return source.document()->lines[place]->id; };
            auto settings = source.document()->settings;
            settings.gaps = { 150, 250, 1000 };
            REQUIRE (source.edit (project::SetSettings { settings }));
            REQUIRE (source.edit (project::SetAnchor { line (2), project::AtBeats { 17.5 } }));
            auto ben = *project::memberOf (*source.document(), "Ben");
            ben.isChosen = true;
            ben.gainDb = -4.5;
            ben.bus = 2;
            REQUIRE (source.edit (project::SetMember { ben }));
        }
    }.text();
}
} // namespace

TEST_CASE ("A DAW hears the very samples that the engine's command writes", "[system]")
{
    const Stage stage;
    stage.renderByCommand();
    const auto whole = stage.whole();
    REQUIRE (whole.size() > 24'000);
    for (const auto& format : pluginFormats)
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
    CHECK ((readSound (stage.folder.path() / "app.wav").samples == stage.whole()));
    stage.run ("env -u DISPLAY '" TABLEREAD_APP "' --bounce dialogue.txt -o app48.wav --seed " +
               std::to_string (seed));
    CHECK ((readSound (stage.folder.path() / "app48.wav").samples == stage.expected (48'000.0)));
}

TEST_CASE ("A project sounds the same everywhere: gaps, anchors, gains", "[system]")
{
    const Stage stage;
    std::ofstream (stage.folder.path() / "scene.tableread") << arranged();
    std::ofstream (stage.folder.path() / "other.tableread") << arranged();
    stage.run ("'" TABLEREAD_ENGINE_PROGRAM "' render scene.tableread --format f32 -o whole.wav");
    const auto whole = stage.whole();
    CHECK (whole.size() > 192'000); // the anchor is at 8.75 s
    CHECK (whole[192'000] == 0.0f);

    // The app renders anew, with the server's engine, and records what it has rendered.
    const std::string app = "env -u DISPLAY '" TABLEREAD_APP "' --bounce other.tableread --rate ";
    stage.run (app + "24000 -o app.wav");
    CHECK ((readSound (stage.folder.path() / "app.wav").samples == whole));
    stage.run (app + "48000 -o app48.wav");
    const auto at48 = readSound (stage.folder.path() / "app48.wav").samples;
    std::ifstream file (stage.folder.path() / "other.tableread");
    const std::string recorded { std::istreambuf_iterator<char> (file), {} };
    CHECK (documentIn (recorded).takes.size() == 3);

    for (const auto& format : pluginFormats)
        for (const auto& state : { arranged(), recorded }) // cold, and from the store
        {
            CAPTURE (format.name, state.size());
            HostedPlugin plugin (format.name, format.bundle, 24'000.0, 512);
            plugin.load (state);
            CHECK ((plugin.bounce (0, (std::int64_t) whole.size(), 512) == whole));
            HostedPlugin other (format.name, format.bundle, 48'000.0, 512);
            other.load (state);
            CHECK ((other.bounce (0, (std::int64_t) at48.size(), 512) == at48));
        }
}

TEST_CASE ("After an edit the new words are bounced", "[system]")
{
    const Stage stage;
    stage.renderByCommand();
    const auto whole = stage.whole();
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, 24'000.0, 512);
    plugin.load (rendered());
    REQUIRE ((plugin.bounce (0, (std::int64_t) whole.size(), 512) == whole));
    auto edited = documentIn (plugin.save());
    auto text = *edited.script;
    const auto changed =
        project::withScript (edited, text.replace (text.find ("I know"), 6, "I do know")).value();
    plugin.load (project::toText ({ std::make_shared<const project::Document> (changed) }));
    std::ofstream (stage.folder.path() / "dialogue.txt") << text;
    stage.renderByCommand();
    const auto after = stage.whole();
    REQUIRE ((after != whole));
    CHECK ((plugin.bounce (0, (std::int64_t) after.size(), 512) == after));
}

TEST_CASE ("An engine that is killed in the middle of a line leaves no trace in the bounce", "[system]")
{
    const Stage stage;
    stage.renderByCommand();
    HostedPlugin plugin ("VST3", TABLEREAD_VST3, 24'000.0, 512);
    plugin.load (rendered());
    pid_t first = 0;
    std::thread killer ([&] { first = stage.killWhileItSpeaks(); });
    const auto whole = stage.whole();
    const auto heard = plugin.bounce (0, (std::int64_t) whole.size(), 512);
    killer.join();
    CHECK ((heard == whole));
    REQUIRE (first > 0);
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

TEST_CASE ("A model's file that shrinks does not end the engine: each client hears why", "[system]")
{
    const Stage stage;
    const auto model = stage.folder.path() / "model", file = model / "model-00001-of-00002.safetensors";
    std::filesystem::copy (TABLEREAD_ROOT "/Assets/models/mini", model,
                           std::filesystem::copy_options::recursive);
    stage.run ("('" TABLEREAD_ENGINE_PROGRAM "' serve --model '" + model.string() +
               "' --device cpu > log.txt 2>&1 &)");
    const auto health = [&] {
        try
        {
            return nlohmann::json::parse (request (stage.socket(), "GET", "/health").body)
                .value ("status", "");
        }
        catch (const std::exception&)
        {
            return std::string();
        }
    };
    for (int i = 0; i < 600 && health() != "ok"; ++i)
        std::this_thread::sleep_for (std::chrono::milliseconds (100));
    const auto speak = [&] {
        return request (stage.socket(), "POST", "/v1/audio/speech",
                        R"({"input": "Yes.", "voice": "anna", "response_format": "wav"})");
    };
    CHECK (speak().status == 200);
    std::filesystem::resize_file (file, 4096);
    for (int again = 0; again < 2; ++again)
    {
        const auto response = speak();
        CHECK (response.status == 500);
        const auto error = nlohmann::json::parse (response.body).at ("error");
        CHECK (error["code"] == "io");
        CHECK (error["param"] == file.string());
        CHECK_THAT (error["message"].get<std::string>(),
                    Catch::Contains ("shortened it while it was in use"));
    }
    CHECK (health() == "ok");
}
