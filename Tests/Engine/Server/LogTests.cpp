// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <sstream>

#include <catch2/catch.hpp>

#include "Logging/DescriptorOutput.h"
#include "Logging/Logging.h"
#include "ServerFixture.h"
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
        for (int i = 0; i < requests; ++i)
        {
            const auto answer = f.speak (withUnknownFields ("Hello."));
            REQUIRE (answer.status == 200);
            REQUIRE (answer.complete);
        }
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
