// SPDX-License-Identifier: Apache-2.0
#include <latch>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using nlohmann::json;

TEST_CASE ("A request's model chooses among those that are served", "[engine][server][models]")
{
    const ServerFixture engine;
    const auto speak = [&engine] (const json& model) {
        auto body = ServerFixture::floats ("Hello.");
        body["model"] = model;
        return engine.speak (body);
    };
    for (const auto* name : { "fake", "tableread", "tts-1", "tts-1-hd", "gpt-4o-mini-tts" })
        CHECK (speak (name).status == 200);
    CHECK (speak (nullptr).status == 200);
    const auto refused = speak ("vibevoice-70b");
    CHECK (refused.status == 404);
    CHECK (errorOf (refused)["param"] == "model");
    CHECK_THAT (errorOf (refused)["message"].get<std::string>(), Catch::Contains ("serves fake"));
}

TEST_CASE ("Two devices speak side by side: one that is slow does not hold up the other",
           "[engine][server][models]")
{
    const auto slow = std::make_shared<FakeRendererControl>(),
               quick = std::make_shared<FakeRendererControl>();
    slow->frames = 1000;
    std::atomic<bool> mayGoOn { false };
    slow->atFrame = [&mayGoOn] (int) {
        while (! mayGoOn)
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
    };
    const TemporaryFolder folder;
    const VoiceShelf shelf (folder.path(), readBytes);
    RenderWorker first (fakeModel (slow), {}), second (fakeModel (quick), {});
    first.waitUntilLoaded();
    second.waitUntilLoaded();
    SpeechServer server (ServedModels ({ { "slow", &first, 0, &shelf }, { "quick", &second, 0, &shelf } }),
                         {});
    auto socket = UnixSocket::claim (folder.path() / "e.sock").value();
    REQUIRE (socket.listen());
    std::thread thread ([&] { server.serve ({ unixListener (socket.fd()) }); });
    const auto bodyFor = [] (const char* model) {
        return json { { "input", "Hello." }, { "model", model }, { "response_format", "pcm" } };
    };
    RawClient waiting (socket.path());
    waiting.send (ServerFixture::post (bodyFor ("slow")));
    REQUIRE (eventually ([&] { return first.load().speaking == 1; }));
    const auto answer = request (socket.path(), "POST", protocol::speechPath, bodyFor ("quick").dump());
    CHECK (answer.complete);
    CHECK (quick->passagesRendered == 1);
    CHECK (eventually ([&] { return second.load().speaking == 0; }));
    const auto health = json::parse (request (socket.path(), "GET", "/health").body);
    CHECK (health["models"] == json { "slow", "quick" });
    CHECK (health["seats"] == 32);
    CHECK (health["speaking"] == 1);
    mayGoOn = true;
    server.stop();
    thread.join();
}

TEST_CASE ("While models load, health says how large they are and how much of that is there",
           "[engine][server]")
{
    const TemporaryFolder folder;
    const auto control = std::make_shared<FakeRendererControl>();
    const VoiceShelf shelf (folder.path(), readBytes);
    std::latch mayLoad { 1 };
    RenderWorker small (fakeModel (control), {}), big ({ [&] {
                                                           mayLoad.wait();
                                                           return std::make_unique<FakeRenderer> (control);
                                                       } },
                                                       {});
    small.waitUntilLoaded();
    SpeechServer::Options options;
    options.weightBytes = { 1'000, 3'000 };
    const bool isTold = GENERATE (false, true);
    LoadOptions ofBig;
    if (isTold)
        ofBig.bytesRead = std::make_shared<std::atomic<std::int64_t>> (1'500);
    SpeechServer server (
        ServedModels ({ { "small", &small, 0, &shelf }, { "big", &big, 0, &shelf, 0, ofBig } }), options);
    auto socket = UnixSocket::claim (folder.path() / "e.sock").value();
    REQUIRE (socket.listen());
    std::thread thread ([&] { server.serve ({ unixListener (socket.fd()) }); });
    const auto health = [&] {
        return nlohmann::json::parse (request (socket.path(), "GET", "/health").body);
    };
    const auto loading = health();
    mayLoad.count_down();
    big.waitUntilLoaded();
    const auto loaded = health();
    server.stop();
    thread.join();
    CHECK (loading["status"] == "loading");
    CHECK (loading["loading_bytes"] == 4'000);
    CHECK (loading["loading"] == (isTold ? 0.625 : 0.25)); // 1000, and perhaps 1500 of 3000
    CHECK (loaded["status"] == "ok");
    CHECK_FALSE (loaded.contains ("loading_bytes"));
    CHECK_FALSE (loaded.contains ("loading"));
}
