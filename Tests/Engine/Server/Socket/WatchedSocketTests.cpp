// SPDX-License-Identifier: Apache-2.0
// How an engine's socket begins, is taken away and ends.
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <sys/un.h>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"
#include "Server/Socket/WatchedSocket.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
namespace fs = std::filesystem;

namespace
{
const std::string get = "GET /health HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n";

/** A server on a socket that is looked after, as `serve` has it. */
class Engine
{
public:
    explicit Engine (const fs::path& place = {}, const SpeechServer::Options& wanted = {})
        : socket (std::in_place, place.empty() ? path() : place)
        , server (models(), wanted)
    {
        socket->listen();
        std::vector<HttpListener> listeners { socket->listener() };
        socket->watchFor (server);
        thread = std::thread ([this, listeners] {
            end = server.serve (listeners);
            ended = true;
        });
    }
    ~Engine() { stop(); }

    void stop()
    {
        server.stop();
        if (thread.joinable())
            thread.join();
    }

    fs::path path() const { return folder.path() / "new" / "engine.sock"; }

    bool answers() const
    {
        try
        {
            return request (path(), "GET", "/health").status == 200;
        }
        catch (const std::exception&)
        {
            return false;
        }
    }

    TemporaryFolder folder;
    std::shared_ptr<FakeRendererControl> control = std::make_shared<FakeRendererControl>();
    RenderWorker worker { fakeModel (control), {} };
    VoiceShelf shelf { folder.path(), readBytes };
    std::optional<WatchedSocket> socket;
    SpeechServer server;
    std::thread thread;
    HttpServer::End end = HttpServer::End::Failed;
    std::atomic<bool> ended { false };

private:
    ServedModels models()
    {
        worker.waitUntilLoaded();
        return ServedModels ({ { "fake", &worker, 0, &shelf } });
    }
};

std::chrono::milliseconds since (std::chrono::steady_clock::time_point begun)
{
    return std::chrono::duration_cast<std::chrono::milliseconds> (std::chrono::steady_clock::now() - begun);
}
} // namespace

TEST_CASE ("A socket or lock file that is taken away is there again within five seconds",
           "[engine][server][socket]")
{
    Engine engine;
    REQUIRE (engine.answers());
    const auto socket = engine.path(), lock = fs::path (socket.string() + ".lock");
    RawClient before (socket);
    const auto begun = std::chrono::steady_clock::now();
    SECTION ("the socket")
    {
        fs::remove (socket);
    }
    SECTION ("both")
    {
        fs::remove (lock);
        fs::remove (socket);
    }
    SECTION ("their folder")
    {
        fs::remove_all (socket.parent_path());
    }
    SECTION ("their folder, moved")
    {
        fs::rename (socket.parent_path(), engine.folder.path() / "old");
    }
    SECTION ("again and again")
    {
        for (int i = 0; i < 5; ++i)
        {
            fs::remove (socket);
            REQUIRE (eventually ([&] { return engine.answers(); }));
        }
    }
    REQUIRE (eventually ([&] { return engine.answers(); }));
    CHECK (since (begun) < std::chrono::seconds (5));
    CHECK (UnixSocket::claim (socket).error().code == ErrorCode::Busy);
    CHECK (eventually ([&] { return fs::exists (lock); }));
    before.send (get); // who was connected stays so
    CHECK (RawResponse::parse (before.receive()).status == 200);
    engine.stop();
    CHECK (! fs::exists (socket));
    engine.socket.reset();
    CHECK (! fs::exists (lock));
}

TEST_CASE ("A lock file that is taken away alone is held again", "[engine][server][socket]")
{
    Engine engine;
    const auto lock = engine.path().string() + ".lock";
    fs::remove (lock);
    CHECK (eventually ([&] { return fs::exists (lock); }));
    CHECK (eventually ([&] { return ! LockFile::take (lock).value(); }));
    CHECK (engine.answers());
}

TEST_CASE ("An engine whose place another one has taken ends when nobody uses it", "[engine][server][socket]")
{
    SpeechServer::Options options;
    Engine engine ({}, options);
    engine.control->frameMs = 10;
    engine.control->frames = 100;
    const auto socket = engine.path();
    RawClient speaking (socket), waiting (socket);
    speaking.send (ServerFixture::post ({ { "input", "Stay until the end." } }, "Connection: close\r\n"));
    speaking.receive (1);

    fs::rename (socket.parent_path(), engine.folder.path() / "old"); // all at once: no time to get it back
    UnixSocket other = UnixSocket::claim (socket).value();
    REQUIRE (other.listen());
    CHECK (RawResponse::parse (speaking.receive()).complete); // it is served to its end
    CHECK (eventually ([&] { return engine.ended.load(); }));
    engine.stop();
    CHECK (engine.end == HttpServer::End::Idle);
    waiting.receive();
    CHECK (waiting.serverClosed());

    engine.socket.reset();
    CHECK (fs::exists (socket)); // they are the other one's now
    CHECK (fs::exists (socket.string() + ".lock"));
    CHECK_NOTHROW (RawClient (socket));
}

TEST_CASE ("An engine whose folder cannot be made again lives on and says so",
           "[engine][server][socket][errors]")
{
    Engine engine;
    const auto folder = engine.path().parent_path();
    RawClient client (engine.path());
    fs::rename (folder, engine.folder.path() / "old");
    std::ofstream (folder) << "in the way";
    std::this_thread::sleep_for (std::chrono::milliseconds (500));
    client.send (get);
    CHECK (RawResponse::parse (client.receive()).status == 200);
    fs::remove (folder);
    const auto begun = std::chrono::steady_clock::now();
    CHECK (eventually ([&] { return engine.answers(); }));
    CHECK (since (begun) < std::chrono::seconds (5));
}

TEST_CASE ("An engine does not go back into a folder that others can write to",
           "[engine][server][socket][errors]")
{
    Engine engine;
    const auto folder = engine.path().parent_path();
    const auto other = engine.folder.path() / "other";
    fs::create_directory (other);
    fs::permissions (other, fs::perms (0777));
    // In one step: the engine would make its own folder in between.
    REQUIRE (renameat2 (AT_FDCWD, other.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) == 0);
    std::this_thread::sleep_for (std::chrono::milliseconds (1500));
    CHECK (fs::is_empty (folder));
}

TEST_CASE ("An idle engine uses no processor time", "[engine][server][socket]")
{
    const auto spent = [] {
        timespec time {};
        clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
        return std::chrono::seconds (time.tv_sec) + std::chrono::nanoseconds (time.tv_nsec);
    };
    Engine engine;
    REQUIRE (engine.answers());
    std::this_thread::sleep_for (std::chrono::seconds (1)); // memory is given back after a request
    const auto before = spent();
    std::this_thread::sleep_for (std::chrono::seconds (3));
    CHECK (spent() - before < std::chrono::milliseconds (3));
}

TEST_CASE ("Who connects in the moment of the idle exit is served or told to come back",
           "[engine][server][socket]")
{
    const TemporaryFolder folder;
    const auto socket = folder.path() / "engine.sock";
    SpeechServer::Options options;
    options.http.idleExit = std::chrono::milliseconds (2);
    std::atomic<bool> over { false };
    std::atomic<int> served { 0 }, toldToComeBack { 0 }, reset { 0 };
    std::vector<std::thread> clients;
    clients.reserve (2);
    for (int i = 0; i < 2; ++i)
        clients.emplace_back ([&, i] {
            for (int turn = i; ! over; turn += 5)
                try
                {
                    const auto status = [&] { // and leaves
                        RawClient client (socket);
                        client.send (get);
                        return RawResponse::parse (client.receive()).status;
                    }();
                    ++(status == 200 ? served : status == 503 ? toldToComeBack : reset);
                    std::this_thread::sleep_for (std::chrono::microseconds (500 * (turn % 17)));
                }
                catch (const std::exception&) // nobody listens
                {
                    std::this_thread::sleep_for (std::chrono::microseconds (100));
                }
        });
    for (int engines = 0; engines < 60; ++engines)
    {
        Engine engine (socket, options);
        engine.thread.join();
        CHECK (engine.end == HttpServer::End::Idle);
    }
    over = true;
    for (auto& client : clients)
        client.join();
    CAPTURE (served.load(), toldToComeBack.load());
    CHECK (served > 0);
    CHECK (reset == 0);
    CHECK (! fs::exists (socket));
}

TEST_CASE ("Who has connected before the end is told that it comes", "[engine][server][socket]")
{
    const bool isIdle = GENERATE (false, true);
    const TemporaryFolder folder;
    auto socket = UnixSocket::claim (folder.path() / "engine.sock").value();
    REQUIRE (socket.listen());
    std::optional<RawClient> late;
    HttpServer::Options options;
    options.idleExit = std::chrono::milliseconds (isIdle ? 1 : 0);
    const HttpListener listener { .fd = socket.fd(), .lastCall = [&] {
                                     // after the last look for clients, and before the call
                                     late.emplace (folder.path() / "engine.sock");
                                     late->send (get);
                                     return socket.close();
                                 } };
    HttpServer server (options, {}, [] (const Refusal& refusal) {
        return HttpAnswer { .status = refusal.status, .body = refusal.why };
    });
    if (! isIdle)
        server.stop();
    CHECK (server.serve ({ listener }) == (isIdle ? HttpServer::End::Idle : HttpServer::End::Stopped));
    const auto answer = RawResponse::parse (late->receive());
    CHECK (answer.status == 503);
    CHECK (answer.body == "the engine is stopping");
    CHECK_THROWS (RawClient (folder.path() / "engine.sock"));
}

TEST_CASE ("A new engine waits for one that has stopped listening", "[engine][server][socket]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "engine.sock";
    std::optional<UnixSocket> old (UnixSocket::claim (path).value());
    REQUIRE (old->listen());
    REQUIRE (UnixSocket::claim (path, std::chrono::minutes (1)).error().code == ErrorCode::Busy); // at once
    old->close();
    CHECK (UnixSocket::claim (path).error().code == ErrorCode::Busy);
    std::thread ending ([&] {
        std::this_thread::sleep_for (std::chrono::milliseconds (200));
        old.reset();
    });
    auto next = UnixSocket::claim (path, std::chrono::minutes (1));
    ending.join();
    REQUIRE (next);
    CHECK (next->listen());
}

TEST_CASE ("A socket and a lock file of another engine are not removed", "[engine][server][socket]")
{
    const TemporaryFolder folder;
    const auto path = folder.path() / "engine.sock";
    std::optional<UnixSocket> first (UnixSocket::claim (path).value());
    REQUIRE (first->listen());
    fs::remove (path);
    fs::remove (path.string() + ".lock");
    auto second = UnixSocket::claim (path).value();
    REQUIRE (second.listen());
    first.reset();
    CHECK (fs::exists (path.string() + ".lock"));
    CHECK_NOTHROW (RawClient (path));
    CHECK (UnixSocket::claim (path).error().code == ErrorCode::Busy);
}
