// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <optional>
#include <sstream>

#include <catch2/catch.hpp>

#include "Logging/DescriptorOutput.h"
#include "Logging/Logging.h"
#include "ServerFixture.h"
#include "Support/Instrumented.h"
#include "Support/Pipe.h"

using namespace tableread;
using namespace tableread::engine;
using namespace tableread::test;
using namespace std::chrono_literals;
using Catch::Contains;
using nlohmann::json;

namespace
{
json withUnknownFields (const std::string& text)
{
    auto body = ServerFixture::floats (text);
    for (int i = 0; i < 8; ++i)
        body["unknown_" + std::to_string (i)] = i;
    return body;
}
} // namespace

TEST_CASE ("A log that nobody reads holds up no request, and not the end",
           "[engine][server][logging][errors]")
{
    Pipe pipe;
    auto logging =
        std::make_unique<Logging> (std::make_unique<DescriptorOutput> (pipe.writer()), Logging::Options {});
    {
        ServerFixture f;
        f.control->frames = 1;
        constexpr int requests = 200; // of eight warnings each, far more than a pipe takes
        const auto first = std::chrono::steady_clock::now();
        for (int i = 0; i < requests; ++i)
        {
            const auto answer = f.speak (withUnknownFields ("Hello."));
            REQUIRE (answer.status == 200);
            REQUIRE (answer.complete);
        }
        if (! isInstrumented) // each of them takes two milliseconds
            CHECK (std::chrono::steady_clock::now() - first < 15s);
    }
    const auto begin = std::chrono::steady_clock::now();
    logging.reset();
    CHECK (std::chrono::steady_clock::now() - begin < 1s);
    CHECK_THAT (pipe.read(), Contains ("event=accepted job=") && Contains ("field unknown_7 is not used"));
}

TEST_CASE ("The log tells of a job without its text", "[engine][server][logging]")
{
    std::ostringstream out;
    {
        const Logging logging (std::make_unique<StreamOutput> (out), {});
        ServerFixture f;
        auto body = ServerFixture::floats ("A secret of mine.");
        body["tableread"]["id"] = "job-7";
        body["tableread"]["client"] = "Studio A";
        CHECK (f.speak (body).status == 200);
        body["tableread"]["id"] = "job-8";
        body.erase ("voice");
        body["tableread"]["voices"] = {
            { { "name", "Ada" }, { "path", (f.folder.path() / "model/voices/anna.wav").string() } }
        };
        CHECK (f.speak (body).status == 200);
        CHECK (eventually ([&] { return ! f.isBusy(); }));
    }
    const auto text = out.str();
    CHECK_THAT (text, Contains ("event=accepted job=job-7 client=\"Studio A\" model=fake lines=1 text=#") &&
                          Contains (" voices=anna seed=0 guidance=\"the model's\" steps=10"));
    CHECK_THAT (
        text,
        Contains ("event=ended job=job-7 client=\"Studio A\" model=fake finish=stop frames=5 first_ms=") &&
            Contains (" total_ms="));
    CHECK_THAT (text, Contains ("job=job-8") && Contains (" voices=#"));
    CHECK_THAT (text, ! Contains ("secret") && ! Contains ("anna.wav") && ! Contains ("Ada"));
    CHECK_THAT (text, ! Contains ("event=request")); // a matter of the level
}

TEST_CASE ("At its level the log has a line for each request", "[engine][server][logging]")
{
    std::ostringstream out;
    {
        const Logging logging (std::make_unique<StreamOutput> (out), { .level = "debug" });
        ServerFixture f;
        CHECK (request (f.path(), "GET", "/health").status == 200);
        CHECK (request (f.path(), "GET", "/nowhere?secret").status != 200);
        CHECK (f.speak (ServerFixture::floats ("Hello.")).status == 200);
        RawClient client (f.path());
        client.send ("nonsense\r\n\r\n");
        CHECK (RawResponse::parse (client.receive()).status == 400);
    }
    const auto text = out.str();
    CHECK_THAT (text, Contains ("[debug] event=request method=GET path=/health status=200 ms=") &&
                          Contains ("client=\"process "));
    CHECK_THAT (text, Contains ("path=/v1/audio/speech status=200") && Contains ("complete=yes"));
    CHECK_THAT (text, Contains ("method=\"\" path=\"\" status=400"));
    CHECK_THAT (text, ! Contains ("secret"));
}

TEST_CASE ("A request whose client left has a line too", "[engine][server][logging]")
{
    std::ostringstream out;
    {
        const Logging logging (std::make_unique<StreamOutput> (out), { .level = "debug" });
        ServerFixture f;
        f.control->frames = 100'000;
        {
            RawClient client (f.path());
            client.send (ServerFixture::post (ServerFixture::floats ("Hello.")));
            CHECK (eventually ([&] { return f.isBusy(); }));
            client.receive (1);
        }
        CHECK (eventually ([&] { return ! f.isBusy(); }));
    }
    CHECK_THAT (out.str(), Contains ("path=/v1/audio/speech status=200") && Contains ("complete=no"));
}

TEST_CASE ("An answer that is broken off is not complete in the log either", "[engine][server][logging]")
{
    std::ostringstream out;
    {
        const Logging logging (std::make_unique<StreamOutput> (out), { .level = "debug" });
        const ServerFixture f;
        f.control->failAtFrame = 3;
        CHECK_FALSE (f.speak (ServerFixture::floats ("Hello.")).complete);
    }
    CHECK_THAT (out.str(), Contains ("path=/v1/audio/speech status=200") && Contains ("complete=no") &&
                               ! Contains ("complete=yes"));
}

namespace
{
/** Where a text is; a text is there once. */
std::size_t placeOf (const std::string& text, const std::string& all)
{
    const auto place = all.find (text);
    CAPTURE (text, all);
    REQUIRE (place != std::string::npos);
    CHECK (all.find (text, place + 1) == std::string::npos);
    return place;
}

json asJob (const std::string& id)
{
    auto body = withUnknownFields ("Hello.");
    body["tableread"]["id"] = id;
    return body;
}
} // namespace

TEST_CASE ("The log has an accepted job once, from its first line to its last", "[engine][server][logging]")
{
    std::ostringstream out;
    {
        const Logging logging (std::make_unique<StreamOutput> (out), {});
        std::optional<RawClient> story, queued; // which stay longer than the engine
        const ServerFixture f ({}, { .seats = [] (auto&) { return 1; } });
        CHECK (f.speak (asJob ("spoken")).complete);
        f.control->frames = 10'000;
        f.control->frameMs = 1;
        RawClient waiting (f.path());
        story.emplace (f.path());
        story->send (ServerFixture::post (asJob ("stopped")));
        story->receive (1);
        waiting.send (ServerFixture::post (asJob ("cancelled")));
        REQUIRE (eventually ([&] { return f.worker->load().waiting == 1; }));
        waiting.hangUp();
        CHECK (eventually ([&] { return f.worker->load().waiting == 0; }));
        queued.emplace (f.path());
        queued->send (ServerFixture::post (asJob ("queued")));
        CHECK (eventually ([&] { return f.worker->load().waiting == 1; }));
    }
    const auto text = out.str();
    for (const auto& [id, end] :
         { std::pair { "spoken", "stop" }, std::pair { "stopped", "cancelled" },
           std::pair { "cancelled", "cancelled" }, std::pair { "queued", "cancelled" } })
    {
        const auto job = std::string (" job=") + id + ' ';
        const auto accepted = placeOf ("event=accepted" + job, text),
                   ended = placeOf ("event=ended" + job, text);
        CHECK (accepted < ended);
        CHECK_THAT (text.substr (ended, text.find ('\n', ended) - ended),
                    Contains (std::string ("finish=") + end + " frames="));
    }
}

TEST_CASE ("The log does not take a job for accepted that is refused", "[engine][server][logging][errors]")
{
    std::ostringstream out;
    {
        const Logging logging (std::make_unique<StreamOutput> (out), {});
        const ServerFixture f;
        CHECK (f.speak (asJob ("one")).status == 200);
        CHECK (f.speak (asJob ("one")).status == 409); // its id is taken
        f.worker->stop();
        CHECK (f.speak (asJob ("two")).status == 503);
    }
    const auto text = out.str();
    placeOf ("event=accepted job=one ", text);
    placeOf ("event=warning job=one message=\"field unknown_0 is not used\"", text);
    CHECK_THAT (text, ! Contains ("two"));
}
