// SPDX-License-Identifier: Apache-2.0
// Bodies that want more room than there is for all of them.
#include <future>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;

namespace
{
constexpr std::size_t roomForAll = 1'000'000;

SpeechServer::Options withLittleRoom()
{
    SpeechServer::Options options;
    options.http.limits.bodiesBytes = roomForAll;
    return options;
}

/** A client with a speech request that takes so many bytes, and how much of its body it has sent. */
struct Sender
{
    Sender (const ServerFixture& engine, std::size_t bytes) : client (engine.path()), body (bodyOf (bytes))
    {
        client.send (
            "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Length: " +
            std::to_string (bytes) + "\r\n\r\n");
    }

    static std::string bodyOf (std::size_t bytes)
    {
        const auto text = ServerFixture::floats ("Hi.").dump();
        return text + std::string (bytes - text.size(), ' ');
    }

    void send (std::size_t bytes)
    {
        client.send (std::string_view (body).substr (sent, bytes));
        sent += bytes;
    }

    void sendAll() { send (body.size() - sent); }

    RawResponse answer() { return RawResponse::parse (client.receive()); }

    RawClient client;
    std::string body;
    std::size_t sent = 0;
};

void checkIsSpoken (const RawResponse& answer)
{
    CHECK (answer.status == 200);
    CHECK (answer.complete);
}

void checkHasGivenWay (const RawResponse& answer)
{
    CHECK (answer.status == 503);
    CHECK (answer.complete);
    CHECK (answer.header ("Retry-After") == "1");
    CHECK (errorOf (answer)["code"] == "busy");
    CHECK_THAT (errorOf (answer)["message"].get<std::string>(), Catch::Contains ("came slowest"));
}

/** Enough for whatever was sent to be read, and for a body to be slower than one that begins afterwards. */
void waitAMoment()
{
    std::this_thread::sleep_for (std::chrono::seconds (1));
}
} // namespace

TEST_CASE ("A body that has stopped gives way to one that comes", "[engine][server][http][bodies]")
{
    const ServerFixture engine (withLittleRoom());
    Sender stopped (engine, 900'000);
    stopped.send (600'000);
    waitAMoment();
    Sender quick (engine, 700'000);
    quick.sendAll();
    checkIsSpoken (quick.answer());
    checkHasGivenWay (stopped.answer());
    CHECK (stopped.client.serverClosed());
    CHECK (engine.control->passagesRendered == 1);
}

TEST_CASE ("Of several bodies the slowest gives way, and only as many as have to",
           "[engine][server][http][bodies]")
{
    const ServerFixture engine (withLittleRoom());
    Sender first (engine, 600'000), second (engine, 600'000);
    first.send (250'000);
    second.send (250'000);
    waitAMoment();
    first.send (200'000); // so the second is the slower one, though it began later
    waitAMoment();
    Sender quick (engine, 500'000);
    quick.sendAll();
    checkIsSpoken (quick.answer());
    checkHasGivenWay (second.answer());
    waitAMoment(); // the room of a body is given back after its answer
    first.sendAll();
    checkIsSpoken (first.answer());
}

TEST_CASE ("Whoever is slower than all others does not take their room", "[engine][server][http][bodies]")
{
    const ServerFixture engine (withLittleRoom());
    Sender slow (engine, 700'000);
    slow.send (300'000);
    waitAMoment();
    Sender quick (engine, 700'000);
    quick.send (690'000);
    waitAMoment();
    slow.send (60'000); // less than a piece, so it has not become quick by that
    const auto refused = slow.answer();
    CHECK (refused.status == 503);
    CHECK_THAT (refused.body, Catch::Contains ("too many requests at once"));
    quick.sendAll();
    checkIsSpoken (quick.answer());
}

TEST_CASE ("A body that takes hardly any room never gives way", "[engine][server][http][bodies]")
{
    const ServerFixture engine (withLittleRoom());
    Sender small (engine, 60'000), large (engine, 900'000);
    small.send (50'000);
    waitAMoment();
    large.send (600'000);
    waitAMoment();
    Sender quick (engine, 900'000);
    quick.sendAll();
    checkIsSpoken (quick.answer());
    checkHasGivenWay (large.answer());
    small.sendAll();
    checkIsSpoken (small.answer());
}

TEST_CASE ("Bodies that are complete give way to nobody", "[engine][server][http][bodies]")
{
    const ServerFixture engine (withLittleRoom());
    engine.control->frames = 1'000;
    engine.control->frameMs = 10;
    Sender working (engine, 600'000);
    working.sendAll();
    working.client.receive (1'000);
    Sender late (engine, 600'000);
    late.sendAll();
    CHECK (late.answer().status == 503);
    CHECK (engine.isBusy());
}

TEST_CASE ("A body that is refused takes no room, even if its client stays", "[engine][server][http][bodies]")
{
    auto options = withLittleRoom();
    options.maxBodyBytes = 700'000;
    const ServerFixture engine (options);
    RawClient large (engine.path());
    large.send (
        "POST /v1/audio/speech HTTP/1.1\r\nHost: engine\r\nTransfer-Encoding: chunked\r\n\r\naa000\r\n" +
        std::string (0xaa000, ' ') + "\r\n"); // 696 320 bytes
    waitAMoment();
    large.send ("4000\r\n" + std::string (0x4000, ' '));
    REQUIRE_THAT (large.receive (12), Catch::StartsWith ("HTTP/1.1 413"));
    Sender next (engine, 600'000);
    next.sendAll();
    checkIsSpoken (next.answer());
}

TEST_CASE ("A body that gives way while more of it comes gets one answer, and is not spoken",
           "[engine][server][http][bodies]")
{
    constexpr int rounds = 30, atOnce = 4;
    const ServerFixture engine (withLittleRoom());
    engine.control->frames = 1;
    int spoken = 0;
    for (int round = 0; round < rounds; ++round)
    {
        std::vector<std::future<std::string>> answers;
        answers.reserve (atOnce);
        for (int i = 0; i < atOnce; ++i)
            answers.push_back (std::async (std::launch::async, [&engine] {
                Sender sender (engine, 600'000);
                sender.sendAll();
                return sender.client.receive();
            }));
        for (auto& each : answers)
        {
            const auto bytes = each.get();
            const auto answer = RawResponse::parse (bytes);
            CHECK ((answer.complete && (answer.status == 200 || answer.status == 503)));
            CHECK (bytes.find ("HTTP/1.1", 1) == std::string::npos);
            spoken += answer.status == 200 ? 1 : 0;
        }
    }
    CHECK (spoken > 0); // in some rounds nobody is: a body that was spoken has its room for another moment
    CHECK (engine.control->passagesRendered == spoken);
    CHECK (eventually ([&engine] { // nothing is held any more
        Sender last (engine, roomForAll - 1'000);
        last.sendAll();
        return last.answer().status == 200;
    }));
}
