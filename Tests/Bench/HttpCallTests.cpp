// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "Bench/HttpCall.h"
#include "ScriptedEngine.h"

using namespace tableread;
using namespace tableread::test;

namespace
{
struct Heard
{
    std::string bytes;
    CallEnd end;
    int ends = 0;
};

Heard call (const std::filesystem::path& socket, HttpCall::Limits limits = {})
{
    Heard heard;
    asio::io_context io;
    const auto one = std::make_shared<HttpCall> (
        io, unixEndpoint (socket),
        HttpCall::Handlers { [&] (std::string_view bytes) { heard.bytes += bytes; },
                             [&] (const CallEnd& end) {
                                 heard.end = end;
                                 ++heard.ends;
                             } },
        limits);
    one->begin (postRequest (protocol::speechPath, "{}"));
    io.run();
    return heard;
}

Heard answered (const Pieces& pieces, HttpCall::Limits limits = {})
{
    const ScriptedEngine engine ([&] (const auto&, int) { return pieces; });
    return call (engine.path(), limits);
}
} // namespace

TEST_CASE ("A whole answer has no fault", "[bench][http]")
{
    const auto pieces =
        GENERATE (as<Pieces>(), Pieces { { speech ("abcdefgh") } },
                  Pieces { { audioHead + chunk ("abc") }, { chunk ("defgh") + "0\r\n", 20 }, { "\r\n", 20 } },
                  Pieces { { "HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nContent-Length: 8\r\n\r\nabcd" },
                           { "efgh", 20 } });
    const auto heard = answered (pieces);
    CHECK (heard.ends == 1);
    CHECK (heard.end.fault.empty());
    CHECK (heard.end.status == 200);
    CHECK (heard.end.type == "audio/pcm");
    CHECK (heard.bytes == "abcdefgh");
}

TEST_CASE ("A refusal's body and Retry-After are read", "[bench][http]")
{
    const auto busy = answered ({ { refusal (503, "{}", "Retry-After: 3\r\n") } });
    CHECK (busy.end.fault.empty());
    CHECK (busy.end.status == 503);
    REQUIRE (busy.end.retryAfter);
    CHECK (busy.end.retryAfter->count() == 3);
    CHECK (busy.end.refusal == "{}");
    CHECK (busy.bytes.empty());
    CHECK_FALSE (answered ({ { refusal (503, "") } }).end.retryAfter);
}

TEST_CASE ("Faults of an answer's form are told apart", "[bench][http]")
{
    struct Case
    {
        Pieces pieces;
        std::string fault;
    };
    const auto [pieces, fault] = GENERATE (
        as<Case>(), Case { {}, "broke before an answer" }, Case { { { "hello\r\n\r\n" } }, "not HTTP" },
        Case { { { "HTTP/1.1 200 OK\r\nContent-" } }, "broke before an answer" },
        Case { { { audioHead + chunk ("abcd") } }, "the body was cut" },
        Case { { { audioHead + chunk ("abcd") + "0\r\n" } }, "the body was cut" },
        Case { { { audioHead + "8\r\nabcd" } }, "the body was cut" },
        Case { { { "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nabcd" } }, "the body was cut" },
        Case { { { refusal (503, "{}").substr (0, refusal (503, "{}").size() - 1) } }, "the body was cut" },
        Case { { { audioHead + "zz\r\nabcd\r\n" } }, "not framed" },
        Case { { { audioHead + "4\r\nabcdef\r\n0\r\n\r\n" } }, "not framed" },
        Case { { { speech ("abcd") + "efgh" } }, "behind the end" },
        Case { { { "HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\n\r\nabcd" } },
               "does not say where it ends" });
    const auto heard = answered (pieces);
    CHECK (heard.ends == 1);
    CHECK_THAT (heard.end.fault, Catch::Contains (fault));
}

TEST_CASE ("Nobody there, and nothing said, are faults", "[bench][http]")
{
    const TemporaryFolder folder;
    CHECK_THAT (call (folder.path() / "none.sock").end.fault, Catch::Contains ("no connection"));
    const auto silent =
        answered ({ { audioHead + chunk ("abcd") }, { {}, 400 } }, { std::chrono::milliseconds (100) });
    CHECK (silent.bytes == "abcd");
    CHECK_THAT (silent.end.fault, Catch::Contains ("nothing came for 100 ms"));
}

TEST_CASE ("A call waits while the server's queue of connections is full", "[bench][http]")
{
    const ScriptedEngine engine ([] (const auto&, int) { return Pieces { { speech ("abcd"), 10 } }; });
    asio::io_context io;
    int whole = 0;
    for (int i = 0; i < 40; ++i) // RawServer's queue takes 8
        std::make_shared<HttpCall> (
            io, unixEndpoint (engine.path()),
            HttpCall::Handlers {
                {}, [&] (const CallEnd& end) { whole += end.fault.empty() && end.status == 200; } },
            HttpCall::Limits {})
            ->begin (postRequest (protocol::speechPath, "{}"));
    io.run();
    CHECK (whole == 40);
}

TEST_CASE ("A call that is cancelled says nothing more", "[bench][http]")
{
    const ScriptedEngine engine ([] (const auto&, int) {
        return Pieces { { audioHead + chunk ("abcd") }, { chunk ("efgh") + "0\r\n\r\n", 50 } };
    });
    asio::io_context io;
    std::string bytes;
    bool hasEnded = false;
    std::shared_ptr<HttpCall> one;
    one = std::make_shared<HttpCall> (io, unixEndpoint (engine.path()),
                                      HttpCall::Handlers { [&] (std::string_view more) {
                                                              bytes += more;
                                                              one->cancel();
                                                          },
                                                           [&] (const CallEnd&) { hasEnded = true; } },
                                      HttpCall::Limits {});
    one->begin (postRequest (protocol::speechPath, "{}"));
    io.run();
    CHECK (bytes == "abcd");
    CHECK_FALSE (hasEnded);
}
