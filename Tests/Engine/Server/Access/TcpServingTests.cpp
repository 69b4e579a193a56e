// SPDX-License-Identifier: Apache-2.0
// The server on TCP and on a Unix socket at once.
#include <catch2/catch.hpp>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using Catch::Contains;

namespace
{
const std::string secret = "0123456789abcdef";
const Access::Settings asEngine { .hosts = { "engine" } };

bool hasAddress (const std::string& place)
{
    const auto opened = TcpSocket::listen (tcpAddressesOf (place).value());
    if (! opened)
        WARN ("this system has no " + place + ": not tested");
    return opened.has_value();
}

std::string get (const std::string& path, const std::string& fields = {})
{
    return "GET " + path + " HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n" + fields + "\r\n";
}

/** The whole answer to a request. */
RawResponse answer (RawClient client, const std::string& bytes)
{
    client.send (bytes);
    return RawResponse::parse (client.receive());
}

std::string without (std::string text, const std::string& part)
{
    const auto at = text.find (part);
    return at == std::string::npos ? text : text.erase (at, part.size());
}

/** Has one seat, which a story of 20 s takes: whoever asks next waits. */
struct BusyEngine : ServerFixture
{
    BusyEngine() : ServerFixture ({}, { .queuedJobs = 8, .seats = [] (auto&) { return 1; } })
    {
        control->frames = 1000;
        control->frameMs = 20;
        listenOnTcp ("127.0.0.1:0", asEngine);
        storyTeller = std::make_unique<RawClient> (path());
        storyTeller->send (post (floats ("a long story")));
        storyTeller->receive (1000);
    }

    bool somebodyWaits (std::size_t count) const
    {
        return eventually ([&] { return worker->load().waiting == count; });
    }

    std::unique_ptr<RawClient> storyTeller;
};

/** The user of this thread, which must be root's. */
class AnotherUser
{
public:
    AnotherUser() : is (syscall (SYS_setresuid, -1, 65534, -1) == 0) {}
    ~AnotherUser()
    {
        if (is)
            syscall (SYS_setresuid, -1, 0, -1);
    }
    AnotherUser (const AnotherUser&) = delete;
    AnotherUser& operator= (const AnotherUser&) = delete;

    const bool is;
};
} // namespace

TEST_CASE ("One server speaks the same on a Unix socket and on TCP", "[engine][server][http][tcp]")
{
    const auto place = GENERATE (as<std::string> {}, "127.0.0.1:0", "[::1]:0");
    if (! hasAddress (place))
        return;
    ServerFixture engine;
    engine.listenOnTcp (place, asEngine);
    const auto post = ServerFixture::post (ServerFixture::floats ("Hello."));
    auto client =
        std::make_unique<RawClient> (engine.tcp.front().address().host, *engine.tcp.front().address().port);
    client->send (post);
    const auto local = engine.speak (ServerFixture::floats ("Hello."));
    CHECK (
        eventually ([&] { return RawResponse::parse (client->receive (std::string::npos, 20)).complete; }));
    const auto remote = RawResponse::parse (client->receive (1));
    CHECK (remote.status == 200);
    CHECK (asFloats (remote.body) == engine.expectedFloats ("Hello.", 5));
    CHECK (local.body == remote.body);
    const auto literal = engine.tcp.front().address().text();
    CHECK (answer (engine.overTcp(),
                   "GET /health HTTP/1.1\r\nConnection: close\r\nHost: " + literal + "\r\n\r\n")
               .status == 200);
}

TEST_CASE ("Requests follow each other on one TCP connection", "[engine][server][http][tcp]")
{
    ServerFixture engine;
    engine.listenOnTcp ("127.0.0.1:0", asEngine);
    auto client = engine.overTcp();
    const auto count = [&client] (const std::string& text) {
        const auto& all = client.receive (std::string::npos, 20);
        std::size_t found = 0;
        for (auto at = all.find (text); at != std::string::npos; at = all.find (text, at + 1))
            ++found;
        return found;
    };
    const auto post = ServerFixture::post ({ { "input", "Hi." }, { "voice", "anna" } });
    for (std::size_t i = 1; i <= 6; ++i)
    {
        client.send (without (get ("/health"), "Connection: close\r\n") +
                     post); // the second before the first's answer
        REQUIRE (eventually ([&] { return count ("HTTP/1.1 200") == 2 * i; }));
    }
    CHECK (eventually ([&] { return count ("\r\n0\r\n\r\n") == 6; }));
    CHECK (count ("100 Continue") == 0); // nobody who stays is asked
    CHECK (! client.serverClosed());
}

TEST_CASE ("Host and origin and token are checked on TCP but not on the Unix socket",
           "[engine][server][http][tcp]")
{
    ServerFixture engine;
    engine.listenOnTcp (
        "127.0.0.1:0",
        { .hosts = { "engine" }, .origins = { "https://example.org" }, .token = Token (secret) });
    const std::string right = "Authorization: Bearer " + secret + "\r\n";
    const auto [fields, status] =
        GENERATE_REF (table<std::string, int> ({ { right, 200 },
                                                 { "Authorization: Bearer 0123456789abcdeF\r\n", 401 },
                                                 { "", 401 },
                                                 { right + right, 401 },
                                                 { right + "Origin: https://evil.example\r\n", 403 },
                                                 { right + "Origin: https://example.org\r\n", 200 } }));
    CAPTURE (fields);
    const auto remote = answer (engine.overTcp(), get ("/health", fields));
    CHECK (remote.status == status);
    CHECK (remote.complete);
    CHECK (remote.header ("WWW-Authenticate") == (status == 401 ? "Bearer" : ""));
    const bool isAllowedPage = fields.find ("example.org") != std::string::npos;
    CHECK (remote.header ("Access-Control-Allow-Origin") == (isAllowedPage ? "https://example.org" : ""));
    CHECK (answer (RawClient (engine.path()), get ("/health", fields)).status == 200);

    auto evil = get ("/health", right);
    evil.replace (evil.find ("engine"), 6, "evil.example");
    CHECK (answer (engine.overTcp(), evil).status == 403);
    CHECK (answer (RawClient (engine.path()), evil).status == 200);
    CHECK (answer (engine.overTcp(),
                   "GET http://evil.example/health HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n" +
                       right + "\r\n")
               .status == 403);
    CHECK (answer (engine.overTcp(), get ("/nowhere")).status == 401); // says nothing about its paths
}

TEST_CASE ("A request without its token is refused before its body is read",
           "[engine][server][http][tcp][errors]")
{
    ServerFixture engine;
    engine.listenOnTcp ("127.0.0.1:0", { .hosts = { "engine" }, .token = Token (secret) });
    const auto length =
        GENERATE (as<std::string> {}, "Content-Length: 1000000\r\n", "Transfer-Encoding: chunked\r\n",
                  "Content-Length: 1000000\r\nExpect: 100-continue\r\n");
    auto client = engine.overTcp();
    client.send ("POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\n" + length + "\r\n");
    CHECK (RawResponse::parse (client.receive()).status == 401);
    CHECK (client.serverClosed());
}

TEST_CASE ("Over TCP a recording is named by its path only if its folder is a setting",
           "[engine][server][http][tcp][errors]")
{
    const bool isSet = GENERATE (false, true);
    SpeechServer::Options options;
    options.readsPathsOverTcp = isSet;
    ServerFixture engine (options);
    engine.listenOnTcp ("127.0.0.1:0", asEngine);
    const auto recording = engine.folder.path() / "ada.wav";
    std::ofstream (recording) << "ada's voice";
    const auto post = ServerFixture::post (
        { { "input", "Hi." },
          { "tableread", { { "voices", { { { "name", "Ada" }, { "path", recording.string() } } } } } } });
    const auto close = [] (std::string bytes) {
        return bytes.insert (bytes.find ("Content-L"), "Connection: close\r\n");
    };
    const auto remote = answer (engine.overTcp(), close (post));
    CHECK (remote.status == (isSet ? 200 : 400));
    if (! isSet)
        CHECK_THAT (remote.body, Contains ("--voice-folder") && Contains ("tableread.voices[0].path"));
    CHECK (engine.recordingsRead == (isSet ? 1 : 0));
    CHECK (answer (RawClient (engine.path()), close (post)).status == 200);
    CHECK (answer (engine.overTcp(), close (ServerFixture::post (ServerFixture::floats ("Hi.")))).status ==
           200);
}

TEST_CASE ("Clients are told apart by their process or address or token", "[engine][server][http][tcp]")
{
    const auto whoAsks = [] (const HttpRequest& request) {
        return request.peer + (request.isTcp ? " on TCP" : "");
    };
    HttpServer server (
        {},
        { { .path = "/who",
            .handle =
                [&] (const auto& exchange) { exchange->send ({ .body = whoAsks (exchange->request) }); } } },
        [] (const Refusal& refusal) { return HttpAnswer { .body = refusal.why }; });
    const TemporaryFolder folder;
    auto local = UnixSocket::claim (folder.path() / "h.sock").value();
    REQUIRE (local.listen());
    const auto open = [] { return TcpSocket::listen (tcpAddressesOf ("127.0.0.1:0").value()).value(); };
    const auto plain = open(), locked = open();
    const auto rules = [] (Access::Settings settings) {
        return std::make_shared<const Access> (Access::make (std::move (settings)).value());
    };
    std::thread serving ([&] {
        server.serve (
            { unixListener (local.fd()), tcpListener (plain[0].fd(), rules (asEngine)),
              tcpListener (locked[0].fd(), rules ({ .hosts = { "engine" }, .token = Token (secret) })) });
    });
    const auto port = [] (const auto& sockets) { return *sockets[0].address().port; };
    CHECK (answer (RawClient (local.path()), get ("/who")).body == "process " + std::to_string (getpid()));
    CHECK (answer (RawClient ("127.0.0.1", port (plain)), get ("/who")).body == "127.0.0.1 on TCP");
    CHECK (answer (RawClient ("127.0.0.1", port (locked)),
                   get ("/who", "Authorization: bearer " + secret + "\r\n"))
               .body == "token on TCP");
    server.stop();
    serving.join();
}

TEST_CASE ("Pieces of answers leave at once and dead peers are found", "[engine][server][http][tcp]")
{
    std::vector<std::pair<int, int>> found;
    HttpListener listener;
    listener.welcome = [&found] (int client) -> std::optional<Refusal> {
        const auto look = [&] (int level, int name) {
            int value = -1;
            socklen_t size = sizeof (value);
            getsockopt (client, level, name, &value, &size);
            found.emplace_back (name, value);
        };
        look (IPPROTO_TCP, TCP_NODELAY);
        look (SOL_SOCKET, SO_KEEPALIVE);
        look (IPPROTO_TCP, TCP_USER_TIMEOUT);
        look (IPPROTO_TCP, TCP_KEEPIDLE);
        return Refusal { 403, "seen" };
    };
    HttpServer server ({}, {}, [] (const Refusal& refusal) {
        return HttpAnswer { .status = refusal.status, .body = refusal.why };
    });
    const auto sockets = TcpSocket::listen (tcpAddressesOf ("127.0.0.1:0").value()).value();
    listener.fd = sockets[0].fd();
    std::thread serving ([&] { server.serve ({ listener }); });
    RawClient client ("127.0.0.1", *sockets[0].address().port);
    const auto refused = RawResponse::parse (client.receive()); // before it has asked
    CHECK (refused.status == 403);
    CHECK (refused.body == "seen");
    server.stop();
    serving.join();
    CHECK (found ==
           std::vector<std::pair<int, int>> {
               { TCP_NODELAY, 1 }, { SO_KEEPALIVE, 1 }, { TCP_USER_TIMEOUT, 30'000 }, { TCP_KEEPIDLE, 15 } });
}

TEST_CASE ("Who connects over TCP while the engine ends is answered or refused and never reset",
           "[engine][server][http][tcp]")
{
    const bool isIdle = GENERATE (false, true);
    const auto* place = GENERATE ("127.0.0.1:0", "[::1]:0");
    if (! hasAddress (place))
        return;
    auto sockets = TcpSocket::listen (tcpAddressesOf (place).value()).value();
    const auto address = sockets[0].address();
    HttpServer::Options options;
    options.idleExit = std::chrono::milliseconds (isIdle ? 1 : 0);
    std::optional<RawClient> late;
    auto listener = tcpListener (sockets[0].fd(), std::make_shared<const Access> (Access::make ({}).value()));
    listener.lastCall = [&, call = listener.lastCall] { // after the last look for clients
        late.emplace (address.host, *address.port);
        late->send (get ("/health"));
        return call();
    };
    HttpServer server (options, {}, [] (const Refusal& refusal) {
        return HttpAnswer { .status = refusal.status, .body = refusal.why };
    });
    if (! isIdle)
        server.stop();
    CHECK (server.serve ({ listener }) == (isIdle ? HttpServer::End::Idle : HttpServer::End::Stopped));
    const auto answer = RawResponse::parse (late->receive());
    CHECK (answer.status == 503);
    CHECK (answer.body == "the engine is stopping");
    // The model is unloaded before the socket is closed.
    std::thread unloading ([&] {
        std::this_thread::sleep_for (std::chrono::milliseconds (200));
        sockets.clear();
    });
    CHECK_THROWS (RawClient (address.host, *address.port)); // else it is connected, and reset
    unloading.join();
}

TEST_CASE ("A TCP client that shuts its sending half gets its whole answer", "[engine][server][http][tcp]")
{
    BusyEngine engine;
    auto client = engine.overTcp();
    client.send (ServerFixture::post (ServerFixture::floats ("Hello.")));
    const bool hasWaited = GENERATE (true, false);
    if (hasWaited)
        REQUIRE (engine.somebodyWaits (1));
    client.shutSendingHalf();
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
    CHECK (client.receive (interim.size()) == interim); // while it waits
    engine.control->frames = 5;
    engine.storyTeller->hangUp();
    const auto response = RawResponse::parse (client.receive().substr (interim.size()));
    CHECK (response.status == 200);
    CHECK (response.complete);
    CHECK (asFloats (response.body) == engine.expectedFloats ("Hello.", 5));
    CHECK (client.serverClosed());
}

TEST_CASE ("A client of HTTP/1.0 that shuts its sending half is not asked anything",
           "[engine][server][http][tcp]")
{
    BusyEngine engine;
    auto post = ServerFixture::post (ServerFixture::floats ("Hello."));
    post.replace (post.find ("HTTP/1.1"), 8, "HTTP/1.0");
    auto client = engine.overTcp();
    client.send (post);
    REQUIRE (engine.somebodyWaits (1));
    client.shutSendingHalf();
    CHECK (client.receive (1, 300).empty()); // while it waits
    engine.control->frames = 5;
    engine.storyTeller->hangUp();
    const auto bytes = client.receive();
    REQUIRE (bytes.substr (0, 12) == "HTTP/1.0 200");
    CHECK (asFloats (bytes.substr (bytes.find ("\r\n\r\n") + 4)) == engine.expectedFloats ("Hello.", 5));
}

TEST_CASE ("A TCP client that has sent more than its request is not asked anything",
           "[engine][server][http][tcp]")
{
    BusyEngine engine;
    auto client = engine.overTcp();
    client.send (ServerFixture::post (ServerFixture::floats ("Hello.")));
    REQUIRE (engine.somebodyWaits (1));
    client.send (get ("/health"));
    CHECK (client.receive (1, 300).empty()); // while it waits
    engine.control->frames = 5;
    engine.storyTeller->hangUp();
    const auto answers = client.receive(); // the last one closes
    CHECK_THAT (answers, Catch::StartsWith ("HTTP/1.1 200"));
    const auto health = answers.find ("HTTP/1.1 200", 1);
    REQUIRE (health != std::string::npos);
    CHECK (RawResponse::parse (std::string_view (answers).substr (health)).complete);
}

TEST_CASE ("A TCP client that goes leaves the queue at once", "[engine][server][http][tcp]")
{
    BusyEngine engine;
    auto body = ServerFixture::floats ("me too");
    const bool inEvents = GENERATE (false, true);
    if (inEvents)
        body["stream_format"] = "sse";
    auto client = engine.overTcp();
    client.send (ServerFixture::post (body));
    REQUIRE (engine.somebodyWaits (1));
    if (inEvents)
        client.receive (std::string::npos, 300); // all: with a rest the system would reset the connection
    const auto begin = std::chrono::steady_clock::now();
    client.hangUp();
    CHECK (engine.somebodyWaits (0));
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (5)); // the story takes 20
    CHECK (engine.isBusy());
}

TEST_CASE ("A TCP client that resets its connection leaves the queue at once", "[engine][server][http][tcp]")
{
    const BusyEngine engine;
    auto client = engine.overTcp();
    client.send (ServerFixture::post (ServerFixture::floats ("me too")));
    REQUIRE (engine.somebodyWaits (1));
    client.resetOnHangUp();
    client.hangUp();
    const auto begin = std::chrono::steady_clock::now();
    CHECK (engine.somebodyWaits (0));
    CHECK (std::chrono::steady_clock::now() - begin < std::chrono::seconds (5));
}

TEST_CASE ("A TCP client that goes while it is spoken to frees its seat", "[engine][server][http][tcp]")
{
    ServerFixture engine;
    engine.listenOnTcp ("127.0.0.1:0", asEngine);
    engine.control->frames = 1000;
    engine.control->frameMs = 20;
    auto client = engine.overTcp();
    client.send (ServerFixture::post (ServerFixture::floats ("a long story")));
    client.receive (1000);
    client.hangUp();
    const int before = engine.control->framesRendered;
    CHECK (eventually ([&] { return ! engine.isBusy(); }));
    CHECK (engine.control->framesRendered - before < 50); // a second; the story takes 20
    CHECK (engine.control->passagesCancelled == 1);
}

TEST_CASE ("Limit and idle time and stop are those of all sockets together",
           "[engine][server][http][tcp][stop]")
{
    SpeechServer::Options options;
    SECTION ("the limit of connections")
    {
        options.http.limits.connections = 2;
        ServerFixture engine (options);
        engine.listenOnTcp ("127.0.0.1:0", asEngine);
        auto remote = engine.overTcp();
        RawClient local (engine.path());
        const std::string begun = "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nExpect: "
                                  "100-continue\r\nContent-Length: 9\r\n\r\n";
        for (auto* client : { &remote, &local }) // neither idle from now on
        {
            client->send (begun);
            REQUIRE_THAT (client->receive (1), Contains ("100 Continue"));
        }
        CHECK (answer (engine.overTcp(), get ("/health")).status == 503);
        CHECK (answer (RawClient (engine.path()), get ("/health")).status == 503);
        remote.hangUp();
        CHECK (
            eventually ([&] { return answer (RawClient (engine.path()), get ("/health")).status == 200; }));
    }
    SECTION ("the idle time")
    {
        options.http.idleExit = std::chrono::milliseconds (600);
        ServerFixture engine (options);
        engine.listenOnTcp ("127.0.0.1:0", asEngine);
        const auto begin = std::chrono::steady_clock::now();
        {
            auto client = engine.overTcp();
            client.send ("GET ");
            std::this_thread::sleep_for (std::chrono::milliseconds (900));
        }
        engine.thread.join();
        CHECK (std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds (1'500));
        CHECK (engine.end == HttpServer::End::Idle);
    }
    SECTION ("stop")
    {
        ServerFixture engine (options);
        engine.listenOnTcp ("127.0.0.1:0", asEngine);
        engine.control->frames = 1000;
        engine.control->frameMs = 20;
        auto client = engine.overTcp();
        client.send (ServerFixture::post (ServerFixture::floats ("a long story")));
        client.receive (1000);
        engine.stop();
        CHECK (engine.end == HttpServer::End::Stopped);
        CHECK (! RawResponse::parse (client.receive()).complete);
        CHECK (client.serverClosed());
    }
}

TEST_CASE ("Another user is turned away from the Unix socket", "[engine][server][http][tcp][errors]")
{
    const ServerFixture engine;
    std::filesystem::permissions (engine.folder.path(), std::filesystem::perms (0755)); // as nobody should
    std::filesystem::permissions (engine.path(), std::filesystem::perms (0666));
    std::string bytes;
    {
        const AnotherUser another;
        if (! another.is)
        {
            WARN ("only root can become another user: not tested");
            return;
        }
        RawClient client (engine.path());
        client.send (get ("/health"));
        bytes = client.receive();
    }
    const auto refused = RawResponse::parse (bytes);
    CHECK (refused.status == 403);
    CHECK_THAT (refused.body, Contains ("belongs to another user"));
    CHECK (request (engine.path(), "GET", "/health").status == 200);
}
