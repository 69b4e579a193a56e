// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <ctime>

#include <catch2/catch.hpp>

#include "Engine/Server/ServerFixture.h"

using namespace tableread;
using namespace tableread::test;
using nlohmann::json;

namespace
{
const std::string jobsPath = "/v1/tableread/jobs";

json job (const ServerFixture& engine, const std::string& id)
{
    return json::parse (request (engine.path(), "GET", jobsPath + '/' + id).body);
}

json withId (const std::string& id, json body = ServerFixture::floats ("Hello."))
{
    body["tableread"]["id"] = id;
    return body;
}

int status (const ServerFixture& engine, const char* method, const std::string& id,
            const std::string& body = {})
{
    return request (engine.path(), method, jobsPath + '/' + id, body).status;
}

/** An engine with one seat, which a long story has. */
struct StoryTellingEngine : ServerFixture
{
    explicit StoryTellingEngine (std::size_t queuedJobs = 8)
        : ServerFixture ({}, { .queuedJobs = queuedJobs, .seats = [] (auto&) { return 1; } })
        , story (path())
    {
        control->frames = 1000;
        control->frameMs = 10;
        story.send (post (withId ("story")));
        story.receive (1000);
    }

    RawClient story;
};
} // namespace

TEST_CASE ("A job tells how it ended after its answer", "[engine][server][jobs]")
{
    const ServerFixture engine;
    const auto response = engine.speak (withId ("line-1"));
    CHECK (response.header ("X-TableRead-Job") == "line-1");
    const auto ended = job (engine, "line-1");
    CHECK (ended["object"] == "tableread.job");
    CHECK (ended["state"] == "ended");
    CHECK (ended["finish_reason"] == "stop");
    CHECK (ended["fingerprint"] == "fake-tones-1");
    CHECK (ended["model"] == "fake");
    CHECK (ended["frames"] == 5);
    CHECK (ended["client"] == "process " + std::to_string (getpid()));
    CHECK (ended["due_ms"] == nullptr);
    CHECK (ended["usage"] == json { { "input_tokens", 1 }, { "output_tokens", 5 }, { "total_tokens", 6 } });
    CHECK (std::abs (ended["created_at"].get<std::int64_t>() - std::time (nullptr)) < 100);
    CHECK_FALSE (ended.contains ("place"));
    CHECK_FALSE (ended.contains ("error"));

    engine.control->finish = FinishReason::Length;
    engine.speak (withId ("line-2"));
    CHECK (job (engine, "line-2")["finish_reason"] == "length");
    engine.control->failAtFrame = 1;
    engine.speak (withId ("line-3"));
    CHECK (job (engine, "line-3")["finish_reason"] == "error");
    CHECK (job (engine, "line-3")["error"]["message"] == "the fake renderer was told to fail");

    const auto list = json::parse (request (engine.path(), "GET", jobsPath).body);
    CHECK (list["object"] == "list");
    REQUIRE (list["data"].size() == 3);
    CHECK (list["data"][0]["id"] == "line-1");
    CHECK (list["data"][2]["id"] == "line-3");
}

TEST_CASE ("A job without an id gets one", "[engine][server][jobs]")
{
    const ServerFixture engine;
    const auto id = engine.speak (ServerFixture::floats ("Hello.")).header ("X-TableRead-Job");
    CHECK_THAT (id, Catch::StartsWith ("job-"));
    CHECK (job (engine, id)["state"] == "ended");
}

TEST_CASE ("An id cannot be used twice", "[engine][server][jobs][errors]")
{
    const StoryTellingEngine engine;
    const auto again = engine.speak (withId ("story"));
    CHECK (again.status == 409);
    CHECK (json::parse (again.body)["error"]["code"] == "conflict");
    CHECK (json::parse (again.body)["error"]["param"] == "tableread.id");
    const auto story = job (engine, "story");
    CHECK (story["state"] == "speaking");
    CHECK (story["frames"].get<int>() > 0);
    CHECK (story["finish_reason"] == nullptr);
    CHECK_FALSE (story.contains ("usage"));
    CHECK_FALSE (story.contains ("place"));
}

TEST_CASE ("A request that is refused keeps no id", "[engine][server][jobs]")
{
    const ServerFixture engine ({}, { .queuedJobs = 0 });
    CHECK (engine.speak (withId ("a")).status == 503);
    CHECK (status (engine, "GET", "a") == 404);
}

TEST_CASE ("A request that finds the queue full after its body keeps no id", "[engine][server][jobs]")
{
    const StoryTellingEngine engine (1);
    RawClient late (engine.path()), waiting (engine.path());
    const auto post = ServerFixture::post (withId ("late"), "Expect: 100-continue\r\n");
    const auto body = post.find ("\r\n\r\n") + 4;
    late.send (post.substr (0, body));
    const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
    REQUIRE (late.receive (interim.size()) == interim); // there is a place in the queue
    waiting.send (ServerFixture::post (withId ("waiting")));
    REQUIRE (eventually ([&] { return engine.worker->load().waiting == 1; }));
    late.send (post.substr (body));
    CHECK_THAT (late.receive (interim.size() + 12).substr (interim.size()),
                Catch::StartsWith ("HTTP/1.1 503"));
    CHECK (status (engine, "GET", "late") == 404);
    CHECK (job (engine, "waiting")["state"] == "queued");
}

TEST_CASE ("A job can be cancelled wherever it is", "[engine][server][jobs][cancel]")
{
    StoryTellingEngine engine;
    RawClient waiting (engine.path());
    waiting.send (ServerFixture::post (withId ("waiting"), "Connection: close\r\n"));
    REQUIRE (eventually ([&] { return engine.worker->load().waiting == 1; }));
    CHECK (job (engine, "waiting")["state"] == "queued");
    CHECK (job (engine, "waiting")["place"] == 1);
    CHECK (status (engine, "DELETE", "waiting") == 200);
    const auto answer = RawResponse::parse (waiting.receive());
    CHECK (answer.status == 409);
    CHECK (json::parse (answer.body)["error"]["code"] == "cancelled");
    CHECK (job (engine, "waiting")["finish_reason"] == "cancelled");
    CHECK (eventually ([&] { return engine.worker->load().waiting == 0; }));

    CHECK (status (engine, "DELETE", "story") == 200);
    CHECK (job (engine, "story")["finish_reason"] == "cancelled");
    CHECK (eventually ([&] { return engine.control->passagesCancelled == 1; }));
    CHECK (! RawResponse::parse (engine.story.receive()).complete);

    CHECK (status (engine, "DELETE", "story") == 200); // it is over: forgets it
    CHECK (status (engine, "GET", "story") == 404);
    CHECK (status (engine, "DELETE", "story") == 404);
}

TEST_CASE ("A job can be cancelled while it is prepared", "[engine][server][jobs][cancel]")
{
    std::atomic<bool> mayGoOn { false };
    const ServerFixture engine;
    engine.control->beforeVoice = [&mayGoOn] {
        while (! mayGoOn)
            std::this_thread::sleep_for (std::chrono::milliseconds (1));
    };
    RawClient client (engine.path());
    client.send (ServerFixture::post (withId ("a"), "Connection: close\r\n"));
    CHECK (eventually ([&] { return job (engine, "a")["state"] == "preparing"; }));
    CHECK_FALSE (job (engine, "a").contains ("place"));
    CHECK (status (engine, "DELETE", "a") == 200);
    CHECK (RawResponse::parse (client.receive()).status == 409); // at once
    mayGoOn = true;
    CHECK (eventually ([&] { return engine.control->passagesCancelled == 1; }));
}

TEST_CASE ("A client that leaves is told as cancelled", "[engine][server][jobs][cancel]")
{
    StoryTellingEngine engine;
    engine.story.hangUp();
    CHECK (eventually ([&] { return job (engine, "story")["finish_reason"] == "cancelled"; }));
}

TEST_CASE ("A job that waits can be made more urgent", "[engine][server][jobs]")
{
    StoryTellingEngine engine;
    std::vector<std::unique_ptr<RawClient>> clients;
    for (const auto* id : { "a", "b", "c" })
    {
        clients.push_back (std::make_unique<RawClient> (engine.path()));
        clients.back()->send (ServerFixture::post (withId (id)));
        REQUIRE (eventually ([&] { return engine.worker->load().waiting == clients.size(); }));
    }
    const auto changed = request (engine.path(), "PATCH", jobsPath + "/c", R"({"due_ms": 500})");
    CHECK (changed.status == 200);
    CHECK (json::parse (changed.body)["due_ms"].get<double>() == Approx (500).margin (400));
    engine.story.hangUp();
    REQUIRE (eventually ([&] { return job (engine, "c")["state"] == "speaking"; }));
    CHECK (job (engine, "a")["state"] == "queued");
    CHECK (status (engine, "PATCH", "a", R"({"due_ms": null})") == 200);
    CHECK (job (engine, "a")["due_ms"] == nullptr);
}

TEST_CASE ("A request says when its job is due", "[engine][server][jobs]")
{
    StoryTellingEngine engine;
    std::vector<std::unique_ptr<RawClient>> clients;
    for (const auto* id : { "a", "b" })
    {
        auto body = withId (id);
        if (*id == 'b')
            body["tableread"]["due_ms"] = 9'000;
        clients.push_back (std::make_unique<RawClient> (engine.path()));
        clients.back()->send (ServerFixture::post (body));
        REQUIRE (eventually ([&] { return engine.worker->load().waiting == clients.size(); }));
    }
    CHECK (job (engine, "a")["due_ms"] == nullptr);
    const auto due = job (engine, "b")["due_ms"].get<double>();
    CHECK (due < 9'000); // from now
    CHECK (due > 0);
    engine.story.hangUp();
    REQUIRE (eventually ([&] { return job (engine, "b")["state"] == "speaking"; }));
    CHECK (job (engine, "a")["state"] == "queued");
}

TEST_CASE ("A request says who asks and clients share the seats", "[engine][server][jobs]")
{
    const ServerFixture engine ({}, { .seats = [] (auto&) { return 2; } });
    engine.control->frames = 1000;
    engine.control->frameMs = 10;
    std::vector<std::unique_ptr<RawClient>> clients;
    const auto ask = [&] (const char* id, const char* who) {
        auto body = withId (id);
        body["tableread"]["client"] = who;
        clients.push_back (std::make_unique<RawClient> (engine.path()));
        clients.back()->send (ServerFixture::post (body));
        REQUIRE (eventually ([&] {
            const auto load = engine.worker->load();
            return load.speaking + load.waiting == clients.size();
        }));
    };
    ask ("1", "one");
    ask ("2", "one");
    ask ("3", "one");
    ask ("4", "other");
    CHECK (job (engine, "3")["client"] == "one");
    clients[0]->hangUp();
    REQUIRE (eventually ([&] { return job (engine, "4")["state"] == "speaking"; }));
    CHECK (job (engine, "4")["client"] == "other");
    CHECK (job (engine, "3")["state"] == "queued");
}

TEST_CASE ("What cannot be changed of a job is refused", "[engine][server][jobs][errors]")
{
    const ServerFixture engine;
    engine.speak (withId ("over"));
    CHECK (status (engine, "PATCH", "over", R"({"due_ms": 1})") == 409);
    CHECK (status (engine, "PATCH", "nobody", R"({"due_ms": 1})") == 404);
    CHECK (status (engine, "PATCH", "over", R"({"due_ms": -1})") == 400);
    CHECK (status (engine, "PATCH", "over", R"({"due_ms": "soon"})") == 400);
    CHECK (status (engine, "PATCH", "over", R"({"seed": 1})") == 400);
    CHECK (status (engine, "PATCH", "over", "[]") == 400);
    CHECK (status (engine, "PATCH", "over", "{") == 400);
    CHECK (status (engine, "GET", "..%2fhealth") == 404);
    CHECK (status (engine, "PUT", "over") == 405);
}
