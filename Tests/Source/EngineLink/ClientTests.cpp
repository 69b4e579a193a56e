// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <csignal>
#include <thread>

#include <catch2/catch.hpp>

#include "EngineLink/Client.h"
#include "Support/FakeEngine.h"
#include "Support/FakeSpeech.h"
#include "Support/RawServer.h"
#include "Support/TemporaryFolder.h"

using namespace tableread;
using namespace tableread::test;
using namespace std::chrono_literals;
using Kind = CallFailure::Kind;

namespace
{
protocol::SpeechRequest request()
{
    protocol::SpeechRequest request;
    request.lines = { { 0, "Good evening." }, { 1, "Is it? I had not noticed." } };
    request.voices = { { "anna", {} }, { "ben", {} } };
    request.seed = 3;
    return request;
}

struct Call
{
    std::vector<float> speech;
    CallResult<protocol::SpeechEnd> result;
};

Call speak (Client& client, const protocol::SpeechRequest& what = request())
{
    Call call;
    call.result = client.speak (what, [&] (std::span<const float> more) {
        call.speech.insert (call.speech.end(), more.begin(), more.end());
    });
    return call;
}
} // namespace

TEST_CASE ("A client hears the engine's samples bit for bit", "[source][enginelink]")
{
    const TemporaryFolder folder;
    const auto socket = folder.path() / "engine.sock";
    FakeEngine engine (socket);
    Client client (socket);

    const auto health = client.health();
    REQUIRE (health);
    CHECK (health->fingerprint == "fake-1");
    CHECK (health->voices == std::vector<std::string> { "anna", "ben", "clara", "david" });

    for (int again = 0; again < 2; ++again)
    {
        const auto call = speak (client);
        REQUIRE (call.result);
        CHECK (*call.result == protocol::SpeechEnd { protocol::FinishReason::Stop, "fake-1", "fake-job" });
        CHECK ((call.speech == fakeSpeech (request())));
    }
    REQUIRE (engine.requests().size() == 2);
    CHECK (engine.requests()[0].lines == request().lines);
    CHECK (engine.requests()[0].voices == request().voices);
}

TEST_CASE ("A client can ask for a job of its own, and change when it is due", "[source][enginelink]")
{
    const TemporaryFolder folder;
    FakeFaults faults;
    faults.queue = 1;
    faults.waits = true;
    FakeEngine engine (folder.path() / "engine.sock", faults);
    Client client (folder.path() / "engine.sock"), first (folder.path() / "engine.sock"),
        second (folder.path() / "engine.sock");
    auto one = request(), two = request();
    one.id = "one";
    two.id = "two";
    std::thread speaks ([&] { (void) speak (first, one); });
    while (engine.jobs() == 0)
        std::this_thread::sleep_for (1ms);
    std::thread waits ([&] { (void) speak (second, two); });
    while (engine.waiting() == 0)
        std::this_thread::sleep_for (1ms);
    const auto speaking = client.job ("one"), queued = client.job ("two"), unknown = client.job ("three");
    const auto changed = client.setDue ("two", 100.0);
    engine.goOn();
    speaks.join();
    waits.join();
    REQUIRE (speaking);
    CHECK (speaking->state == "speaking");
    REQUIRE (queued);
    CHECK (queued->place == 1);
    CHECK_FALSE (unknown);
    CHECK (changed == queued);
    CHECK (engine.changes() == 1);
    CHECK_FALSE (Client ("/nowhere/engine.sock").job ("one"));
}

TEST_CASE ("Speech comes frame by frame, not at the end", "[source][enginelink]")
{
    const TemporaryFolder folder;
    FakeFaults faults;
    faults.waits = true;
    FakeEngine engine (folder.path() / "engine.sock", faults);
    Client::Timeouts timeouts;
    timeouts.silence = 60s; // a client that holds back the first frame gets no second one
    Client client (folder.path() / "engine.sock", timeouts);
    std::size_t beforeTheSecond = 0, all = 0;
    REQUIRE (client.speak (request(), [&] (auto speech) {
        all += speech.size();
        if (all == fakeFrameSamples)
        {
            beforeTheSecond = all;
            engine.goOn();
        }
    }));
    CHECK (beforeTheSecond == fakeFrameSamples);
    CHECK (all == fakeSpeech (request()).size());
}

TEST_CASE ("A client learns how the speech ended", "[source][enginelink]")
{
    using Reason = protocol::FinishReason;
    const TemporaryFolder folder;
    FakeFaults faults;
    faults.finish = GENERATE (Reason::Stop, Reason::Length, Reason::Cancelled);
    faults.noFinish = GENERATE (false, true); // a proxy may drop what follows a body
    const FakeEngine engine (folder.path() / "engine.sock", faults);
    Client client (folder.path() / "engine.sock");
    const auto call = speak (client);
    REQUIRE (call.result);
    CHECK (call.result->reason == (faults.noFinish ? Reason::Stop : faults.finish));
    CHECK (call.result->fingerprint == "fake-1");
}

TEST_CASE ("A client that leaves stops the engine", "[source][enginelink]")
{
    const TemporaryFolder folder;
    FakeFaults slow;
    slow.frameMs = 20;
    FakeEngine engine (folder.path() / "engine.sock", slow);
    Client client (folder.path() / "engine.sock");

    std::thread other;
    const auto result = client.speak (request(), [&] (auto) {
        if (! other.joinable())
            other = std::thread ([&] { client.cancel(); });
    });
    other.join();
    REQUIRE_FALSE (result);
    CHECK (result.error().kind == Kind::Cancelled);
    while (engine.cancelled() == 0)
        std::this_thread::sleep_for (10ms);
    CHECK (engine.cancelled() == 1);
    CHECK (speak (client).result.error().kind == Kind::Cancelled); // a cancelled client stays so

    Client next (folder.path() / "engine.sock");
    CHECK ((speak (next).speech == fakeSpeech (request())));
}

TEST_CASE ("Cancelling ends a call at any moment", "[source][enginelink][threads]")
{
    const TemporaryFolder folder;
    FakeFaults hanging;
    hanging.hangs = true;
    FakeEngine engine (folder.path() / "engine.sock", hanging);
    for (int cancelled = 0; cancelled < 50;)
    {
        Client client (folder.path() / "engine.sock");
        std::thread other ([&] {
            std::this_thread::sleep_for (std::chrono::microseconds (cancelled * 30));
            client.cancel();
        });
        const auto begun = std::chrono::steady_clock::now();
        const auto result = client.speak (request(), [] (auto) {});
        other.join();
        REQUIRE_FALSE (result);
        REQUIRE (std::chrono::steady_clock::now() - begun < 30s); // without cancel(): minutes
        // A server that is slow to accept refuses a connection before it can be cancelled: try again.
        if (result.error().kind == Kind::NoEngine)
            continue;
        REQUIRE (result.error().kind == Kind::Cancelled);
        ++cancelled;
    }
}

TEST_CASE ("A busy engine is waited for as long as it says that it lives", "[source][enginelink]")
{
    const TemporaryFolder folder;
    FakeFaults faults;
    faults.waits = true;
    FakeEngine engine (folder.path() / "engine.sock", faults);
    Client client (folder.path() / "engine.sock", { .probe = 50ms, .silence = 300ms });
    CHECK (client.isAlive());
    std::thread later ([&] {
        std::this_thread::sleep_for (1500ms);
        engine.goOn();
    });
    const auto call = speak (client);
    later.join();
    REQUIRE (call.result);
    CHECK ((call.speech == fakeSpeech (request())));
}

TEST_CASE ("Asking a busy engine whether it lives does not delay a cancel", "[source][enginelink]")
{
    const TemporaryFolder folder;
    FakeFaults faults;
    faults.hangs = true;
    FakeEngine engine (folder.path() / "engine.sock", faults);
    Client client (folder.path() / "engine.sock", { .health = 60s, .probe = 10ms, .silence = 120s });
    std::thread later ([&] {
        while (engine.hung() < 2) // the request, and the question
            std::this_thread::sleep_for (1ms);
        client.cancel();
    });
    const auto begun = std::chrono::steady_clock::now();
    CHECK (speak (client).result.error().kind == Kind::Cancelled);
    CHECK (std::chrono::steady_clock::now() - begun < 30s);
    later.join();
}

TEST_CASE ("Different failures are told apart", "[source][enginelink]")
{
    const TemporaryFolder folder;
    const auto socket = folder.path() / "engine.sock";
    FakeFaults faults;
    Client::Timeouts timeouts;
    timeouts.silence = timeouts.health = 200ms;

    SECTION ("nobody there")
    {
        Client client (socket);
        CHECK (client.health().error().kind == Kind::NoEngine);
        CHECK (speak (client).result.error().kind == Kind::NoEngine);
    }
    SECTION ("busy, then not")
    {
        faults.busyAnswers = 1;
        FakeEngine engine (socket, faults);
        Client client (socket);
        CHECK (speak (client).result.error().kind == Kind::Busy);
        CHECK (speak (client).result);
    }
    SECTION ("refused, with the engine's own words")
    {
        faults.refuseStatus = 404;
        FakeEngine engine (socket, faults);
        Client client (socket);
        const auto failure = speak (client).result.error();
        CHECK (failure.kind == Kind::Refused);
        CHECK (failure.error.message == "voice \"Ada\": the file is not audio");
        CHECK (failure.error.where == "tableread.voices[0].path");
    }
    SECTION ("cut off within the speech")
    {
        faults.cutAfterFrames = 2;
        FakeEngine engine (socket, faults);
        Client client (socket);
        const auto call = speak (client);
        CHECK (call.result.error().kind == Kind::Lost);
        CHECK (call.speech.size() == 2 * fakeFrameSamples);
    }
    SECTION ("a sample that is not a number")
    {
        faults.notANumber = true;
        FakeEngine engine (socket, faults);
        Client client (socket);
        const auto call = speak (client);
        CHECK (call.result.error().kind == Kind::Lost);
        CHECK_THAT (call.result.error().error.message, Catch::Contains ("not a number"));
        for (const auto sample : call.speech)
            REQUIRE (std::isfinite (sample));
    }
    SECTION ("an end within a sample")
    {
        faults.halfSample = true;
        FakeEngine engine (socket, faults);
        Client client (socket);
        CHECK_THAT (speak (client).result.error().error.message, Catch::Contains ("within a sample"));
    }
    SECTION ("a web page")
    {
        faults.html = true;
        FakeEngine engine (socket, faults);
        Client client (socket);
        CHECK_THAT (speak (client).result.error().error.message, Catch::Contains ("text/html"));
    }
    SECTION ("silence")
    {
        faults.hangs = true;
        FakeEngine engine (socket, faults);
        Client client (socket, timeouts);
        CHECK (client.health().error().kind == Kind::Lost);
        CHECK_FALSE (client.isAlive());
        CHECK (speak (client).result.error().kind == Kind::Lost);
    }
}

TEST_CASE ("Garbage and a slammed door neither confuse nor kill the client", "[source][enginelink]")
{
    const std::string garbage = GENERATE (
        as<std::string>(), "", "hello\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nabcd",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{}");
    const auto before = std::signal (SIGPIPE, SIG_DFL); // a write to a closed socket would end this process
    const TemporaryFolder folder;
    const RawServer server (folder.path() / "engine.sock", garbage);
    auto large = request();
    large.lines[0].text = std::string (1'000'000, 'a');
    for (int i = 0; i < 5; ++i)
    {
        Client client (folder.path() / "engine.sock");
        CHECK (client.health().error().kind == Kind::Lost);
        CHECK (speak (client, large).result.error().kind == Kind::Lost);
    }
    std::signal (SIGPIPE, before);
}
