// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "CommandFixture.h"
#include "ServeProcess.h"
#include "Support/Environment.h"
#include "Support/Pipe.h"
#include "Support/RawHttp.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

TEST_CASE ("Serve speaks with the model's voices until it is told to end", "[engine][command][serve]")
{
    CommandFixture engine;
    engine.control->notes = { "The model is a little odd." };
    ServeProcess process (engine);
    REQUIRE (isReady (engine));
    const auto response = request (ServeProcess::socket (engine), "POST", "/v1/audio/speech",
                                   R"({"input": "Hello.", "voice": "Anna", "response_format": "pcm"})");
    CHECK (response.status == 200);
    CHECK (response.body.size() == 5 * FakeRenderer::frameSamples * 2);

    kill (process.pid, GENERATE (SIGTERM, SIGINT));
    CHECK (process.wait() == 0);
    CHECK (engine.files() == std::vector<std::string> { "log" });
    const auto log = engine.read ("log");
    CHECK_THAT (log, Contains ("listening at") && Contains ("stopped"));
    CHECK_THAT (log, Contains ("[warning] The model is a little odd."));
    CHECK_THAT (log, ! Contains ("Hello."));
}

TEST_CASE ("Serve keeps uploaded voices in the folder that it is given", "[engine][command][serve]")
{
    CommandFixture engine;
    ServeProcess process (engine, { "--voice-store", engine.path ("data/voices") });
    REQUIRE (isReady (engine));
    std::ifstream in (engine.model() / "voices" / "anna.flac", std::ios::binary);
    const std::string sound (std::istreambuf_iterator<char> (in), {});
    const auto part = [] (const std::string& name, const std::string& content) {
        return "--b\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n" + content + "\r\n";
    };
    const auto body = part ("name", "Ada") + part ("file", sound) + "--b--\r\n";
    RawClient client (ServeProcess::socket (engine));
    client.send ("POST /v1/audio/voices HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: "
                 "multipart/form-data; boundary=b\r\nContent-Length: " +
                 std::to_string (body.size()) + "\r\n\r\n" + body);
    const auto made = RawResponse::parse (client.receive());
    CHECK (made.status == 200);
    const std::string id = nlohmann::json::parse (made.body).at ("id");
    CHECK (engine.files ("data/voices").size() == 2);
    const auto spoken =
        request (ServeProcess::socket (engine), "POST", "/v1/audio/speech",
                 R"({"input": "Hello.", "response_format": "pcm", "voice": {"id": ")" + id + "\"}}");
    CHECK (spoken.status == 200);
}

TEST_CASE ("Serve refuses a folder for voices that others may enter", "[engine][command][serve]")
{
    CommandFixture engine;
    const auto folder = engine.path ("open");
    std::filesystem::create_directory (folder);
    std::filesystem::permissions (folder, std::filesystem::perms (0755));
    const auto refused =
        engine.run ({ "serve", "--socket", ServeProcess::socket (engine), "--voice-store", folder });
    CHECK (refused.code == 2);
    CHECK_THAT (refused.err, Contains ("open to other users"));
    CHECK (engine.run ({ "serve", "--socket", ServeProcess::socket (engine), "--voice-store", "/dev/null/x" })
               .code == 2);
}

TEST_CASE ("A second engine leaves the first one alone", "[engine][command][serve]")
{
    CommandFixture engine;
    ServeProcess process (engine);
    REQUIRE (isReady (engine));
    const auto second = engine.run ({ "serve", "--socket", ServeProcess::socket (engine) });
    CHECK (second.code == 3);
    CHECK_THAT (second.err, Contains ("an engine already runs at"));
    CHECK (isReady (engine));
}

TEST_CASE ("Serve answers and ends while nobody reads what it logs", "[engine][command][serve][logging]")
{
    CommandFixture engine;
    engine.control->frames = 1;
    Pipe pipe;
    engine.errDescriptor = pipe.writer();
    ServeProcess process (engine);
    REQUIRE (isReady (engine));
    auto body = nlohmann::json { { "input", "Hello." }, { "voice", "anna" }, { "response_format", "pcm" } };
    for (int i = 0; i < 8; ++i)
        body["unknown_" + std::to_string (i)] = i;
    for (int i = 0; i < 2'000; ++i)
        REQUIRE (request (ServeProcess::socket (engine), "POST", "/v1/audio/speech", body.dump()).status ==
                 200);
    const auto begin = std::chrono::steady_clock::now();
    kill (process.pid, SIGTERM);
    CHECK (process.wait() == 0);
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (1));
    CHECK_THAT (pipe.read(), Contains ("listening at") && Contains ("event=accepted job="));
}

TEST_CASE ("An error that nobody reads does not keep serve from its end",
           "[engine][command][serve][logging][errors]")
{
    CommandFixture engine;
    engine.control->failToLoad = true;
    Pipe pipe;
    pipe.fill();
    engine.errDescriptor = pipe.writer();
    const auto begin = std::chrono::steady_clock::now();
    CHECK (engine.run ({ "serve", "--socket", ServeProcess::socket (engine) }).code == 2);
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (2));
    pipe.read();
    CHECK (engine.run ({ "serve", "--socket", ServeProcess::socket (engine) }).code == 2);
    CHECK_THAT (pipe.read(), Contains ("tableread-engine: the fake model is broken"));
}

TEST_CASE ("A log's file has the jobs, and is an error at once where it cannot be",
           "[engine][command][serve][logging]")
{
    CommandFixture engine;
    {
        ServeProcess process (engine, { "--log-file", engine.path ("e.log"), "--log-level", "debug" });
        REQUIRE (isReady (engine));
        CHECK (request (ServeProcess::socket (engine), "POST", "/v1/audio/speech",
                        R"({"input": "A secret.", "voice": "anna", "response_format": "pcm"})")
                   .status == 200);
        kill (process.pid, SIGTERM);
        CHECK (process.wait() == 0);
    }
    const auto log = engine.read ("e.log");
    CHECK_THAT (log, Contains ("level=info event=accepted job=") &&
                         Contains ("level=info event=ended job=") &&
                         Contains ("level=debug event=request method=GET path=/health status=200") &&
                         Contains ("message=\"stopped\"") && ! Contains ("secret"));
    const auto refused =
        engine.run ({ "serve", "--socket", engine.path ("x.sock"), "--log-file", "/nowhere/e.log" });
    CHECK (refused.code == 2);
    CHECK_THAT (refused.err, Contains ("/nowhere/e.log: the log cannot be written"));
}

TEST_CASE ("Serve exits on its own when it is not needed", "[engine][command][serve]")
{
    CommandFixture engine;
    ServeProcess process (engine, { "--idle-exit", "0.3" });
    CHECK (process.wait() == 0);
    CHECK (engine.files() == std::vector<std::string> { "log" });
}

TEST_CASE ("A time until the idle exit that is none is refused", "[engine][command][serve][errors]")
{
    CommandFixture engine;
    const auto* time = GENERATE ("nan", "-nan", "NAN", "inf", "-inf", "-1", "1e7", "soon", "");
    const auto outcome =
        engine.run ({ "serve", "--socket", ServeProcess::socket (engine), "--idle-exit", time });
    CAPTURE (time, outcome.err);
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("--idle-exit"));
    CHECK (engine.files().empty());
}

TEST_CASE ("SIGUSR1 ends serve when nobody uses it", "[engine][command][serve]")
{
    CommandFixture engine;
    engine.control->frameMs = 10;
    engine.control->frames = 60;
    ServeProcess process (engine);
    REQUIRE (isReady (engine));
    RawClient client (ServeProcess::socket (engine));
    const std::string body = R"({"input": "To the end.", "voice": "Anna", "response_format": "pcm"})";
    client.send ("POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nContent-Length: " +
                 std::to_string (body.size()) + "\r\n\r\n" + body);
    client.receive (1);
    kill (process.pid, SIGUSR1);
    const auto answer = RawResponse::parse (client.receive());
    CHECK (answer.complete);
    CHECK (answer.body.size() == 60 * FakeRenderer::frameSamples * 2);
    CHECK (process.wait() == 0);
    CHECK (engine.files() == std::vector<std::string> { "log" });
}

TEST_CASE ("Serve takes its socket back from who removes it", "[engine][command][serve]")
{
    CommandFixture engine;
    ServeProcess process (engine);
    REQUIRE (isReady (engine));
    std::filesystem::remove (ServeProcess::socket (engine));
    CHECK (isReady (engine));
    kill (process.pid, SIGTERM);
    CHECK (process.wait() == 0);
    CHECK (engine.files() == std::vector<std::string> { "log" });
    CHECK_THAT (engine.read ("log"), Contains ("e.sock was removed: listening there again"));
}

TEST_CASE ("Safe mode serves the embedded model whatever environment and settings say",
           "[engine][command][serve]")
{
    const Environment before ({ "TABLEREAD_MODEL", "TABLEREAD_SETTINGS" });
    CommandFixture engine;
    const bool isSetting = GENERATE (false, true);
    if (isSetting)
        setenv ("TABLEREAD_SETTINGS", engine.write ("s.toml", "device = \"tpu\"\n").c_str(), 1);
    else
        setenv ("TABLEREAD_MODEL", "/nowhere/model", 1);
    CHECK (engine.run ({ "serve", "--socket", ServeProcess::socket (engine) }).code == 2);
    ServeProcess process (engine, { "--embedded", "--gpu-layers", "3" });
    CHECK (isReady (engine));
}

TEST_CASE ("(an engine for the next case)", "[.activated]")
{
    CommandFixture engine;
    const auto outcome = engine.run ({ "serve", "--idle-exit", "1" });
    CHECK (outcome.code == 0);
    CHECK_THAT (outcome.err, ! Contains ("[warning]"));
}

TEST_CASE ("systemd-socket-activate starts serve for the first client, and keeps the socket",
           "[engine][command][serve][.slow]")
{
    const CommandFixture engine;
    const auto socket = ServeProcess::socket (engine);
    const auto self = std::filesystem::read_symlink ("/proc/self/exe");
    INFO ("systemd-socket-activate is missing: Assets/setup/test soak installs it, in the package systemd");
    REQUIRE (std::system ("systemd-socket-activate --version > /dev/null") == 0);
    ServeProcess process;
    process.pid = fork();
    if (process.pid == 0)
    {
        execlp ("systemd-socket-activate", "systemd-socket-activate", "-l", socket.c_str(), self.c_str(),
                "[activated]", nullptr);
        std::_Exit (127);
    }
    const auto program = std::filesystem::path ("/proc") / std::to_string (process.pid) / "exe";
    for (int i = 0; i < 3000 && ! std::filesystem::exists (socket); ++i)
        std::this_thread::sleep_for (std::chrono::milliseconds (10));
    CHECK (std::filesystem::read_symlink (program).filename() == "systemd-socket-activate");
    CHECK (request (socket, "GET", "/health").status == 200); // the first one is served, not refused
    CHECK (std::filesystem::read_symlink (program) == self);
    REQUIRE (isReady (engine));
    const auto speech = request (socket, "POST", "/v1/audio/speech",
                                 R"({"input": "Hello.", "voice": "Anna", "response_format": "pcm"})");
    CHECK (speech.status == 200);
    CHECK (speech.complete);
    CHECK (process.wait() == 0); // the idle exit
    CHECK (std::filesystem::exists (socket));
    CHECK_FALSE (std::filesystem::exists (socket + ".lock"));
}

TEST_CASE ("Serve ends at once even while its model loads", "[engine][command][serve]")
{
    CommandFixture engine;
    engine.control->loadMs = 60'000;
    ServeProcess process (engine);
    nlohmann::json health;
    for (int i = 0; i < 6000 && health.is_null(); ++i)
        try
        {
            health = nlohmann::json::parse (request (ServeProcess::socket (engine), "GET", "/health").body);
        }
        catch (const std::exception&)
        {
            std::this_thread::sleep_for (std::chrono::milliseconds (10));
        }
    REQUIRE (health["status"] == "loading");
    const auto begin = std::chrono::steady_clock::now();
    kill (process.pid, SIGTERM);
    CHECK (process.wait() == 0);
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (30));
    CHECK (engine.files().empty());
}

TEST_CASE ("A model that cannot be loaded ends serve with the reason", "[engine][command][serve][errors]")
{
    CommandFixture engine;
    engine.control->failToLoad = true;
    const auto outcome = engine.run ({ "serve", "--socket", ServeProcess::socket (engine) });
    CHECK (outcome.code == 2);
    CHECK_THAT (outcome.err, Contains ("the fake model is broken"));
    CHECK (engine.files().empty());
}

TEST_CASE ("A device whose model fails when serve ends already for another one's does no harm",
           "[engine][command][serve][errors]")
{
    CommandFixture engine;
    std::ostringstream out, err;
    auto session = engine.session (out, err);
    std::atomic<int> failed { 0 };
    session.load = [&failed] (const LoadOptions& options) -> std::unique_ptr<Renderer> {
        const bool isFirst = options.device == DeviceKind::Cpu;
        if (! isFirst)
            std::this_thread::sleep_for (std::chrono::milliseconds (300));
        ++failed;
        fail (ErrorCode::InvalidInput, isFirst ? "the first one is broken" : "the second one is broken");
    };
    const auto model = engine.model().string();
    CHECK (runCommandLine ({ "serve", "--socket", ServeProcess::socket (engine), "--model",
                             "one=" + model + "@cpu", "--model", "two=" + model + "@cuda:1" },
                           session) == 2);
    CHECK (failed == 2);
    CHECK_THAT (err.str(), Contains ("the first one is broken"));
}

TEST_CASE ("Serve unloads its model on request and loads it with other settings", "[engine][command][serve]")
{
    CommandFixture engine;
    const ServeProcess process (engine);
    REQUIRE (isReady (engine));
    const auto ask = [&engine] (const char* method, const std::string& path, const std::string& body = {}) {
        return request (ServeProcess::socket (engine), method, path, body);
    };
    const auto load = [&ask] (const std::string& body) {
        const auto answer = ask ("POST", "/v1/tableread/models/mini/load", body);
        CAPTURE (answer.body);
        REQUIRE (answer.status == 200);
        return nlohmann::json::parse (answer.body).at ("tableread");
    };
    const std::string speech = R"({"input": "Hello.", "voice": "Anna"})";
    CHECK (nlohmann::json::parse (ask ("GET", "/v1/models/mini").body)["created"] > 1'500'000'000);
    CHECK (load ({})["changed"] == false); // it has been started so
    CHECK (ask ("POST", "/v1/tableread/models/mini/unload").status == 200);
    CHECK (ask ("POST", "/v1/audio/speech", speech).status == 503);
    const auto loaded = load (R"({"preset": "budget"})");
    CHECK (loaded["state"] == "loaded");
    CHECK (loaded["notes"].back() == "On a CPU all layers are resident: preset has no effect.");
    CHECK (load (R"({"preset": "budget"})")["changed"] == false);
    CHECK (ask ("POST", "/v1/audio/speech", speech).status == 200);
}

TEST_CASE ("Serve's text reaches the model as render's does", "[engine][command][serve]")
{
    const auto speak = [] (const CommandFixture& engine, const std::string& text) {
        const auto response =
            request (ServeProcess::socket (engine), "POST", "/v1/audio/speech",
                     R"({"voice": "Anna", "response_format": "pcm", "input": ")" + text + "\"}");
        CHECK (response.status == 200);
        return response.body;
    };
    CommandFixture engine;
    SECTION ("as is best for the model")
    {
        ServeProcess process (engine);
        REQUIRE (isReady (engine));
        CHECK ((speak (engine, "It’s late…") == speak (engine, "It's late...")));
    }
    SECTION ("as asked")
    {
        ServeProcess process (engine, { "--typography", "demo" });
        REQUIRE (isReady (engine));
        CHECK ((speak (engine, "It’s late…") == speak (engine, "It's late…")));
        CHECK ((speak (engine, "It’s late…") != speak (engine, "It's late...")));
    }
}

TEST_CASE ("A recording whose reader hangs holds up neither other clients nor the end of serve",
           "[engine][command][serve][errors]")
{
    CommandFixture engine;
    engine.recordingReader =
        engine.write ("reader", "#!/bin/sh\n: > '" + engine.path ("begun") + "'\nexec sleep 60\n");
    std::filesystem::permissions (engine.recordingReader, std::filesystem::perms::owner_all);
    const auto recording = engine.write ("ada.wav", "RIFF");
    ServeProcess process (engine);
    REQUIRE (isReady (engine));
    std::string answer;
    std::thread waiting ([&] {
        answer = request (ServeProcess::socket (engine), "POST", "/v1/audio/speech",
                          R"({"input": "Hello.", "tableread": {"voices": [{"name": "Ada", "path": ")" +
                              recording + R"("}]}})")
                     .body;
    });
    for (int i = 0; i < 6000 && ! std::filesystem::exists (engine.path ("begun")); ++i)
        std::this_thread::sleep_for (std::chrono::milliseconds (10));
    CHECK (nlohmann::json::parse (request (ServeProcess::socket (engine), "GET", "/health").body)["busy"] ==
           false);
    CHECK (request (ServeProcess::socket (engine), "POST", "/v1/audio/speech", R"({"input": "Hello."})")
               .status == 200);
    const auto begin = std::chrono::steady_clock::now();
    kill (process.pid, SIGTERM);
    CHECK (process.wait() == 0);
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (2));
    waiting.join();
    CHECK_THAT (answer, Contains ("the engine is stopping") && Contains ("\"cancelled\""));
}
