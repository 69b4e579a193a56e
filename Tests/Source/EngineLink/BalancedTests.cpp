// SPDX-License-Identifier: Apache-2.0
// Assets/deploy/haproxy.cfg: several engines behind HAProxy, and the client in front of it.
#include <thread>

#include <catch2/catch.hpp>

#include "EngineLink/RenderLink.h"
#include "FakeProcess.h"
#include "Support/FakeEngine.h"
#include "Support/FakeSpeech.h"
#include "Support/HaProxy.h"
#include "TakeWatcher.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;

namespace
{
protocol::SpeechRequest longLine (std::uint64_t seed)
{
    protocol::SpeechRequest request;
    request.lines = { { 0, std::string (80, 'a') } }; // twelve frames
    request.voices = { { "anna", {} } };
    request.seed = seed;
    return request;
}

/** HAProxy before two engines. */
class Front : public DeployedProxy
{
public:
    Front (const std::filesystem::path& one, const std::filesystem::path& two)
        : DeployedProxy ("unix@" + one.string(), "unix@" + two.string())
    {
        for (int i = 0; i < 2000 && ! Client (path()).health(); ++i)
            std::this_thread::sleep_for (10ms);
    }

    RenderLink::Options options() const
    {
        RenderLink::Options options;
        options.engine.socket = path();
        options.engine.search.setting = "/nowhere/engine"; // only HAProxy's engines count
        options.firstPause = 10ms;
        return options;
    }
};
} // namespace

TEST_CASE ("HAProxy accepts the configuration that is installed", "[source][enginelink][proxy][.slow]")
{
    CHECK (HaProxy::check (DeployedProxy::configuration) == 0);
    CHECK (HaProxy::check ("/nowhere/haproxy.cfg") != 0);
}

TEST_CASE ("Behind HAProxy an engine that is killed within a line leaves no trace in it",
           "[source][enginelink][proxy][.slow]")
{
    const StopSignal stop;
    const FakeProcess one ("die=6;frame-ms=20");
    REQUIRE (Supervisor (one.options()).ensureRunning (stop));
    const FakeProcess two ("frame-ms=20");
    REQUIRE (Supervisor (two.options()).ensureRunning (stop));
    const Front front (one.socket(), two.socket());
    Watcher watcher;
    std::vector<std::shared_ptr<Take>> takes;
    {
        RenderLink first (front.options(), watcher), second (front.options(), watcher); // both engines speak
        for (std::uint64_t seed = 0; seed < 6; ++seed)
        {
            takes.push_back (std::make_shared<Take>());
            REQUIRE ((seed % 2 == 0 ? first : second).submit (takes.back(), longLine (seed)));
        }
        for (const auto& take : takes)
            REQUIRE (watcher.waitForEnd (*take));
    }
    CHECK_FALSE (Client (one.socket()).isAlive()); // it was killed
    for (std::uint64_t seed = 0; seed < 6; ++seed)
    {
        CHECK (takes[seed]->state() == TakeState::Done);
        CHECK ((speechOf (*takes[seed]) == fakeSpeech (longLine (seed))));
    }
    CHECK (one.starts() + two.starts() == 2); // nobody started another
}

TEST_CASE ("HAProxy asks only engines that are ready, and waits with what they have no seat for",
           "[source][enginelink][proxy][.slow]")
{
    const TemporaryFolder folder;
    FakeFaults loading, ready;
    loading.loadMs = 600'000;
    ready.frameMs = 5;
    const FakeEngine one (folder.path() / "1.sock", loading), two (folder.path() / "2.sock", ready);
    const Front front (folder.path() / "1.sock", folder.path() / "2.sock");
    std::this_thread::sleep_for (5s); // two checks find out about the first
    std::vector<std::thread> clients;
    clients.reserve (6);
    std::atomic<int> spoken { 0 };
    for (int i = 0; i < 6; ++i)
        clients.emplace_back (
            [&] { spoken += Client (front.path()).speak (longLine (1), [] (auto) {}).has_value(); });
    for (auto& client : clients)
        client.join();
    CHECK (spoken == 6);
    CHECK (two.jobs() == 6);
    CHECK (one.jobs() == 0);
}

TEST_CASE ("Behind HAProxy a client is told how far engines are that load",
           "[source][enginelink][proxy][.slow]")
{
    const TemporaryFolder folder;
    FakeFaults loading;
    loading.loadMs = 600'000;
    const FakeEngine one (folder.path() / "1.sock", loading), two (folder.path() / "2.sock", loading);
    const Front front (folder.path() / "1.sock", folder.path() / "2.sock");
    std::this_thread::sleep_for (5s); // two checks find out
    Client client (front.path());
    CHECK (client.isAlive());
    CHECK (client.health().value().status == "loading");
    CHECK (client.speak (longLine (1), [] (auto) {}).error().kind == CallFailure::Kind::Busy);
}
